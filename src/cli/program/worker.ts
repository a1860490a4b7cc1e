import type { Command } from 'commander'
import type { ProviderName } from '../../runtime/capabilities.ts'
import { examples, exitCodes, port, provider, providerHelp, seconds } from './flags.ts'

export function defineWorker(program: Command): void {
  program
    .command('worker')
    .description('generate if stale, then work on the wired queues until stopped')
    .option('-p, --provider <name>', providerHelp, provider)
    .option('-q, --queues <names>', 'only these queues, separated by commas')
    .option('-t, --tags <names>', 'only queues with one of these tags')
    .option(
      '--shutdown-timeout <seconds>',
      'time for running jobs to finish (default: 30)',
      seconds,
    )
    .option(
      '--health-port <port>',
      'answer /live, /ready and /metrics on this port; 0 takes a free one',
      port,
    )
    .option('--health-host <host>', 'answer them on this address only (default: on all)')
    .option('--create-queues', 'create the queues that are missing (on SQS)')
    .addHelpText(
      'after',
      examples(
        'pikku worker',
        'pikku worker --provider embedded --queues email,payments',
        'DATABASE_URL=postgres://localhost/app pikku worker --provider pg-boss',
        'pikku worker --provider sqs --create-queues',
        'pikku worker --health-port 9464',
      ) +
        exitCodes(
          ...['0 stopped', '1 could not start, or crashed', '2 wrong usage'],
          '130 stopped at once, by a second signal',
        ),
    )
    .action(async (options: { provider?: ProviderName }) => {
      const { worker } = await import('../commands/worker.ts')
      process.exitCode = await worker({ cwd: process.cwd(), provider: options.provider })
    })
}
