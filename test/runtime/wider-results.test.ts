import { describe, expect, it } from 'vitest'
import { ValidationError } from '../../src/runtime/errors.ts'
import { startWorker } from '../support/memory-worker.ts'
import { payloadsOf } from './payloads-of.ts'

const at = new Date(0)
const iso = '1970-01-01T00:00:00.000Z'

/** A type, a wider value, what is stored of it, and the paths of the rest. */
type Case = [type: string, value: unknown, json: unknown, leftOut: string[]]

const cases: Case[] = [
  ['{ id: string }', { id: 'a', secret: 1 }, { id: 'a' }, ['secret']],
  ['{ id: string }', { id: 'a', log: () => 1, 'a b': new Map() }, { id: 'a' }, ['log', '["a b"]']],
  ['{ id: string }', { id: 'a', nothing: undefined }, { id: 'a' }, []],
  ['{ at: Date }', { at, created: at }, { at: iso }, ['created']],
  [
    '{ rows: { id: number }[]; total: number }',
    { rows: [{ id: 1, a: 1 }, { id: 2, a: 2, b: 3 }, { id: 3 }], total: 3 },
    { rows: [{ id: 1 }, { id: 2 }, { id: 3 }], total: 3 },
    ['rows[].a', 'rows[].b'],
  ],
  [
    '[{ a: 1 }, ...{ b: 2 }[]]',
    [
      { a: 1, b: 2 },
      { a: 1, b: 2 },
    ],
    [{ a: 1 }, { b: 2 }],
    ['[].b', '[].a'],
  ],
  ['Map<string, { at: Date }>', new Map([['k', { at, x: 1 }]]), [['k', { at: iso }]], ['[].x']],
  ['Set<{ at: Date }>', new Set([{ at, x: 1 }]), [{ at: iso }], ['[].x']],
  ['Record<string, { id: string }>', { k: { id: 'a', x: 1 } }, { k: { id: 'a' } }, ['k.x']],
  [
    'Tree',
    { id: 1, x: 1, children: [{ id: 2, children: [], x: 1 }] },
    { id: 1, children: [{ id: 2, children: [] }] },
    ['x', 'children[].x'],
  ],
  // By its literal.
  ['Shape', { kind: 'circle', radius: 1, width: 2 }, { kind: 'circle', radius: 1 }, ['width']],
  // By what fits.
  [
    '{ from: Date } | { till: string; by: { at: Date } }',
    { till: 'x', by: { at, y: 1 }, x: 1 },
    { till: 'x', by: { at: iso } },
    ['by.y', 'x'],
  ],
  // By how little is left out, then by their order.
  [
    '{ a: string } | { a: string; b: string }',
    { a: 'x', b: 'y', c: 'z' },
    { a: 'x', b: 'y' },
    ['c'],
  ],
  ['{ a: string } | { b: string }', { a: 'x', b: 'y' }, { a: 'x' }, ['b']],
  ['{ id: string } | null', { id: 'a', x: 1 }, { id: 'a' }, ['x']],
  ['{ id: string } | string[]', { id: 'a', x: 1 }, { id: 'a' }, ['x']],
  ['{ any: unknown }', { any: { a: 1 }, b: 1 }, { any: { a: 1 } }, ['b']],
  ['{ id: string } & { tag: string }', { id: 'a', tag: 'b', x: 1 }, { id: 'a', tag: 'b' }, ['x']],
]

const payloads = payloadsOf(
  {
    ...Object.fromEntries(cases.map(([type], index) => [`q${index}`, type])),
    row: '{ id: string; n: number }',
    loop: 'Loop',
    chain: 'Chain | null',
  },
  `
  interface Tree { id: number; children: Tree[] }
  type Shape = { kind: 'circle'; radius: number } | { kind: 'square'; width: number }
  interface Loop { self?: Loop }
  type Chain = { a: string; next: Chain | null } | { b: string; next: Chain | null }
  `,
)

describe('a result that is wider than its type', () => {
  it.each(cases)('%s', (_type, value, json, leftOut) => {
    const queue = `q${cases.findIndex((it) => it[1] === value)}`
    let told: string[] = []
    const stored = payloads.encode(queue, 'output', value, (paths) => (told = paths))
    expect(stored).toStrictEqual(json)
    expect(told.sort()).toEqual([...leftOut].sort())
  })

  it('leaves the value itself as it is', () => {
    const value = { id: 'a', secret: 1 }
    payloads.encode('q0', 'output', value, () => undefined)
    expect(value).toEqual({ id: 'a', secret: 1 })
  })

  const refusal = (queue: string, value: unknown): unknown => {
    try {
      return payloads.encode(queue, 'output', value, () => undefined)
    } catch (error) {
      return error instanceof ValidationError ? error.issues : error
    }
  }

  it('is refused for what does not fit, and for that alone', () => {
    expect(refusal('row', { id: 'a', n: 'x', extra: 1 })).toEqual([
      { path: 'n', reason: 'must be a number' },
    ])
  })

  it('is refused when it has no end', () => {
    const loop: { self?: unknown; extra: number } = { extra: 1 }
    loop.self = loop
    expect(refusal('loop', loop)).toMatchObject([{ reason: expect.stringContaining('nested') }])
  })

  it('may be deep, unions in unions too', () => {
    let value: unknown = null
    let expected: unknown = null
    for (let depth = 0; depth < 300; depth += 1) {
      value = { b: 'x', next: value, ...(depth === 0 && { extra: 1 }) }
      expected = { b: 'x', next: expected }
    }
    expect(payloads.encode('chain', 'output', value, () => undefined)).toEqual(expected)
  })

  it('is not what a payload may be: nothing has been done yet', () => {
    expect(() => payloads.encode('q0', 'input', { id: 'a', secret: 1 })).toThrow(
      'secret is not a known property',
    )
  })
})

describe('the worker', () => {
  const output = {
    type: 'object',
    properties: { id: { type: 'string' } },
    required: ['id'],
    additionalProperties: false,
  }

  it('completes the job, and says once what is left out', async () => {
    const { provider, log } = await startWorker(() => ({ id: 'a', password: 'x', salt: 'y' }), {
      output,
    })
    const expected = { type: 'done', result: { id: 'a' } }
    expect(await provider.deliver('email')).toEqual(expected)
    expect(await provider.deliver('email')).toEqual(expected)
    const told = log.filter((line) => line.includes('left out'))
    expect(told).toHaveLength(1)
    expect(told[0]).toMatch(/email.*password, salt/)
    expect(told[0]).not.toMatch(/"x"|'x'/)
  })
})
