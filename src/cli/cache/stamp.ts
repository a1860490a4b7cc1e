import { dirname, join } from 'node:path'
import type { Diagnostic } from '../diagnostics.ts'
import type { QueueModel } from '../model.ts'
import { packageVersion } from '../package-info.ts'
import { installations } from '../project-files.ts'
import { hash } from '../hash.ts'
import { isRecord } from '../parse-json.ts'
import { loadCacheFile, saveCacheFile } from './cache-file.ts'
import { hashFiles, listProject } from './hash-files.ts'

/** What a run found and depended on; the next run that finds all of it unchanged has nothing to do. */
export interface Stamp {
  /** Every name in the project that may come to matter. */
  names: string
  /** Files the run read, what they held, and what it generated. */
  files: Record<string, string>
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
  /** Tells generated files from the user's; paths are relative to the root. */
  isGenerated: (path: string) => boolean
}

/** In the project's folder of state, whatever folder is generated into. */
const stampFile = join('.pikku', 'cache', 'generate.json')

/** What can be said of a project before anything of it is read. */
export interface Snapshot {
  names: string
  files: Record<string, string>
}

/** Taken before the scan: what changes while it runs must not count as seen. */
export function takeSnapshot({ root, isGenerated }: StampSubject): Snapshot {
  const { names, configurations } = listProject(root, isGenerated)
  return { names, files: { ...configurations, ...hashFiles(root, installationsAround(root)) } }
}

/** In a workspace packages are installed, and recorded, above the project. */
function installationsAround(root: string): string[] {
  const found: string[] = []
  for (let here = root, way = ''; ; here = dirname(here), way += '../') {
    found.push(...installations.map((path) => way + path))
    if (dirname(here) === here) return found
  }
}

/** The last run's stamp, if everything it depended on and generated is as it was. */
export function validStamp(subject: StampSubject, snapshot: Snapshot): Stamp | null {
  const stamp = loadCacheFile(join(subject.root, stampFile), keyOf(subject))
  if (!isStamp(stamp) || stamp.names !== snapshot.names) return null
  const now = { ...hashFiles(subject.root, Object.keys(stamp.files)), ...snapshot.files }
  const same = Object.entries(now).every(([path, content]) => stamp.files[path] === content)
  return same ? stamp : null
}

/** Remembers a run that had no errors. @param read the hash of every source as it read it, by path. */
export function saveStamp(
  subject: StampSubject,
  snapshot: Snapshot,
  run: {
    read: Readonly<Record<string, string>>
    generated: readonly { path: string; text: string }[]
    queues: readonly QueueSummary[]
    diagnostics: Diagnostic[]
  },
): void {
  const stamp: Stamp = {
    names: snapshot.names,
    files: {
      ...snapshot.files,
      ...run.read,
      ...Object.fromEntries(run.generated.map(({ path, text }) => [path, hash(text)])),
    },
    queues: run.queues.map(({ name, functionName, location }) => ({
      name,
      functionName,
      location,
    })),
    generated: run.generated.map(({ path }) => path),
    diagnostics: run.diagnostics,
  }
  saveCacheFile(join(subject.root, stampFile), keyOf(subject), stamp)
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
    Object.values(value.files).every(isText) &&
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
