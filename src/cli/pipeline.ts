import { checkProject } from './check/check-project.ts'
import { readConfig } from './config/read-config.ts'
import { isError, stale, type Diagnostic } from './diagnostics.ts'
import type { QueueModel } from './model.ts'
import { renderProject } from './render/render-project.ts'
import { scanProject } from './scan/scan-project.ts'
import { changedFiles, writeFiles } from './write/write-files.ts'

export interface PipelineOptions {
  /** Absolute; the project is the one it is in. */
  cwd: string
  /** Providers to generate for besides the configured ones, as typed on the command line. */
  providers: readonly string[]
  /** Compare with what is on disk instead of writing it. */
  check: boolean
}

export interface PipelineResult {
  root: string
  queues: QueueModel[]
  diagnostics: Diagnostic[]
  /** Files that were written, or would be, and those that were as they should; relative to the root. */
  changed: string[]
  unchanged: string[]
}

/** config → scan → check → render → write. Nothing is written when there is an error. */
export async function runPipeline({
  cwd,
  providers,
  check,
}: PipelineOptions): Promise<PipelineResult> {
  const { config, root, diagnostics } = readConfig(cwd, providers)
  const result: PipelineResult = { root, queues: [], diagnostics, changed: [], unchanged: [] }
  if (config === null) return result

  const { model, diagnostics: found } = scanProject(config)
  diagnostics.push(...found)
  if (model === null) return result
  result.queues = model.queues

  diagnostics.push(...checkProject(model, config.providers, diagnostics))
  if (diagnostics.some(isError)) return result

  const files = renderProject(model, config)
  const changed = await changedFiles(root, files)
  result.changed = changed.map(({ path }) => path)
  result.unchanged = files.map(({ path }) => path).filter((path) => !result.changed.includes(path))
  if (!check) diagnostics.push(...(await writeFiles(root, changed)))
  else if (changed.length > 0) diagnostics.push(stale(result.changed))
  return result
}
