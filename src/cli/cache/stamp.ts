import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Diagnostic } from '../diagnostics.ts'
import type { QueueModel } from '../model.ts'
import { packageVersion } from '../package-info.ts'
import { installations } from '../project-files.ts'
import { hash } from '../hash.ts'
import { saveCacheFile } from './cache-file.ts'
import { hashFiles, listProject } from './hash-files.ts'

/** What a run found and depended on; the next run that finds all of it unchanged has nothing to do. */
export interface Stamp {
  /** Version of this package, and the settings of the run. */
  key: string
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
  const stamp = readStamp(join(subject.root, stampFile))
  if (stamp?.key !== keyOf(subject) || stamp.names !== snapshot.names) return null
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
    key: keyOf(subject),
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
  saveCacheFile(join(subject.root, stampFile), JSON.stringify(stamp))
}

function keyOf({ settings }: StampSubject): string {
  return hash(JSON.stringify([packageVersion, settings]))
}

/** Null for one that is not there, is damaged, or was written by another version. */
function readStamp(path: string): Stamp | null {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return isStamp(value) ? value : null
  } catch {
    return null
  }
}

function isStamp(value: unknown): value is Stamp {
  return (
    typeof value === 'object' &&
    value !== null &&
    'key' in value &&
    'names' in value &&
    'files' in value &&
    typeof value.files === 'object' &&
    'queues' in value &&
    Array.isArray(value.queues) &&
    'generated' in value &&
    Array.isArray(value.generated) &&
    'diagnostics' in value &&
    Array.isArray(value.diagnostics)
  )
}
