import { type Command, InvalidArgumentError } from 'commander'
import type { ProviderName } from '../../runtime/capabilities.ts'
import { examples, exitCodes, provider, providerHelp } from './flags.ts'

export function defineDashboard(program: Command): void {
  program
    .command('dashboard')
    .description('show the queues and their jobs in a browser')
    .option('-p, --provider <name>', providerHelp, provider)
    .option('--port <number>', 'port it listens on (default: 3100)', port)
    .option('--host <address>', 'address it listens on (default: 127.0.0.1)')
    .option('--user <name>', 'user it asks for, with the password (default: pikku)')
    .option('--read-only', 'only show: change nothing')
    .option('--redact <paths>', 'properties that are not shown, separated by commas', paths)
    .addHelpText(
      'after',
      examples(
        'pikku dashboard',
        'pikku dashboard --provider bullmq --read-only',
        "pikku dashboard --redact 'user.email,*.token'",
        'PIKKU_DASHBOARD_PASSWORD=… pikku dashboard --host 0.0.0.0 --user ops',
      ),
    )
    .addHelpText(
      'after',
      'With PIKKU_DASHBOARD_PASSWORD set it asks for user and password. Without it, only this machine\n' +
        'can connect. Properties that are marked @sensitive are never shown.\n' +
        exitCodes(
          ...['0 stopped', '1 could not start', '2 wrong usage'],
          '130 stopped at once, by a second signal',
        ),
    )
    .action(async (options: Flags) => {
      const { dashboard } = await import('../commands/dashboard.ts')
      // At once, as stop-signals.ts says.
      process.exit(await dashboard({ cwd: process.cwd(), ...options }))
    })
}

interface Flags {
  provider?: ProviderName
  port?: number
  host?: string
  user?: string
  readOnly?: boolean
  redact?: string[]
}

function port(text: string): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && number <= 65_535) return number
  throw new InvalidArgumentError('It takes a port, from 0 (any that is free) to 65535.')
}

/** What is no path is refused where all paths are read. */
const paths = (text: string, previous: string[] = []) => [
  ...previous,
  ...text.split(',').map((path) => path.trim()),
]
