import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fingerprint } from '../../src/cli/render/fingerprint.ts'
import type { JsonSchema } from '../../src/runtime/contract.ts'

/** Types that lead to each other, by number; below zero are the kinds that lead nowhere. */
type Graph = readonly Node[]
interface Node {
  kind: 'object' | 'list' | 'union'
  parts: readonly number[]
}

const leaves = ['string', 'number']

const graphs: fc.Arbitrary<Graph> = fc.integer({ min: 1, max: 4 }).chain((size) =>
  fc.array(
    fc.record({
      kind: fc.constantFrom('object', 'object', 'list', 'union'),
      parts: fc.array(fc.integer({ min: -leaves.length, max: size - 1 }), {
        minLength: 1,
        maxLength: 2,
      }),
    }),
    { minLength: size, maxLength: size },
  ),
)

/** @param isNamed which of the types have a name, rather than being written where they stand. */
function printOf(graph: Graph, isNamed: readonly boolean[], reversed = false): string {
  const definitions: Record<string, JsonSchema> = {}
  const inOrder = <It>(list: It[]): It[] => (reversed ? list.reverse() : list)
  const write = (index: number, open: readonly number[]): JsonSchema => {
    const node = graph[index]
    if (!node) return { type: leaves[-1 - index] }
    if (!isNamed[index] && !open.includes(index)) return body(node, [...open, index])
    const name = `T${reversed ? graph.length - index : index}`
    if (!(name in definitions)) {
      definitions[name] = {}
      definitions[name] = body(node, [index])
    }
    return { $ref: `#/$defs/${name}` }
  }
  const body = ({ kind, parts }: Node, open: readonly number[]): JsonSchema => {
    const schemas = parts.map((part) => write(part, open))
    if (kind === 'list') return { type: 'array', items: schemas[0] }
    if (kind === 'union') return { anyOf: inOrder(schemas) }
    const properties = schemas.map((schema, n): [string, JsonSchema] => [`p${n}`, schema])
    return { type: 'object', properties: Object.fromEntries(inOrder(properties)) }
  }
  const input = write(0, [])
  return fingerprint({ input, output: {} }, definitions)
}

/** The type written out this deep: what two types of these sizes differ in, they differ in before. */
function unrolled(graph: Graph, index = 0, depth = 9): string {
  const node = graph[index]
  if (!node || depth === 0) return node ? '' : String(index)
  const { kind, parts } = node
  const texts = (kind === 'list' ? parts.slice(0, 1) : parts).map((it) =>
    unrolled(graph, it, depth - 1),
  )
  return `${kind}(${(kind === 'union' ? texts.sort() : texts).join()})`
}

it('a fingerprint is of the shape, and of nothing else', () => {
  const named = fc.array(fc.boolean(), { minLength: 4, maxLength: 4 })
  fc.assert(
    fc.property(graphs, named, named, fc.boolean(), (graph, some, others, reversed) => {
      expect(printOf(graph, others, reversed)).toBe(printOf(graph, some))
    }),
    { numRuns: 2_000 },
  )
})

it('a fingerprint tells all shapes apart', () => {
  const all = [true, true, true, true]
  fc.assert(
    fc.property(graphs, graphs, (one, other) => {
      const areSame = unrolled(one) === unrolled(other)
      expect(printOf(one, all) === printOf(other, all)).toBe(areSame)
    }),
    { numRuns: 5_000 },
  )
})
