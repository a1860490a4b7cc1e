import { propertyName, stringLiteral } from './escape.ts'

const width = 100

/**
 * Plain data as a JavaScript expression, on one line where it fits.
 * @param indent columns that its further lines are indented by
 * @param used columns that its first line has before it
 */
export function dataText(value: unknown, indent = 0, used = indent): string {
  if (typeof value !== 'object' || value === null) return scalarText(value)
  const known = texts.get(value)
  if (known?.indent === indent && known.used === used) return known.text
  const text = objectText(value, indent, used)
  texts.set(value, { indent, used, text })
  return text
}

/** Of data that was printed before, and is never changed: most of it is the same the next time. */
const texts = new WeakMap<object, { indent: number; used: number; text: string }>()

function objectText(value: object, indent: number, used: number): string {
  const line = inOneLine(value, width - used - 1)
  if (line !== null) return line
  const inner = indent + 2
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => dataText(item, inner))
    return block('[', items, ']', indent)
  }
  const properties = given(value).map(([name, part]) => {
    const key = `${keyText(name)}: `
    return key + dataText(part, inner, inner + key.length)
  })
  return block('{', properties, '}', indent)
}

/** Null when it does not fit: most data does not, and is asked again for every part of it. */
function inOneLine(value: unknown, room: number): string | null {
  if (typeof value !== 'object' || value === null) {
    const text = scalarText(value)
    return text.length > room ? null : text
  }
  const isList = Array.isArray(value)
  const parts: string[] = []
  let left = room - (isList ? 2 : 4)
  const entries: [string, unknown][] = isList
    ? value.map((item: unknown) => ['', item])
    : given(value)
  if (entries.length === 0) return isList ? '[]' : '{}'
  for (const [name, part] of entries) {
    const key = isList ? '' : `${keyText(name)}: `
    const text = inOneLine(part, left - key.length)
    if (text === null) return null
    parts.push(key + text)
    left -= key.length + text.length + 2
  }
  const line = isList ? `[${parts.join(', ')}]` : `{ ${parts.join(', ')} }`
  return line.length > room ? null : line
}

const scalarText = (value: unknown): string =>
  typeof value === 'string' ? stringLiteral(value) : String(value)

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
