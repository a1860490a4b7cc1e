import { join, posix } from 'node:path'
import type { Diagnostic } from '../diagnostics.ts'
import { fileNames, hashNames, type IsGenerated } from '../file-names.ts'
import { hash } from '../hash.ts'
import type { QueueModel } from '../model.ts'
import { packageVersion } from '../package-info.ts'
import { linkTarget } from '../link-target.ts'
import { isRecord, isText, isTexts } from '../parse-json.ts'
import { installationsAround, isConfiguration, manifestAbove } from '../project-files.ts'
import { loadCacheFile, saveCacheFile } from './cache-file.ts'
import { type Facts, factsOf, isFacts, readToHold, withLooks } from './facts.ts'
import { hashFiles } from './hash-files.ts'

/** What a run found and depended on; the next run that finds all of it unchanged has nothing to do. */
export interface Stamp {
  /** Every name in the project that may come to matter, a line each. */
  names: string
  /** Files that the run read, missed and generated. */
  facts: Facts
  /** The hash of the same as `names`, of each folder elsewhere that the project includes. */
  folders: Record<string, string>
  /** Where packages of a workspace are linked to, as `linkTarget` says, by the path of the link. */
  links: Record<string, string>
  queues: QueueSummary[]
  /** The files it generated. */
  generated: string[]
  /** Warnings: they are still true. */
  diagnostics: Diagnostic[]
}

export type QueueSummary = Pick<QueueModel, 'name' | 'functionName' | 'location'>

export interface StampSubject {
  root: string
  /** The settings that decide what is generated. */
  settings: unknown
  isGenerated: IsGenerated
}

/** In the project's folder of state, whatever folder is generated into. */
const stampFile = join('.pikku', 'cache', 'generate.json')

/** What can be said of a project before anything of it is read: what changes while a scan runs must not count as seen. */
export interface Snapshot {
  /** Of all files in it that may matter. A file that is new, gone or renamed shows here. */
  names: readonly string[]
  /** Milliseconds since the epoch. */
  takenAt: number
}

export function takeSnapshot({ root, isGenerated }: StampSubject): Snapshot {
  const takenAt = Date.now()
  return { names: fileNames(root, isGenerated), takenAt }
}

/** The hash of each file that decides how all others are read, whether it is there or not. */
export function hashConfigurations(root: string, { names }: Snapshot): Record<string, string> {
  const configurations = names.filter((path) => isConfiguration(posix.basename(path)))
  return hashFiles(root, [...filesAround(root), ...configurations])
}

function filesAround(root: string): string[] {
  const above = manifestAbove(root)
  return [...(above === null ? [] : [above]), ...installationsAround(root)]
}

/**
 * The last run's stamp, if everything it depended on and generated is as it was.
 * @returns with the files that had to be read to say so, as indices of its facts
 */
export function validStamp(
  subject: StampSubject,
  { names }: Snapshot,
): { stamp: Stamp; read: number[] } | null {
  const { root, isGenerated } = subject
  const stamp = loadCacheFile(join(root, stampFile), keyOf(subject))
  if (!isStamp(stamp) || stamp.names !== names.join('\n')) return null
  // They come first, and are others where the folders above are.
  if (filesAround(root).some((path, index) => stamp.facts.paths[index] !== path)) return null
  for (const [folder, known] of Object.entries(stamp.folders)) {
    if (hashNames(fileNames(root, isGenerated, folder)) !== known) return null
  }
  for (const [path, target] of Object.entries(stamp.links)) {
    if (linkTarget(root, path) !== target) return null
  }
  const read = readToHold(root, stamp.facts)
  return read && { stamp, read }
}

/** Lets the next run know by their looks the files that this one had to read, where that is safe by now. */
export function renewStamp(
  subject: StampSubject,
  { stamp, read }: { stamp: Stamp; read: number[] },
  { takenAt }: Snapshot,
): void {
  const facts = withLooks(subject.root, stamp.facts, read, takenAt)
  if (facts !== stamp.facts) save(subject, { ...stamp, facts })
}

/**
 * Remembers a run that had no errors.
 * @param run `configurations` and `read` are the hashes of what it went by and of every source as it read it, by
 * path; of what it missed, `noFile`
 */
export function saveStamp(
  subject: StampSubject,
  { names, takenAt }: Snapshot,
  run: {
    configurations: Readonly<Record<string, string>>
    read: ReadonlyMap<string, string>
    folders: Record<string, string>
    links: Record<string, string>
    generated: readonly { path: string; text: string }[]
    queues: readonly QueueSummary[]
    diagnostics: Diagnostic[]
  },
): void {
  const { configurations, read, folders, links, generated, diagnostics } = run
  const contents = new Map([...Object.entries(configurations), ...read])
  for (const { path, text } of generated) contents.set(path, hash(text))
  save(subject, {
    names: names.join('\n'),
    facts: factsOf(subject.root, contents, takenAt),
    folders,
    links,
    queues: run.queues.map(({ name, functionName, location }) => ({
      name,
      functionName,
      location,
    })),
    generated: generated.map(({ path }) => path),
    diagnostics,
  })
}

function save(subject: StampSubject, stamp: Stamp): void {
  saveCacheFile(join(subject.root, stampFile), keyOf(subject), stamp)
}

/** Version of this package, and the settings of the run. */
const keyOf = ({ settings }: StampSubject): string => JSON.stringify([packageVersion, settings])

function isStamp(value: unknown): value is Stamp {
  return (
    isRecord(value) &&
    isText(value.names) &&
    isFacts(value.facts) &&
    isRecord(value.folders) &&
    Object.values(value.folders).every(isText) &&
    isRecord(value.links) &&
    Object.values(value.links).every(isText) &&
    isTexts(value.generated) &&
    Array.isArray(value.queues) &&
    value.queues.every(
      (it) => isRecord(it) && isText(it.name) && isText(it.functionName) && isLocation(it.location),
    ) &&
    Array.isArray(value.diagnostics) &&
    value.diagnostics.every(isDiagnostic)
  )
}

function isDiagnostic(value: unknown): boolean {
  if (!isRecord(value)) return false
  const { code, message, hint, severity, location } = value
  return (
    [code, message, hint].every(isText) &&
    (severity === 'error' || severity === 'warning') &&
    (location === undefined || isLocation(location))
  )
}

const isLocation = (value: unknown): boolean =>
  isRecord(value) &&
  isText(value.file) &&
  typeof value.line === 'number' &&
  typeof value.column === 'number'
