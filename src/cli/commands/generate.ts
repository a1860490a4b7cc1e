import type { ProviderName } from '../../runtime/capabilities.ts'
import { isError } from '../diagnostics.ts'
import { runPipeline } from '../pipeline.ts'
import { count, type Output, reportDiagnostics, reportJson, reportLine } from '../report.ts'

export interface GenerateOptions {
  cwd: string
  /** Providers to generate for besides the configured ones. */
  providers?: readonly ProviderName[]
  /** Print what was found as JSON. */
  json: boolean
  /** Write nothing; files that are not up to date are an error. */
  check: boolean
  /** Print errors only. */
  quiet: boolean
  /** Default: this process's own. */
  stdout?: Output
  stderr?: Output
}

/**
 * `pikku generate`.
 * @returns the exit code: 0 when all is well, 1 when there is an error.
 */
export async function generate(options: GenerateOptions): Promise<number> {
  const { json, check, quiet, stdout = process.stdout, stderr = process.stderr } = options
  const { root, queues, diagnostics, changed, removed, unchanged } = await runPipeline({
    cwd: options.cwd,
    providers: options.providers ?? [],
    check,
  })
  if (json) {
    reportJson(queues, diagnostics, stdout)
    return diagnostics.some(isError) ? 1 : 0
  }
  const shown = quiet ? diagnostics.filter(isError) : diagnostics
  const exitCode = reportDiagnostics(shown, { root, output: stderr })
  if (exitCode !== 0 && !quiet) {
    const errors = diagnostics.filter(isError).length
    reportLine(`${count(errors, 'error')}; nothing was written`, stderr)
  } else if (!quiet) {
    const gone = removed.length > 0 ? ` ${removed.length} removed,` : ''
    const files = `${count(changed.length, 'file')} written,${gone} ${unchanged.length} unchanged`
    const outcome = check ? 'generated files are up to date' : files
    reportLine(`${count(queues.length, 'queue')}: ${outcome}`, stdout)
  }
  return exitCode
}
