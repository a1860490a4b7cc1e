import fc from 'fast-check'
import { ts } from 'ts-morph'
import { expect, it } from 'vitest'
import type { NamedType, PropertyModel, TypeModel } from '../../../src/cli/model.ts'
import { namedTypeText } from '../../../src/cli/render/typescript-text.ts'
import { anyText } from '../../support/arbitrary-text.ts'

const documents = 1_000
const textsOfEach = 100

const literal = (value: string): TypeModel => ({ kind: 'literal', value })

/** A named type that has each of the texts in one of the places where a text of the user's goes. */
function typeOf(texts: readonly string[]): NamedType {
  const parts = Array.from({ length: texts.length / 5 }, (_, at) => {
    const [name = '', value = '', first = '', second = '', description = ''] = texts.slice(at * 5)
    return { name, value, first, second, description }
  })
  const properties = parts.flatMap(({ name, value, first, second, description }, at) => {
    const union: TypeModel = { kind: 'union', members: [literal(first), literal(second)] }
    const list: TypeModel = { kind: 'array', element: union, readonly: at % 2 === 0 }
    const elements = [{ type: literal(value), kind: 'optional' } as const]
    const property = (type: TypeModel, suffix: string): PropertyModel => ({
      name: `${name}${suffix}`,
      type,
      optional: at % 3 === 0,
      readonly: at % 4 === 0,
      description,
    })
    return [
      property({ kind: 'tuple', elements, readonly: false }, ''),
      property(list, description),
      property({ kind: 'object', properties: [property(union, '')], index: list }, value),
    ]
  })
  const description = parts.map((part) => part.description).join('\n')
  return { name: 'Payload', type: { kind: 'object', properties, index: null }, description }
}

const parse = (text: string): ts.SourceFile =>
  ts.createSourceFile('/payload.ts', text, ts.ScriptTarget.Latest)

/** The kinds of all nodes; whether a name has quotes does not count. */
function skeleton(node: ts.Node): unknown {
  const children: unknown[] = []
  node.forEachChild((child) => {
    children.push(isName(node, child) ? 'name' : skeleton(child))
  })
  return [node.kind, ...children]
}

const isName = (parent: ts.Node, child: ts.Node): boolean =>
  ts.isPropertySignature(parent) && parent.name === child

/** What the compiler reads in names and literals, in order. */
function textsIn(node: ts.Node): string[] {
  const own = ts.isStringLiteral(node) || ts.isIdentifier(node) ? [node.text] : []
  const inner: string[] = []
  node.forEachChild((child) => {
    inner.push(...textsIn(child))
  })
  return [...own, ...inner]
}

function textsOf(type: TypeModel): string[] {
  switch (type.kind) {
    case 'literal':
      return [String(type.value)]
    case 'array':
      return textsOf(type.element)
    case 'union':
      return type.members.flatMap(textsOf)
    case 'tuple':
      return type.elements.flatMap((element) => textsOf(element.type))
    case 'object': {
      const own = type.properties.flatMap((it) => [it.name, ...textsOf(it.type)])
      return type.index ? [...own, 'key', ...textsOf(type.index)] : own
    }
    default:
      throw new Error(`${type.kind} is not in these types`)
  }
}

/** Errors of the parser, which the compiler keeps to itself. */
function syntaxErrors(file: ts.SourceFile): unknown {
  return 'parseDiagnostics' in file ? file.parseDiagnostics : 'not reported'
}

const harmless = skeleton(
  parse(namedTypeText(typeOf(Array.from({ length: textsOfEach }, (_, at) => `text${at}`)))),
)

it('no text of the user changes what generated code is', { timeout: 60_000 }, () => {
  let texts = 0
  const length = { minLength: textsOfEach, maxLength: textsOfEach }
  fc.assert(
    fc.property(fc.array(anyText, length), (strings) => {
      const named = typeOf(strings)
      const file = parse(namedTypeText(named))
      expect(syntaxErrors(file)).toEqual([])
      expect(skeleton(file)).toEqual(harmless)
      expect(textsIn(file)).toEqual([named.name, ...textsOf(named.type)])
      expect(hiddenCharacters(file.text)).toEqual([])
      texts += strings.length
    }),
    { numRuns: documents, interruptAfterTimeLimit: 50_000, markInterruptAsFailure: true },
  )
  expect(texts).toBe(100_000)
})

/** What a reader of the file would not see, or would see elsewhere than it is. */
const hiddenCharacters = (text: string): string[] =>
  text.match(/(?![\n\t])[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|\p{Cs}/gu) ?? []
