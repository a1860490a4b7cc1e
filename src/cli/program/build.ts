import { type Command, InvalidArgumentError, Option } from 'commander'
import type { ProviderName } from '../../runtime/capabilities.ts'
import { examples, exitCodes, provider, providerHelp } from './flags.ts'

export function defineBuild(program: Command): void {
  program
    .command('build')
    .description('generate, then bundle the worker into one file to deploy')
    .option('-p, --provider <name>', providerHelp, provider)
    .addOption(
      new Option('--target <target>', 'what runs it: Node, or AWS Lambda (on SQS)')
        .choices(['node', 'lambda'])
        .default('node'),
    )
    .option(
      '-o, --out-file <file>',
      'where it goes (default: dist/worker.js, dist/lambda.mjs)',
      moduleFile,
    )
    .option('--minify', 'make it smaller, and harder to read')
    .option('--external <names>', 'packages to leave outside, separated by commas', names)
    .addHelpText(
      'after',
      examples(
        'pikku build --provider pg-boss',
        'pikku build --provider bullmq --out-file out/worker.mjs --minify',
        'pikku build --target lambda',
      ) +
        exitCodes(
          '0 built',
          '1 an error in the project, or a package that is missing',
          '2 wrong usage',
        ),
    )
    .action(async (options: Flags) => {
      const { build } = await import('../commands/build.ts')
      process.exitCode = await build({
        cwd: process.cwd(),
        provider: options.provider,
        target: options.target,
        outFile: options.outFile,
        minify: options.minify ?? false,
        external: options.external ?? [],
      })
    })
}

interface Flags {
  provider?: ProviderName
  target: 'node' | 'lambda'
  outFile?: string
  minify?: boolean
  external?: string[]
}

function moduleFile(path: string): string {
  if (/[^/\\]\.m?js$/.test(path)) return path
  throw new InvalidArgumentError('It takes the name of an ES module: it ends in .js or .mjs.')
}

function names(list: string, previous: string[] = []): string[] {
  return [...previous, ...list.split(',').filter((name) => name !== '')]
}
