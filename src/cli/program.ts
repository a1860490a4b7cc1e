import { posix } from 'node:path'
import { Command, type CommanderError, InvalidArgumentError, Option } from 'commander'
import { isProviderName, providerNames, type ProviderName } from '../runtime/capabilities.ts'
import { packageVersion } from './package-info.ts'

function provider(name: string): ProviderName {
  if (isProviderName(name)) return name
  throw new InvalidArgumentError(
    `There is no such provider; choose one of: ${providerNames.join(', ')}.`,
  )
}

function below(folder: string): string {
  const way = posix.normalize(folder.replaceAll('\\', '/'))
  if (!/^(\/|\.\.(\/|$)|[a-z]:)/i.test(way)) return way
  throw new InvalidArgumentError('It takes a folder of the project, relative to where you are.')
}

/** The worker reads it again, as one that is run without us has to. */
function seconds(value: string): string {
  if (value.trim() !== '' && Number(value) >= 0 && Number(value) <= 86_400) return value
  throw new InvalidArgumentError('It takes seconds, from 0 to 86400.')
}

const providerList = (names: string, previous: ProviderName[] = []) => [
  ...previous,
  ...names.split(',').map(provider),
]

/**
 * The command line: what there is to say and to ask, no more; each command loads its own code when it
 * runs. Exit codes: 0 fine · 1 findings, or could not start · 2 wrong usage.
 */
export function createProgram(): Command {
  const program = new Command('pikku')
    .description('Typed background queues: generate the typed client, run the workers.')
    .version(packageVersion, '-v, --version')
    .showHelpAfterError('(pikku --help lists the commands)')
    .exitOverride(exitWith)

  program
    .command('init')
    .description('set a project up: imports map, scripts, tsconfig, config, an example')
    .option('-p, --provider <name>', `one of ${providerNames.join(', ')}`, provider)
    .option('-d, --dir <folder>', 'folder for the example (default: that of the sources)', below)
    .option('-y, --yes', 'ask nothing')
    .option('--install', 'install the missing packages, too')
    .addHelpText(
      'after',
      examples(
        'pikku init',
        'pikku init --yes --install',
        'pikku init --provider bullmq --dir packages/jobs/src',
      ),
    )
    .addHelpText(
      'after',
      'It shows what it will do before it does it; what is yours it leaves alone.',
    )
    .action(async (options: InitFlags) => {
      const { init } = await import('./commands/init.ts')
      process.exitCode = await init({
        cwd: process.cwd(),
        provider: options.provider,
        sources: options.dir,
        yes: options.yes ?? false,
        install: options.install ?? false,
      })
    })

  program
    .command('generate')
    .description('scan the project and write its typed helpers, client and worker bootstrap')
    .option(
      '-p, --provider <names>',
      `also for these providers (${providerNames.join(', ')})`,
      providerList,
    )
    .option('--check', 'write nothing; exit 1 when generated files are stale')
    .option('--json', 'print queues and diagnostics as JSON')
    .option('--quiet', 'print errors only')
    .addOption(
      new Option('-w, --watch', 'generate again whenever something changes').conflicts([
        'check',
        'json',
      ]),
    )
    .addHelpText(
      'after',
      examples('pikku generate', 'pikku generate --watch', 'pikku generate --check --json'),
    )
    .addHelpText('after', 'Every message has a code; docs/codes.md of pikku-queue explains each.')
    .action(async (options: GenerateFlags) => {
      if (options.watch) {
        const { watch } = await import('./commands/watch.ts')
        await watch({
          cwd: process.cwd(),
          providers: options.provider ?? [],
          quiet: options.quiet ?? false,
        })
        return
      }
      const { generate } = await import('./commands/generate.ts')
      process.exitCode = await generate({
        cwd: process.cwd(),
        providers: options.provider ?? [],
        check: options.check ?? false,
        json: options.json ?? false,
        quiet: options.quiet ?? false,
      })
    })

  program
    .command('worker')
    .description('generate if stale, then work on the wired queues until stopped')
    .option('-p, --provider <name>', `one of ${providerNames.join(', ')}`, provider)
    .option('-q, --queues <names>', 'only these queues, separated by commas')
    .option('-t, --tags <names>', 'only queues with one of these tags')
    .option(
      '--shutdown-timeout <seconds>',
      'time for running jobs to finish (default: 30)',
      seconds,
    )
    .option('--create-queues', 'create the queues that are missing (on SQS)')
    .addHelpText(
      'after',
      examples(
        'pikku worker',
        'pikku worker --provider embedded --queues email,payments',
        'DATABASE_URL=postgres://localhost/app pikku worker --provider pg-boss',
        'pikku worker --provider sqs --create-queues',
      ),
    )
    .action(async (options: { provider?: ProviderName }) => {
      const { worker } = await import('./commands/worker.ts')
      process.exitCode = await worker({ cwd: process.cwd(), provider: options.provider })
    })

  return program
}

interface InitFlags {
  provider?: ProviderName
  dir?: string
  yes?: boolean
  install?: boolean
}

interface GenerateFlags {
  provider?: ProviderName[]
  check?: boolean
  json?: boolean
  quiet?: boolean
  watch?: boolean
}

function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}\n`
}

/** Commander ends with 1 on wrong usage; that is taken by findings. */
function exitWith(error: CommanderError): never {
  process.exit(error.exitCode === 0 ? 0 : 2)
}
