import { propertyName, stringLiteral } from './escape.ts'

const width = 100

/**
 * Plain data as a JavaScript expression, on one line where it fits.
 * @param indent columns that its further lines are indented by
 * @param used columns that its first line has before it
 */
export function dataText(value: unknown, indent = 0, used = indent): string {
  const line = inOneLine(value)
  if (used + line.length < width || typeof value !== 'object' || value === null) return line
  const inner = indent + 2
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => dataText(item, inner))
    return items.length === 0 ? line : block('[', items, ']', indent)
  }
  const properties = given(value).map(([name, part]) => {
    const key = `${keyText(name)}: `
    return key + dataText(part, inner, inner + key.length)
  })
  return properties.length === 0 ? line : block('{', properties, '}', indent)
}

function inOneLine(value: unknown): string {
  if (typeof value === 'string') return stringLiteral(value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return `[${value.map(inOneLine).join(', ')}]`
  const parts = given(value).map(([name, part]) => `${keyText(name)}: ${inOneLine(part)}`)
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`
}

/** A property that is undefined is one that is not there. */
const given = (value: object): [string, unknown][] =>
  Object.entries(value).filter(([, part]) => part !== undefined)

/**
 * A key of an object literal. Written plainly, `__proto__` would set the prototype instead of a
 * property.
 */
export function keyText(name: string): string {
  return name === '__proto__' ? '["__proto__"]' : propertyName(name)
}

function block(open: string, lines: string[], close: string, indent: number): string {
  const inner = ' '.repeat(indent + 2)
  return `${open}\n${lines.map((line) => `${inner}${line},\n`).join('')}${' '.repeat(indent)}${close}`
}
