import type { ProviderName } from '../../runtime/capabilities.ts'
import { isError } from '../diagnostics.ts'
import { runPipeline } from '../pipeline.ts'
import { type Output, reportJson } from '../report.ts'
import { reportRun } from './report-run.ts'

export interface GenerateOptions {
  cwd: string
  /** Providers to generate for besides the configured ones. */
  providers?: readonly ProviderName[]
  /** The provider that the project is to be run or built on now. */
  run?: ProviderName | undefined
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
  const result = await runPipeline({
    cwd: options.cwd,
    providers: options.providers ?? [],
    run: options.run,
    check,
  })
  if (json) {
    const { queues, diagnostics } = result
    reportJson(queues, diagnostics, stdout)
    return diagnostics.some(isError) ? 1 : 0
  }
  return reportRun(result, { root: result.root, quiet, stdout, stderr, check })
}
