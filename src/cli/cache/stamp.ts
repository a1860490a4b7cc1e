import { dirname, join } from 'node:path'
import type { Diagnostic } from '../diagnostics.ts'
import type { QueueModel } from '../model.ts'
import { packageVersion } from '../package-info.ts'
import { installations, manifestAbove } from '../project-files.ts'
import { fileNames, hashNames, type IsGenerated } from '../file-names.ts'
import { hash, noFile } from '../hash.ts'
import { isRecord } from '../parse-json.ts'
import { loadCacheFile, saveCacheFile } from './cache-file.ts'
import { type Fact, factOf, holds, isFact } from './facts.ts'
import { hashFiles, listProject } from './hash-files.ts'

/** What a run found and depended on; the next run that finds all of it unchanged has nothing to do. */
export interface Stamp {
  /** Every name in the project that may come to matter. */
  names: string
  /** Files that the run read, missed and generated, with what they held. */
  files: Record<string, Fact>
  /** The same as `names` of each folder elsewhere that the project includes. */
  folders: Record<string, string>
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

/** What can be said of a project before anything of it is read. */
export interface Snapshot {
  names: string
  files: Record<string, string>
  /** Milliseconds since the epoch, before anything was read. */
  takenAt: number
}

/** Taken before the scan: what changes while it runs must not count as seen. */
export function takeSnapshot({ root, isGenerated }: StampSubject): Snapshot {
  const takenAt = Date.now()
  const { names, configurations } = listProject(root, isGenerated)
  const above = manifestAbove(root)
  const around = above === null ? [] : [above]
  const files = {
    ...configurations,
    ...hashFiles(root, [...around, ...installationsAround(root)]),
  }
  return { names, files, takenAt }
}

/** In a workspace packages are installed, and recorded, above the project. */
function installationsAround(root: string): string[] {
  const found: string[] = []
  for (let here = root, way = ''; ; here = dirname(here), way += '../') {
    found.push(...installations.map((path) => way + path))
    if (dirname(here) === here) return found
  }
}

/**
 * The last run's stamp, if everything it depended on and generated is as it was.
 * @returns with the files that had to be read to say so
 */
export function validStamp(
  subject: StampSubject,
  snapshot: Snapshot,
): { stamp: Stamp; read: string[] } | null {
  const { root, isGenerated } = subject
  const stamp = loadCacheFile(join(root, stampFile), keyOf(subject))
  if (!isStamp(stamp) || stamp.names !== snapshot.names) return null
  const { files } = stamp
  for (const [path, content] of Object.entries(snapshot.files)) {
    if (files[path]?.[0] !== content) return null
  }
  for (const [folder, names] of Object.entries(stamp.folders)) {
    if (hashNames(fileNames(root, isGenerated, folder)) !== names) return null
  }
  const read: string[] = []
  const same = Object.keys(files).every((path) => {
    const known = files[path]
    if (known === undefined || path in snapshot.files) return true
    return holds(`${root}/${path}`, known, () => read.push(path))
  })
  return same ? { stamp, read } : null
}

/** Lets the next run know by their looks the files that this one had to read, where that is safe by now. */
export function renewStamp(
  subject: StampSubject,
  { stamp, read }: { stamp: Stamp; read: readonly string[] },
  { takenAt }: Snapshot,
): void {
  const learnt = read.map((path): [string, Fact] => {
    const [content = noFile] = stamp.files[path] ?? []
    return [path, factOf(`${subject.root}/${path}`, content, takenAt)]
  })
  if (!learnt.some(([, { length }]) => length > 1)) return
  const files = { ...stamp.files, ...Object.fromEntries(learnt) }
  saveCacheFile(join(subject.root, stampFile), keyOf(subject), { ...stamp, files })
}

/**
 * Remembers a run that had no errors.
 * @param run `read` is the hash of every source as it read it, by path; of what it missed, `noFile`
 */
export function saveStamp(
  subject: StampSubject,
  snapshot: Snapshot,
  run: {
    read: ReadonlyMap<string, string>
    folders: Record<string, string>
    generated: readonly { path: string; text: string }[]
    queues: readonly QueueSummary[]
    diagnostics: Diagnostic[]
  },
): void {
  const { root } = subject
  const contents = new Map([...Object.entries(snapshot.files), ...run.read])
  for (const { path, text } of run.generated) contents.set(path, hash(text))
  const stamp: Stamp = {
    names: snapshot.names,
    files: Object.fromEntries(
      Array.from(contents, ([path, content]) => [
        path,
        factOf(`${root}/${path}`, content, snapshot.takenAt),
      ]),
    ),
    folders: run.folders,
    queues: run.queues.map(({ name, functionName, location }) => ({
      name,
      functionName,
      location,
    })),
    generated: run.generated.map(({ path }) => path),
    diagnostics: run.diagnostics,
  }
  saveCacheFile(join(root, stampFile), keyOf(subject), stamp)
}

/** Version of this package, and the settings of the run. */
function keyOf({ settings }: StampSubject): string {
  return hash(JSON.stringify([packageVersion, settings]))
}

const isText = (value: unknown): value is string => typeof value === 'string'

function isStamp(value: unknown): value is Stamp {
  return (
    isRecord(value) &&
    isText(value.names) &&
    isRecord(value.files) &&
    Object.values(value.files).every(isFact) &&
    isRecord(value.folders) &&
    Object.values(value.folders).every(isText) &&
    Array.isArray(value.generated) &&
    value.generated.every(isText) &&
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
