import type { JsonValue } from './types.ts'
import type { Path } from './property-path.ts'

/** Told of everything that has no JSON form, at its place. */
export type ReportIssue = (path: Path, reason: string) => void

/** Deeper values refer to themselves, or would overflow the stack of whoever reads them. */
export const maxDepth = 500

/**
 * Ends the work at the first part that is too deep: a value that refers to itself in two places has twice as
 * many parts at every level.
 */
export class TooDeepError extends Error {
  readonly path: Path

  constructor(path: Path) {
    super('is nested too deeply, or refers to itself')
    this.path = path
  }
}

/**
 * A copy of the value that is JSON: what is checked and sent cannot change under our hands, whatever
 * the caller does with the original. Own enumerable properties only; those that are `undefined` are
 * left out. What JSON cannot carry is reported and becomes null.
 * @throws TooDeepError
 */
export function copyPlain(value: unknown, path: Path, report: ReportIssue): JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return value
    report(path, 'must be a finite number')
    return null
  }
  if (path.length > maxDepth) throw new TooDeepError(path)
  if (Array.isArray(value)) {
    return Array.from(value, (item: unknown, index) => copyPlain(item, [...path, index], report))
  }
  if (!isRecord(value) || typeof value['toJSON'] === 'function') {
    const isMissing = value === undefined && path.length === 0
    report(path, isMissing ? 'is missing' : `must be plain JSON, not ${kindOf(value)}`)
    return null
  }
  const copy: Record<string, JsonValue> = {}
  for (const key of Object.keys(value)) {
    const item = value[key]
    if (item !== undefined) setOwn(copy, key, copyPlain(item, [...path, key], report))
  }
  return copy
}

/** An object that is neither an array nor one of the built-in kinds. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.prototype.toString.call(value) === '[object Object]'
  )
}

/** Sets an own property whatever its name: assigning `__proto__` would set the prototype. */
export function setOwn<Value>(target: Record<string, Value>, key: string, value: Value): void {
  if (key !== '__proto__') target[key] = value
  else {
    const own = { value, enumerable: true, configurable: true, writable: true }
    Object.defineProperty(target, key, own)
  }
}

/** "a Map", "a function": the kind alone, never the value. */
function kindOf(value: unknown): string {
  if (value === undefined) return 'undefined'
  if (typeof value !== 'object') return `a ${typeof value}`
  const tag = Object.prototype.toString.call(value).slice('[object '.length, -1)
  return tag === 'Object' ? 'an object with a JSON form of its own' : `a ${tag}`
}
