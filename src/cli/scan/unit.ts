import type { Diagnostic } from '../diagnostics.ts'
import type { QueueModel } from '../model.ts'
import { isRecord } from '../parse-json.ts'
import type { TypeEntry } from './types/named-types.ts'

/**
 * What one source file contributes to the project: plain data, and no other file's business. As long as
 * what it depends on is as it was, it is as it was.
 */
export interface Unit {
  /** Relative to the root, as all paths here. */
  path: string
  /** References in their types say the ids of `types`. */
  queues: QueueModel[]
  types: TypeEntry[]
  /** It has a wiring or registers middleware: the worker has to import it. */
  isWiring: boolean
  /** It passes on one of the generated functions: whoever calls it may call it by another name. */
  passesOn: boolean
  /** One of its files has a syntax error: nothing can be said of it. */
  isBroken: boolean
  diagnostics: Diagnostic[]
  /** The hash of every file that it followed from, by path. */
  dependencies: Record<string, string>
}

/** What a scan found of each file, and what all of it rests on. */
export interface Memory {
  ground: string
  units: Unit[]
}

export const nothingKnown: Memory = { ground: '', units: [] }

export const isMemory = (value: unknown): value is Memory =>
  isRecord(value) &&
  typeof value.ground === 'string' &&
  Array.isArray(value.units) &&
  value.units.every(isUnit)

/** As far as it can go wrong: what is in its lists was written by whoever wrote the whole. */
function isUnit(value: unknown): boolean {
  if (!isRecord(value)) return false
  const { path, queues, types, diagnostics, isWiring, passesOn, isBroken, dependencies } = value
  return (
    typeof path === 'string' &&
    [queues, types, diagnostics].every((list) => Array.isArray(list) && list.every(isRecord)) &&
    [isWiring, passesOn, isBroken].every((it) => typeof it === 'boolean') &&
    isRecord(dependencies) &&
    Object.values(dependencies).every((it) => typeof it === 'string')
  )
}
