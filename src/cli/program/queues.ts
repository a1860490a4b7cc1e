import { type Command, InvalidArgumentError, Option } from 'commander'
import type { ShowFlags } from '../commands/queues/show.ts'
import type { RedriveFlags } from '../commands/queues/change.ts'
import type { QueuesFlags } from '../commands/queues/open.ts'
import { examples, exitCodes, provider, providerHelp } from './flags.ts'

const howItEnds = exitCodes('0 done', '1 could not', '2 wrong usage, or --yes is needed')
const statuses = ['waiting', 'active', 'delayed', 'failed', 'discarded', 'completed']

export function defineQueues(program: Command): void {
  const queues = program
    .command('queues')
    .description('look at the queues and their jobs, and mend what went wrong')
    .addHelpText(
      'after',
      examples(
        'pikku queues list',
        'pikku queues show payments --status failed',
        'pikku queues retry payments 0199f6c1-…',
        'pikku queues redrive payments-dead --dry-run',
        'pikku queues pause email --provider bullmq',
      ) + howItEnds,
    )

  /** What all of them have. */
  const define = (usage: string, description: string, ...lines: string[]) =>
    queues
      .command(usage)
      .description(description)
      .option('-p, --provider <name>', providerHelp, provider)
      .option('--json', 'print JSON, for programs')
      .addHelpText('after', examples(...lines) + howItEnds)

  define('list', 'list the queues and what is in them', 'pikku queues list').action(
    async (flags: QueuesFlags) => {
      const { listQueues } = await import('../commands/queues/list.ts')
      process.exitCode = await listQueues(flags)
    },
  )

  define(
    'show <queue> [id]',
    'show the jobs of a queue, or one of them whole',
    'pikku queues show email --status waiting --limit 50',
    'pikku queues show email 0199f6c1-… --json',
    'pikku queues show email 0199f6c1-… --reveal',
  )
    .addOption(new Option('-s, --status <status>', 'only of this status').choices(statuses))
    .option('-n, --limit <number>', 'jobs of each status', positive, 10)
    .option('--reveal', 'show what is sensitive, too')
    .action(async (queue: string, id: string | undefined, flags: ShowFlags) => {
      const { show } = await import('../commands/queues/show.ts')
      process.exitCode = await show(queue, id, flags)
    })

  define(
    'retry <queue> [id]',
    'run a failed or discarded job again, its attempts counted anew',
    'pikku queues retry email 0199f6c1-…',
    'pikku queues retry email --all --yes',
  )
    .option('--all', 'all failed jobs of the queue')
    .option('-y, --yes', 'ask nothing')
    .action(async (queue: string, id: string | undefined, flags: QueuesFlags & { all?: true }) => {
      if ((id === undefined) !== (flags.all === true)) {
        queues.error('error: name one job, or say --all', { exitCode: 2 })
      }
      const { retryAll, retryJob } = await import('../commands/queues/change.ts')
      process.exitCode = await (id === undefined
        ? retryAll(queue, flags)
        : retryJob(queue, id, flags))
    })

  define('remove <queue> <id>', 'remove a job that is not being run', 'pikku queues remove email 7')
    .option('-y, --yes', 'ask nothing')
    .action(async (queue: string, id: string, flags: QueuesFlags) => {
      const { removeJob } = await import('../commands/queues/change.ts')
      process.exitCode = await removeJob(queue, id, flags)
    })

  define(
    'redrive <dead>',
    'give the jobs of a dead letter queue another run where they failed',
    'pikku queues redrive payments-dead --dry-run',
    'pikku queues redrive payments-dead --limit 100 --yes',
    'pikku queues redrive payments-dead --to payments-slow',
  )
    .option('--to <queue>', 'send all of them to this queue')
    .option('-n, --limit <number>', 'move so many, the oldest first', positive)
    .option('--dry-run', 'only say what would be done')
    .option('-y, --yes', 'ask nothing')
    .action(async (dead: string, flags: RedriveFlags) => {
      const { redriveLetters } = await import('../commands/queues/change.ts')
      process.exitCode = await redriveLetters(dead, flags)
    })

  for (const [name, paused, what] of [
    ['pause', true, 'have the workers of all processes take no more jobs of a queue'],
    ['resume', false, 'have the workers go on'],
  ] as const) {
    define(`${name} <queue>`, what, `pikku queues ${name} email`).action(
      async (queue: string, flags: QueuesFlags) => {
        const { setPaused } = await import('../commands/queues/change.ts')
        process.exitCode = await setPaused(queue, paused, flags)
      },
    )
  }

  define(
    'drain <queue>',
    'remove all jobs that wait or are delayed',
    'pikku queues drain email --yes',
  )
    .option('-y, --yes', 'ask nothing')
    .action(async (queue: string, flags: QueuesFlags) => {
      const { drain } = await import('../commands/queues/change.ts')
      process.exitCode = await drain(queue, flags)
    })
}

function positive(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It takes a whole number, 1 or more.')
}
