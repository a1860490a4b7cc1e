import type { ProviderName } from '../runtime/capabilities.ts'
import {
  type QueueSummary,
  saveStamp,
  type StampSubject,
  takeSnapshot,
  validStamp,
} from './cache/stamp.ts'
import { checkProject } from './check/check-project.ts'
import { type ProjectConfig, readConfig } from './config/read-config.ts'
import { isError, stale, type Diagnostic } from './diagnostics.ts'
import { isGeneratedFile } from './generated-files.ts'
import { formerWorkers, removeFiles } from './write/former-workers.ts'
import { changedFiles, writeFiles } from './write/write-files.ts'

export interface PipelineOptions {
  /** Absolute; the project is the one it is in. */
  cwd: string
  /** Providers to generate for besides the configured ones. */
  providers: readonly ProviderName[]
  /** Compare with what is on disk instead of writing it. */
  check: boolean
}

export interface PipelineResult {
  root: string
  queues: QueueSummary[]
  diagnostics: Diagnostic[]
  /**
   * Files that were written and removed, or would be, and those that were as they should; relative to
   * the root.
   */
  changed: string[]
  removed: string[]
  unchanged: string[]
}

/**
 * config → scan → check → render → write. Nothing is written when there is an error, and nothing is
 * scanned when nothing has changed since the last run: the compiler is not even loaded then.
 */
export async function runPipeline({
  cwd,
  providers,
  check,
}: PipelineOptions): Promise<PipelineResult> {
  const { config, root, diagnostics } = readConfig(cwd, providers)
  const result: PipelineResult = {
    root,
    queues: [],
    diagnostics,
    changed: [],
    removed: [],
    unchanged: [],
  }
  if (config === null) return result

  const { outDir } = config
  const subject = stampSubject(config)
  const snapshot = takeSnapshot(subject)
  const stamp = validStamp(subject, snapshot)
  // A run for a provider of its own says nothing of the others' workers.
  const former = (current: readonly string[]) =>
    providers.length > 0 ? Promise.resolve([]) : formerWorkers(root, outDir, current)
  if (stamp && (await former(stamp.generated)).length === 0) {
    const { queues, generated } = stamp
    return { ...result, queues, unchanged: generated, diagnostics: stamp.diagnostics }
  }

  const { scanProject } = await import('./scan/scan-project.ts')
  const { renderProject } = await import('./render/render-project.ts')
  const { model, diagnostics: found, texts } = scanProject(config)
  diagnostics.push(...found)
  if (model === null) return result
  result.queues = model.queues

  diagnostics.push(...checkProject(model, config.providers, diagnostics))
  if (diagnostics.some(isError)) return result

  const files = renderProject(model, config)
  const paths = files.map(({ path }) => path)
  const changed = await changedFiles(root, files)
  result.changed = changed.map(({ path }) => path)
  result.unchanged = paths.filter((path) => !result.changed.includes(path))
  result.removed = await former(paths)

  const outdated = [...result.changed, ...result.removed]
  if (check) {
    if (outdated.length > 0) diagnostics.push(stale(outdated))
    return result
  }
  diagnostics.push(...(await writeFiles(root, changed)))
  if (!diagnostics.some(isError)) diagnostics.push(...(await removeFiles(root, result.removed)))
  if (!diagnostics.some(isError)) {
    saveStamp(subject, snapshot, {
      read: texts,
      generated: files,
      queues: model.queues,
      diagnostics,
    })
  }
  return result
}

/** What a run's result depends on besides the project's files. */
export function stampSubject(config: ProjectConfig): StampSubject {
  const { root, ...settings } = config
  return { root, settings, isGenerated: (path) => isGeneratedFile(config.outDir, path) }
}
