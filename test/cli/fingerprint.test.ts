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
