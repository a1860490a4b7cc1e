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
  const line = lineOf(value)
  if (line !== null && line.length < width - used) return line
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

/** All of it on one line; null when that is longer than any line may be. */
function lineOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return scalarText(value)
  const known = lines.get(value)
  if (known !== undefined) return known
  const line = makeLine(value)
  lines.set(value, line)
  return line
}

function makeLine(value: object): string | null {
  const isList = Array.isArray(value)
  const entries: [string, unknown][] = isList
    ? value.map((item: unknown) => ['', item])
    : given(value)
  if (entries.length === 0) return isList ? '[]' : '{}'
  const parts: string[] = []
  let length = 0
  for (const [name, part] of entries) {
    const text = lineOf(part)
    if (text === null) return null
    const whole = isList ? text : `${keyText(name)}: ${text}`
    length += whole.length
    if (length > width) return null
    parts.push(whole)
  }
  return isList ? `[${parts.join(', ')}]` : `{ ${parts.join(', ')} }`
}

/** Most data is asked for again for every part of it, and again in the next run. */
const lines = new WeakMap<object, string | null>()

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
