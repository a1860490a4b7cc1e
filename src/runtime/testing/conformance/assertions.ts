import assert from 'node:assert/strict'

/** Clocks tick in milliseconds, and two of them may round differently. */
const roundingMs = 2

/** A pause that is at least as long as it must be, and ends before it is too late. */
export function assertPause(ms: number, atLeast: number, lessThan: number): void {
  const between = `${Math.round(ms)} ms, which is not from ${atLeast} to ${lessThan}`
  assert.ok(ms >= atLeast - roundingMs && ms < lessThan, `the pause was ${between}`)
}

/** It has these properties, whatever else it has. */
export function assertHas<Value extends object>(
  value: Value | null | undefined,
  expected: { [Name in keyof Value]?: Value[Name] | undefined },
): void {
  const found: [string, unknown][] = Object.keys(expected).map((name) => [
    name,
    value && Reflect.get(value, name),
  ])
  assert.deepEqual(Object.fromEntries(found), expected)
}
