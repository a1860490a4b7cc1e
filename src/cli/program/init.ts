import type { Command } from 'commander'
import type { ProviderName } from '../../runtime/capabilities.ts'
import { below, examples, exitCodes, provider, providerHelp } from './flags.ts'

export function defineInit(program: Command): void {
  program
    .command('init')
    .description('set a project up: imports map, scripts, tsconfig, config, an example')
    .option('-p, --provider <name>', providerHelp, provider)
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
    .addHelpText(
      'after',
      exitCodes('0 done', '1 something is in the way, or you said no', '2 wrong usage'),
    )
    .action(async (options: Flags) => {
      const { init } = await import('../commands/init.ts')
      process.exitCode = await init({
        cwd: process.cwd(),
        provider: options.provider,
        sources: options.dir,
        yes: options.yes ?? false,
        install: options.install ?? false,
      })
    })
}

interface Flags {
  provider?: ProviderName
  dir?: string
  yes?: boolean
  install?: boolean
}
