import { type Command, Option } from 'commander'
import type { ProviderName } from '../../runtime/capabilities.ts'
import { examples, exitCodes, port, provider, providerHelp, seconds } from './flags.ts'

export function defineDev(program: Command): void {
  program
    .command('dev')
    .description('watch, generate, work and show the dashboard, again on every change')
    .option('-p, --provider <name>', providerHelp, provider)
    .addOption(new Option('--port <number>', 'port of the dashboard').argParser(port).default(3100))
    .option('--no-dashboard', 'do not start the dashboard')
    .addOption(
      new Option(
        '--shutdown-timeout <seconds>',
        'time for running jobs to finish before the new worker starts',
      )
        .argParser(seconds)
        .default(5),
    )
    .addHelpText(
      'after',
      examples(
        'pikku dev',
        'pikku dev --no-dashboard',
        'DATABASE_URL=postgres://localhost/app pikku dev --port 8080',
      ),
    )
    .addHelpText(
      'after',
      'What is wrong with the project is printed, and the worker goes on as it was. Ctrl+C ends all of it.',
    )
    .addHelpText(
      'after',
      exitCodes(
        ...['0 stopped', '1 could not start', '2 wrong usage'],
        '130 stopped at once, by a second signal',
      ),
    )
    .action(async (options: Flags) => {
      const { dev } = await import('../commands/dev.ts')
      const exitCode = await dev({
        cwd: process.cwd(),
        provider: options.provider,
        port: options.dashboard ? Number(options.port) : null,
        shutdownTimeout: Number(options.shutdownTimeout),
      })
      // At once, as stop-signals.ts says.
      process.exit(exitCode)
    })
}

interface Flags {
  provider?: ProviderName
  port: string
  dashboard: boolean
  shutdownTimeout: string
}
