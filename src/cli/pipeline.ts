import type { ProviderName } from '../runtime/capabilities.ts'
import { loadMemory, saveMemory } from './cache/memory.ts'
import {
  hashConfigurations,
  type QueueSummary,
  renewStamp,
  saveStamp,
  type Snapshot,
  type StampSubject,
  takeSnapshot,
  validStamp,
} from './cache/stamp.ts'
import { providerBeside } from './bootstraps.ts'
import { checkProject } from './check/check-project.ts'
import { type ProjectConfig, readConfig } from './config/read-config.ts'
import { isError, stale, type Diagnostic } from './diagnostics.ts'
import { isGeneratedFile } from './generated-files.ts'
import { hash } from './hash.ts'
import type { ProjectModel } from './model.ts'
import { packageVersion } from './package-info.ts'
import { formerWorkers, removeFiles } from './write/former-workers.ts'
import { changedFiles, writeFiles, type GeneratedFile } from './write/write-files.ts'

export interface PipelineOptions {
  /** Absolute; the project is the one it is in. */
  cwd: string
  /** Providers to generate for besides the configured ones. */
  providers: readonly ProviderName[]
  /** The provider that the project is to be run or built on now, whatever it is generated for. */
  run?: ProviderName | undefined
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
  run,
  check,
}: PipelineOptions): Promise<PipelineResult> {
  const { config, root, diagnostics } = readConfig(cwd, providers)
  const result = { root, queues: [], diagnostics, changed: [], removed: [], unchanged: [] }
  if (config === null) return result

  const beside = providerBeside(config.providers, run)
  const subject = stampSubject(config, beside)
  const snapshot = takeSnapshot(subject)
  const valid = validStamp(subject, snapshot)
  const asked = { providers, run }
  if (valid && formerFiles(config, asked, valid.stamp.generated).length === 0) {
    if (!check) renewStamp(subject, valid, snapshot)
    const { queues, generated, diagnostics: told } = valid.stamp
    return { ...result, queues, unchanged: generated, diagnostics: told }
  }

  const configurations = hashConfigurations(root, snapshot)
  const { ProjectScanner } = await import('./scan-and-render.ts')
  const key = memoryKey(config, snapshot, configurations)
  const scan = new ProjectScanner(config).scan(loadMemory(root, key))
  const built = await build(config, scan, { ...asked, check })
  if (built.files) {
    const { files: generated, queues, diagnostics: told } = built
    saveMemory(root, key, scan.memory)
    const found = { generated, queues, diagnostics: told }
    const { folders } = scan
    const [read, links] = [scan.read(), scan.links()]
    saveStamp(subject, snapshot, { configurations, read, folders, links, ...found })
  }
  return built
}

interface Built extends PipelineResult {
  /** All that is generated and on disk as it should be; null when there is an error. */
  files: GeneratedFile[] | null
}

/** check → render → write, of what was scanned. */
export async function build(
  config: ProjectConfig,
  scan: { model: ProjectModel | null; diagnostics: Diagnostic[] },
  { check, ...asked }: Pick<PipelineOptions, 'providers' | 'run' | 'check'>,
): Promise<Built> {
  const { root } = config
  const { model } = scan
  const diagnostics = [...scan.diagnostics]
  const queues = model?.queues ?? []
  const nothing = { root, queues, changed: [], removed: [], unchanged: [], files: null }
  if (model === null) return { ...nothing, diagnostics }
  const beside = providerBeside(config.providers, asked.run)
  const running = beside === undefined ? config.providers : [beside]
  diagnostics.push(...checkProject(model, running, diagnostics))
  if (diagnostics.some(isError)) return { ...nothing, diagnostics }

  const { renderProject } = await import('./scan-and-render.ts')
  const files = renderProject(model, { ...config, run: asked.run })
  const paths = files.map(({ path }) => path)
  const different = changedFiles(root, files)
  const changed = different.map(({ path }) => path)
  const unchanged = paths.filter((path) => !changed.includes(path))
  const removed = formerFiles(config, asked, paths)
  const result = { root, queues, changed, removed, unchanged }

  const outdated = [...changed, ...removed]
  if (check) {
    if (outdated.length > 0) diagnostics.push(stale(outdated))
    return { ...result, diagnostics, files: null }
  }
  diagnostics.push(...writeFiles(root, different))
  if (!diagnostics.some(isError)) diagnostics.push(...removeFiles(root, removed))
  return { ...result, diagnostics, files: diagnostics.some(isError) ? null : files }
}

/** A run for a provider of its own, or one that only runs the project, says nothing of the others' workers. */
function formerFiles(
  { root, outDir }: ProjectConfig,
  { providers, run }: Pick<PipelineOptions, 'providers' | 'run'>,
  current: readonly string[],
): string[] {
  return providers.length > 0 || run !== undefined ? [] : formerWorkers(root, outDir, current)
}

/** What a run's result depends on besides the project's files. */
export function stampSubject(config: ProjectConfig, beside?: ProviderName): StampSubject {
  const { root, ...own } = config
  const settings = { ...own, beside }
  return { root, settings, isGenerated: (path) => isGeneratedFile(config.outDir, path) }
}

/** What every file's part of a scan depends on, besides the file and what it follows from. */
function memoryKey(
  { tsconfig, outDir }: ProjectConfig,
  { names }: Snapshot,
  configurations: Readonly<Record<string, string>>,
): string {
  return hash(JSON.stringify([packageVersion, tsconfig, outDir, names, configurations]))
}
