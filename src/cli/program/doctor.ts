import type { Command } from 'commander'
import type { ProviderName } from '../../runtime/capabilities.ts'
import { examples, exitCodes, provider, providerHelp } from './flags.ts'

export function defineDoctor(program: Command): void {
  program
    .command('doctor')
    .description('look whether the project would run on a provider, and whether its server is safe')
    .option('-p, --provider <name>', providerHelp, provider)
    .option('--strict', 'exit 1 on warnings, too')
    .option('--json', 'print what was found as JSON')
    .addHelpText(
      'after',
      examples(
        'pikku doctor',
        'pikku doctor --provider sqs',
        'DATABASE_URL=postgres://localhost/app pikku doctor --strict --json',
      ),
    )
    .addHelpText('after', 'It changes nothing, neither in the project nor on the server.')
    .addHelpText(
      'after',
      exitCodes('0 no error', '1 an error, or with --strict a warning', '2 wrong usage'),
    )
    .action(async (options: Flags) => {
      const { doctor } = await import('../commands/doctor.ts')
      process.exitCode = await doctor({
        cwd: process.cwd(),
        provider: options.provider,
        json: options.json ?? false,
        strict: options.strict ?? false,
      })
    })
}

interface Flags {
  provider?: ProviderName
  json?: boolean
  strict?: boolean
}
