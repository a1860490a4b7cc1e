/**
 * As `Object.fromEntries`, for thousands of names: V8 makes a shape for each name more of an object that inherits, and
 * takes its time; one without a prototype is a dictionary from the start. So `__proto__` is a name like any other.
 */
export function recordOf<Value>(
  entries: Iterable<readonly [string, Value]>,
): Record<string, Value> {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-assignment -- the library's type says no more
  const record: Record<string, Value> = Object.create(null)
  for (const [name, value] of entries) record[name] = value
  return record
}
