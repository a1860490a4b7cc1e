import { escapeUnsafe, propertyName } from './escape.ts'

/**
 * Plain data as a JavaScript expression: as JSON, on one line. What people read of it is in
 * `pikku-contracts.gen.json`.
 */
export function dataText(value: unknown): string {
  if (value === undefined) return 'undefined'
  // A quote after one of these begins a key: inside of a string it would have a backslash before it.
  const plain = JSON.stringify(value).replace(/(?<=[{,])"__proto__":/g, '["__proto__"]:')
  return escapeUnsafe(plain)
}

/**
 * A key of an object literal. Written plainly, `__proto__` would set the prototype instead of a
 * property.
 */
export function keyText(name: string): string {
  return name === '__proto__' ? '["__proto__"]' : propertyName(name)
}
