import type { NamedType, PropertyModel, TupleElement, TypeModel } from '../model.ts'
import { docComment, identifier, propertyName, stringLiteral, templateType } from './escape.ts'

/** Longer unions are broken into lines. */
const maxLine = 80

/** `export type Name = …`, with its description. */
export function namedTypeText({ name, type, description }: NamedType): string {
  const comment = documentation(description, false, type)
  return `${comment}export type ${identifier(name)} =${afterSign(typeText(type))}`
}

/** The type behind a `:`, with the space or the line end between them. */
export const annotationText = (type: TypeModel): string => afterSign(typeText(type))

/**
 * The type as readable TypeScript. References stay names: print `namedTypeText` of each beside it.
 * Continuation lines are indented for a text that begins in column 0.
 */
export function typeText(type: TypeModel): string {
  switch (type.kind) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'null':
    case 'undefined':
    case 'void':
    case 'unknown':
    case 'never':
      return type.kind
    case 'literal':
      return typeof type.value === 'string' ? stringLiteral(type.value) : String(type.value)
    case 'template':
      return templateType(type.text)
    case 'carried':
      return type.type
    case 'map':
      return `${type.readonly ? 'Readonly' : ''}Map<${typeText(type.key)}, ${typeText(type.value)}>`
    case 'set':
      return `${type.readonly ? 'Readonly' : ''}Set<${typeText(type.element)}>`
    case 'array':
      return `${type.readonly ? 'readonly ' : ''}${inner(type.element)}[]`
    case 'tuple':
      return `${type.readonly ? 'readonly ' : ''}${tupleText(type.elements)}`
    case 'object':
      return objectText(type.properties, type.index)
    case 'union':
      return unionText(type.members)
    case 'reference':
      return identifier(type.name)
  }
}

function unionText(members: readonly TypeModel[]): string {
  const texts = members.map(typeText)
  const line = texts.join(' | ')
  if (line.length <= maxLine && !line.includes('\n')) return line
  return texts.map((text) => `| ${text}`).join('\n')
}

function objectText(properties: readonly PropertyModel[], index: TypeModel | null): string {
  const indexText = index && indexSignature(index)
  if (properties.length === 0) return indexText ?? '{}'
  const lines = properties.map((property) => indent(propertyText(property)))
  const own = `{\n${lines.join('\n')}\n}`
  // Side by side: the properties of an intersection need not fit its index signature.
  return indexText === null ? own : `${own} & ${indexText}`
}

function indexSignature(values: TypeModel): string {
  const comment = documentation(undefined, false, values)
  const text = `[key: string]: ${typeText(values)}`
  return comment === '' ? `{ ${text} }` : `{\n${indent(comment + text)}\n}`
}

function propertyText(property: PropertyModel): string {
  const { name, type, optional, readonly, description, deprecated } = property
  const comment = documentation(description, deprecated ?? false, type)
  const text = `${readonly ? 'readonly ' : ''}${propertyName(name)}${optional ? '?' : ''}`
  return `${comment}${text}:${annotationText(type)}`
}

/** A union over several lines begins on a line of its own. */
const afterSign = (text: string): string => (isBroken(text) ? `\n${indent(text)}` : ` ${text}`)

const isBroken = (text: string): boolean => text.startsWith('| ')

/** On lines of their own where they have something to say: a comment belongs to the label behind it. */
function tupleText(elements: readonly TupleElement[]): string {
  const comments = elements.map(({ label, type }) =>
    label === undefined ? '' : documentation(undefined, false, type),
  )
  const texts = elements.map(elementText)
  if (comments.every((comment) => comment === '')) return `[${texts.join(', ')}]`
  const lines = texts.map((text, index) => indent(`${comments[index] ?? ''}${text},`))
  return `[\n${lines.join('\n')}\n]`
}

function elementText({ type, kind, label }: TupleElement): string {
  const text = typeText(type)
  const rest = kind === 'rest' ? '...' : ''
  if (label !== undefined) {
    return `${rest}${identifier(label)}${kind === 'optional' ? '?' : ''}: ${rest ? listOf(type) : text}`
  }
  if (kind === 'rest') return `...${listOf(type)}`
  return kind === 'optional' ? `${inner(type)}?` : text
}

const listOf = (element: TypeModel): string => `${inner(element)}[]`

/** In parentheses where a postfix `[]` or `?` would bind to a part of it. */
function inner(type: TypeModel): string {
  const text = typeText(type)
  const isIntersection = type.kind === 'object' && type.index !== null && type.properties.length > 0
  if (isBroken(text)) return `(\n${indent(text)}\n)`
  return type.kind === 'union' || isReadonlyList(type) || isIntersection ? `(${text})` : text
}

const isReadonlyList = (type: TypeModel): boolean =>
  (type.kind === 'array' || type.kind === 'tuple') && type.readonly

/** The comment above a declaration, with its line end; empty when there is nothing to say. */
function documentation(
  description: string | undefined,
  deprecated: boolean,
  type: TypeModel,
): string {
  const tags = constraintsOf(type).map(([tag, value]) => {
    if (value === true) return `@${tag}`
    return `@${tag} ${tag === 'pattern' ? patternText(String(value)) : String(value)}`
  })
  if (deprecated) tags.push('@deprecated')
  if (type.sensitive) tags.push('@sensitive')
  const text = [description, ...tags].filter((line) => line !== undefined).join('\n')
  const comment = docComment(text)
  return comment === '' ? '' : `${comment}\n`
}

function constraintsOf(type: TypeModel): [tag: string, value: unknown][] {
  if (type.kind === 'union') return type.members.flatMap(constraintsOf)
  if (!('constraints' in type)) return []
  return Object.entries(type.constraints ?? {})
}

/** In slashes where it would be read as something else without, as in a program. */
function patternText(pattern: string): string {
  const isPlain = !pattern.startsWith('/') && !/\s@|^\s|\s$/.test(pattern)
  if (isPlain) return pattern
  return `/${pattern.replace(/\\.|\//gs, (part) => (part === '/' ? '\\/' : part))}/`
}

const indent = (text: string): string => text.replace(/^(?=.)/gm, '  ')
