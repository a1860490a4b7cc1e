import type { ProviderName } from '../../runtime/capabilities.ts'
import { readConfig } from '../config/read-config.ts'
import { cannotWatch } from '../diagnostics.ts'
import { LiveProject } from '../live-project.ts'
import { nothingReached } from '../reached.ts'
import { type Output, reportDiagnostics, reportLine } from '../report.ts'
import type { Changes } from '../watch/pending-changes.ts'
import { watchFiles } from '../watch/watch-files.ts'
import { reportRun } from './report-run.ts'

export interface WatchOptions {
  cwd: string
  /** Providers to generate for besides the configured ones. */
  providers: readonly ProviderName[]
  /** Print errors only. */
  quiet: boolean
  /** Default: this process's own. */
  stdout?: Output
  stderr?: Output
  /** Stops watching. */
  signal?: AbortSignal
}

/**
 * `pikku generate --watch`: generates, and again whenever something changed that it may depend on. What
 * is wrong is printed, and what was generated before is kept until it is mended.
 */
export async function watch(options: WatchOptions): Promise<void> {
  const { cwd, providers, quiet, stdout = process.stdout, stderr = process.stderr } = options
  const { root, config: atFirst } = readConfig(cwd, providers)
  let live: { project: LiveProject; outDir: string } | null = null

  const onChange = async ({ paths, isWhole }: Changes) => {
    const startedAt = performance.now()
    if (isWhole || live === null) {
      const { config, diagnostics } = readConfig(cwd, providers)
      live = config && { project: new LiveProject(config, { providers }), outDir: config.outDir }
      if (live === null) reportDiagnostics(diagnostics, { root, output: stderr })
    }
    if (live === null) return nothingReached
    const result = await live.project.generate(paths)
    const took = ` (${Math.round(performance.now() - startedAt)} ms)`
    reportRun(result, { root, quiet, stdout, stderr, after: took })
    return live.project.reached
  }
  if (!quiet) reportLine('watching for changes; press Ctrl+C to stop', stdout)
  await watchFiles({
    root,
    outDir: () => live?.outDir ?? atFirst?.outDir ?? '.pikku',
    onChange,
    onTrouble: (error) => {
      if (!quiet) reportDiagnostics([cannotWatch(error)], { root, output: stderr })
    },
    signal: options.signal ?? new AbortController().signal,
  })
}
