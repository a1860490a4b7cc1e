import { describe, expect, it } from 'vitest'
import { fingerprint } from '../../src/cli/render/fingerprint.ts'
import type { JsonSchema } from '../../src/runtime/contract.ts'

const nothing: JsonSchema = { type: 'null' }
const of = (input: JsonSchema, definitions: Record<string, JsonSchema> = {}) =>
  fingerprint({ input, output: nothing }, definitions)

const user: JsonSchema = {
  type: 'object',
  properties: { id: { type: 'string' }, description: { type: 'string' } },
  required: ['id', 'description'],
  additionalProperties: false,
}

const object = (properties: Record<string, JsonSchema>): JsonSchema => ({
  type: 'object',
  properties,
})
const ref = (name: string): JsonSchema => ({ $ref: `#/$defs/${name}` })

const idOf = (format: string): Record<string, JsonSchema> => ({ id: { type: 'string', format } })

describe('a fingerprint', () => {
  it('is 16 hexadecimal digits', () => {
    expect(of(user)).toMatch(/^[0-9a-f]{16}$/)
  })

  it('stays when only names, order or words change', () => {
    const reordered: JsonSchema = {
      additionalProperties: false,
      required: ['description', 'id'],
      properties: { description: { type: 'string' }, id: { type: 'string' } },
      type: 'object',
      description: 'Who it is about',
    }
    expect(of(reordered)).toBe(of(user))
    expect(of({ $ref: '#/$defs/User' }, { User: user })).toBe(of(user))
    expect(of({ anyOf: [{ type: 'string' }, user] })).toBe(
      of({ anyOf: [user, { type: 'string' }] }),
    )
    expect(of({ enum: ['a', 'b'] })).toBe(of({ enum: ['b', 'a'] }))
    expect(of({ ...user, 'x-sensitive': true })).toBe(of(user))
    const date: JsonSchema = { type: 'string', 'x-type': 'Date' }
    expect(of({ ...date, format: 'date-time' })).toBe(of(date))
  })

  it('goes by the shape of a type whose name is escaped in references', () => {
    const reference: JsonSchema = { $ref: `#/$defs/${encodeURIComponent('Größe')}` }
    expect(of(reference, { Größe: user })).toBe(of(user))
  })

  it('stays when a part of a type inside itself gets a name, or is written out once more', () => {
    const inline = of(ref('A'), { A: object({ x: object({ y: ref('A') }) }) })
    expect(of(ref('A'), { A: object({ x: ref('B') }), B: object({ y: ref('A') }) })).toBe(inline)
    const unrolled = { A: object({ x: object({ y: ref('B') }) }), B: object({ x: ref('C') }) }
    expect(of(ref('A'), { ...unrolled, C: object({ y: ref('A') }) })).toBe(inline)
  })

  it('tells a type inside itself from one whose part is inside itself', () => {
    const whole = of(ref('A'), { A: object({ x: object({ y: ref('A') }) }) })
    expect(of(ref('A'), { A: object({ x: ref('B') }), B: object({ y: ref('B') }) })).not.toBe(whole)
  })

  it('sees what changes far away among types that lead to each other', () => {
    const ring = (last: JsonSchema): Record<string, JsonSchema> => ({
      ...Object.fromEntries(
        Array.from({ length: 9 }, (_, n) => [`T${n}`, object({ next: ref(`T${n + 1}`) })]),
      ),
      T9: object({ next: ref('T0'), last }),
    })
    expect(of(ref('T0'), ring({ type: 'string' }))).not.toBe(
      of(ref('T0'), ring({ type: 'number' })),
    )
  })

  it('takes no longer for types that all lead to each other, or hold each other many times', () => {
    const names = Array.from({ length: 40 }, (_, n) => `T${n}`)
    const all = object(Object.fromEntries(names.map((name) => [name, ref(name)])))
    const entangled = Object.fromEntries(names.map((name) => [name, all]))
    expect(of(ref('T0'), entangled)).toBe(of(ref('T1'), entangled))
    const doubled = Object.fromEntries(
      names.map((name, n) => [name, object({ a: ref(`T${n + 1}`), b: ref(`T${n + 1}`) })]),
    )
    expect(of(ref('T0'), { ...doubled, T40: user })).not.toBe(
      of(ref('T0'), { ...doubled, T40: nothing }),
    )
  })

  it('stays when a recursive type gets another name', () => {
    const tree = (name: string): Record<string, JsonSchema> => ({
      [name]: { type: 'object', properties: { left: { $ref: `#/$defs/${name}` } } },
    })
    expect(of({ $ref: '#/$defs/Tree' }, tree('Tree'))).toBe(
      of({ $ref: '#/$defs/Node' }, tree('Node')),
    )
  })

  it.each<[string, JsonSchema]>([
    ['a property is called something else', { ...user, properties: { id: {}, summary: {} } }],
    [
      'a property called description goes',
      { ...user, properties: { id: { type: 'string' } }, required: ['id'] },
    ],
    ['a property may be absent', { ...user, required: ['id'] }],
    ['other properties may come', { ...user, additionalProperties: true }],
    [
      'a string has to have a format',
      { ...user, properties: { ...idOf('uuid'), description: { type: 'string' } } },
    ],
    ['a type narrows', { ...user, properties: { id: { const: 'x' }, description: {} } }],
  ])('changes when %s', (_what, changed) => {
    expect(of(changed)).not.toBe(of(user))
  })

  it('changes with the order of a tuple, and with the side', () => {
    const pair = (...prefixItems: JsonSchema[]): JsonSchema => ({ type: 'array', prefixItems })
    expect(of(pair({ type: 'string' }, user))).not.toBe(of(pair(user, { type: 'string' })))
    expect(fingerprint({ input: nothing, output: user }, {})).not.toBe(of(user))
  })

  it('tells a type inside itself from one two levels out', () => {
    const inner = (name: string): JsonSchema => ({
      type: 'object',
      properties: { next: { type: 'object', properties: { back: { $ref: `#/$defs/${name}` } } } },
    })
    const definitions = { A: inner('A'), B: { type: 'object', properties: { next: inner('B') } } }
    expect(of({ $ref: '#/$defs/A' }, definitions)).not.toBe(of({ $ref: '#/$defs/B' }, definitions))
  })
})

it.each([
  ['that ends', { x: { type: 'string' } }],
  ['that leads back', { next: { $ref: '#/$defs/T0' } }],
])(
  'a chain of thousands of types %s has a fingerprint',
  (_how, last: Record<string, JsonSchema>) => {
    const count = 5_000
    const definitions = Object.fromEntries(
      Array.from({ length: count }, (_, n) => {
        return [`T${n}`, object(n === count - 1 ? last : { next: ref(`T${n + 1}`) })]
      }),
    )
    expect(of(ref('T0'), definitions)).toMatch(/^[0-9a-f]{16}$/)
  },
)
