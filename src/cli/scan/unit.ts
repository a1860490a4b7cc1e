import type { Diagnostic } from '../diagnostics.ts'
import type { QueueModel } from '../model.ts'
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

export function isMemory(value: unknown): value is Memory {
  return (
    typeof value === 'object' &&
    value !== null &&
    'ground' in value &&
    'units' in value &&
    Array.isArray(value.units)
  )
}
