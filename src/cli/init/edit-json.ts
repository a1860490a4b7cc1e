import { ts } from 'ts-morph'

/** The value of JSON, as it is put into a text. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

type Path = readonly [string, ...string[]]

/**
 * The text with the property at the path set to the value; objects on the way are made where they are
 * missing. Everything else stays as it is written, comments included.
 */
export function setProperty(text: string, path: Path, value: Json): string {
  const found = follow(text, path)
  if (found.missing.length === 0) {
    return replace(text, found.node, printed(value, styleOf(text), indentAt(text, found.node)))
  }
  const [key = '', ...rest] = found.missing
  const whole = rest.reduceRight<Json>((inner, name) => ({ [name]: inner }), value)
  if (!ts.isObjectLiteralExpression(found.node)) return text
  return insert(
    text,
    found.node,
    found.node.properties,
    (style, indent) => `${JSON.stringify(key)}: ${printed(whole, style, indent)}`,
  )
}

/** The text with the value at the end of the array at the path; as it is when there is no array. */
export function appendElement(text: string, path: Path, value: Json): string {
  const { node, missing } = follow(text, path)
  if (missing.length > 0 || !ts.isArrayLiteralExpression(node)) return text
  return insert(text, node, node.elements, (style, indent) => printed(value, style, indent))
}

/** Where the value at the path is written: an offset into the text; undefined when it is not there. */
export function positionOf(text: string, path: Path): number | undefined {
  const { node, missing } = follow(text, path)
  return missing.length === 0 ? node.getStart() : undefined
}

/** The node at the end of the path, or the last on the way and what is missing after it. */
function follow(text: string, path: Path): { node: ts.Expression; missing: readonly string[] } {
  let node = rootOf(text)
  for (const [depth, name] of path.entries()) {
    const next = ts.isObjectLiteralExpression(node) && valueOf(node, name)
    if (!next) return { node, missing: path.slice(depth) }
    node = next
  }
  return { node, missing: [] }
}

function rootOf(text: string): ts.Expression {
  const source = ts.createSourceFile('a.json', text, ts.ScriptTarget.JSON, true, ts.ScriptKind.JSON)
  const [statement] = source.statements
  if (statement && ts.isExpressionStatement(statement)) return statement.expression
  throw new Error('an empty text has nothing to edit')
}

/** The last of a name counts, as it does for whoever reads the file. */
function valueOf(object: ts.ObjectLiteralExpression, name: string): ts.Expression | undefined {
  const property = object.properties.findLast(
    (it) => it.name && ts.isStringLiteralLike(it.name) && it.name.text === name,
  )
  return property && ts.isPropertyAssignment(property) ? property.initializer : undefined
}

function replace(text: string, node: ts.Node, by: string): string {
  return text.slice(0, node.getStart()) + by + text.slice(node.end)
}

/** Puts one more item behind the last: on a line of its own, unless all are on one. */
function insert(
  text: string,
  list: ts.Expression,
  items: ts.NodeArray<ts.Node>,
  print: (style: Style, indent: string) => string,
): string {
  const style = styleOf(text)
  const close = list.end - 1
  const last = items.at(-1)
  const from = last?.end ?? list.getStart() + 1
  const comma = last === undefined || items.hasTrailingComma ? '' : ','
  const outer = indentAt(text, list)
  const lineEnd = text.slice(from, close).search(/\r?\n[^\n]*$/)
  if (lineEnd >= 0) {
    const at = from + lineEnd
    const indent = last === undefined ? outer + style.indent : indentAt(text, last)
    const item = `${style.eol}${indent}${print(style, indent)}`
    return text.slice(0, from) + comma + text.slice(from, at) + item + text.slice(at)
  }
  if (last === undefined) {
    const indent = outer + style.indent
    const isObject = ts.isObjectLiteralExpression(list)
    const item = print(style, isObject ? indent : outer)
    const lines = `${style.eol}${indent}${item}${style.eol}${outer}`
    return text.slice(0, from) + (isObject ? lines : item) + text.slice(from)
  }
  const at = items.hasTrailingComma ? items.end : from
  return `${text.slice(0, at)}${comma} ${print({ ...style, indent: '' }, outer)}${text.slice(at)}`
}

interface Style {
  /** Of one level; empty: all on one line. */
  indent: string
  eol: string
}

function styleOf(text: string): Style {
  return {
    indent: /^([ \t]+)\S/m.exec(text)?.[1] ?? '  ',
    eol: text.includes('\r\n') ? '\r\n' : '\n',
  }
}

/** The white space that the line of the node starts with. */
function indentAt(text: string, node: ts.Node): string {
  const line = text.slice(0, node.getStart()).split('\n').at(-1) ?? ''
  return /^\s*/.exec(line)?.[0] ?? ''
}

function printed(value: Json, style: Style, outer: string): string {
  if (typeof value !== 'object' || value === null) return oneLine(value)
  if (isShort(value) || style.indent === '') return oneLine(value)
  const inner = outer + style.indent
  const item = (it: Json, key = '') => `${style.eol}${inner}${key}${printed(it, style, inner)}`
  const [open, items, close] = Array.isArray(value)
    ? ['[', value.map((it) => item(it)), ']']
    : ['{', Object.entries(value).map(([key, it]) => item(it, `${JSON.stringify(key)}: `)), '}']
  return `${open}${items.join(',')}${style.eol}${outer}${close}`
}

const isShort = (value: Json): boolean =>
  typeof value !== 'object' || value === null || (Array.isArray(value) && value.every(isShort))

/** As Prettier has it: a space inside braces and after commas. */
function oneLine(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`
  const entries = Object.entries(value).map(([key, it]) => `${JSON.stringify(key)}: ${oneLine(it)}`)
  return entries.length > 0 ? `{ ${entries.join(', ')} }` : '{}'
}
