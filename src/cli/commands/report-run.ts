import { isError } from '../diagnostics.ts'
import type { PipelineResult } from '../pipeline.ts'
import { count, type Output, reportDiagnostics, reportLine } from '../report.ts'

export interface RunReport {
  root: string
  /** Print errors only. */
  quiet: boolean
  stdout: Output
  stderr: Output
  /** Nothing was to be written. */
  check?: boolean
  /** Goes on after the last line. */
  after?: string
}

/**
 * Prints for people what a run found and did.
 * @returns the exit code it calls for
 */
export function reportRun(result: PipelineResult, report: RunReport): 0 | 1 {
  const { root, quiet, stdout, stderr, check = false, after = '' } = report
  const { queues, diagnostics, changed, removed, unchanged } = result
  const shown = quiet ? diagnostics.filter(isError) : diagnostics
  const exitCode = reportDiagnostics(shown, { root, output: stderr })
  if (quiet) return exitCode
  if (exitCode !== 0) {
    const errors = count(diagnostics.filter(isError).length, 'error')
    reportLine(`${errors}; nothing was written${after}`, stderr)
    return exitCode
  }
  const gone = removed.length > 0 ? ` ${removed.length} removed,` : ''
  const files = `${count(changed.length, 'file')} written,${gone} ${unchanged.length} unchanged`
  const outcome = check ? 'generated files are up to date' : files
  reportLine(`${count(queues.length, 'queue')}: ${outcome}${after}`, stdout)
  return exitCode
}
