import { type Command, Option } from 'commander'
import { providerNames, type ProviderName } from '../../runtime/capabilities.ts'
import { examples, exitCodes, provider, providerList } from './flags.ts'

export function defineGenerate(program: Command): void {
  program
    .command('generate')
    .description('scan the project and write its typed helpers, client and worker bootstrap')
    .option(
      '-p, --provider <names>',
      `also for these providers (${providerNames.join(', ')})`,
      providerList,
    )
    // For `pikku worker` and `pikku build`, which have it done in a process of its own.
    .addOption(new Option('--run <name>').argParser(provider).hideHelp())
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
    .addHelpText(
      'after',
      exitCodes('0 fine, warnings too', '1 an error, or stale files with --check', '2 wrong usage'),
    )
    .action(async (options: Flags) => {
      if (options.watch) {
        const { watch } = await import('../commands/watch.ts')
        await watch({
          cwd: process.cwd(),
          providers: options.provider ?? [],
          quiet: options.quiet ?? false,
        })
        return
      }
      const { generate } = await import('../commands/generate.ts')
      process.exitCode = await generate({
        cwd: process.cwd(),
        providers: options.provider ?? [],
        run: options.run,
        check: options.check ?? false,
        json: options.json ?? false,
        quiet: options.quiet ?? false,
      })
    })
}

interface Flags {
  provider?: ProviderName[]
  run?: ProviderName
  check?: boolean
  json?: boolean
  quiet?: boolean
  watch?: boolean
}
