import { describe, expect, it } from 'vitest'
import { PikkuQueueError, ValidationError, type ValidationIssue } from '../../src/runtime/errors.ts'
import { payloadsOf } from './payloads-of.ts'

const payloads = payloadsOf(
  {
    order: `{
      id: string
      items: { price: number; 'unit price'?: number }[]
      at: Date
      state?: 'open' | 'paid'
      note: string | null
    }`,
    event: `{ event: { kind: 'made'; at: Date } | { kind: 'counted'; count: bigint } }`,
    either: '{ a: Date | number | null }',
    bounds: 'Bounds',
    carried: '{ url: URL; bytes: Uint8Array; map: Map<string, number>; set: Set<Date> }',
    open: '{ any: unknown }',
    names: '{ toString?: string; constructor: string }',
    nameless: "{ '': string }",
    record: 'Record<string, Date>',
    plainRecord: 'Record<string, string>',
    tree: 'Tree',
    never: '{ a?: never }',
    template: '{ id: `order-${number}` }',
    untagged: '{ a: string } | { b: string }',
    untaggedCarried: '{ from: Date } | { till: Date; count: bigint }',
    listOfOne: 'string[] | number[]',
    chain: 'Chain',
    comment: 'Comment',
    page: 'Page<Positive>',
    mapOrPlain: '{ a: Map<string, number> } | Plain',
  },
  `
  /** @minimum 1 */
  type Positive = number
  type Plain = { a: string } | { b: number }
  interface Page<T> { items: T[]; by: Record<string, T> }
  type Chain = { value: bigint; next: Chain } | null
  interface Tree { children: Tree[]; at?: Date }
  interface Comment { by: string; at: Date | null; replies: (Comment | string)[] }
  interface Bounds {
    /** @minimum 1 */
    a: number
    /** @maxLength 2 */
    b: string
    /** @pattern ^x */
    c: string
    /** @integer */
    d: number
    /** @minItems 1 */
    e: string[]
  }`,
)

const order = { id: 'a', items: [{ price: 1 }], at: new Date(0), note: null }
const orderJson = { ...order, at: '1970-01-01T00:00:00.000Z' }

/** The issues as lines; the error itself is what it should be. */
function refused(work: () => unknown): string[] {
  try {
    work()
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error
    expect(error.code).toBe('PKQ401')
    return error.issues.map(({ path, reason }: ValidationIssue) => `${path || '(root)'} ${reason}`)
  }
  throw new Error('it was accepted')
}

describe('values that do not fit', () => {
  it.each<[queue: string, value: unknown, issues: string[]]>([
    ['order', undefined, ['(root) is missing']],
    ['order', 'text', ['(root) must be an object']],
    ['order', [], ['(root) must be an object']],
    ['order', { ...order, id: undefined }, ['id is required']],
    ['order', { ...order, id: 5 }, ['id must be a string']],
    ['order', { ...order, at: '1970-01-01T00:00:00.000Z' }, ['at must be a Date']],
    ['order', { ...order, at: new Date(NaN) }, ['at is an invalid Date']],
    ['order', { ...order, extra: 1 }, ['extra is not a known property']],
    ['order', { ...order, state: 'lost' }, ['state must be "open" or "paid"']],
    ['order', { ...order, note: 5 }, ['note must be a string or null']],
    ['order', { ...order, items: {} }, ['items must be an array']],
    [
      'order',
      { ...order, items: [{ price: 1 }, { price: NaN }] },
      ['items[1].price must be a finite number'],
    ],
    [
      'order',
      { ...order, items: [{ price: 1, 'unit price': 'x' }] },
      ['items[0]["unit price"] must be a number'],
    ],
    ['order', { ...order, items: [undefined] }, ['items[0] must be plain JSON, not undefined']],
    ['order', { ...order, id: () => 1 }, ['id must be plain JSON, not a function']],
    ['event', { event: { kind: 'made', at: 'x' } }, ['event.at must be a Date']],
    ['event', { event: { kind: 'counted', count: 5 } }, ['event.count must be a bigint']],
    ['event', { event: { kind: 'other' } }, ['event.kind must be "made" or "counted"']],
    ['event', { event: {} }, ['event.kind must be "made" or "counted"']],
    ['event', { event: null }, ['event must be an object']],
    ['either', { a: 'x' }, ['a must be a Date, a number or null']],
    [
      'carried',
      { url: 'http://a', bytes: [1], map: {}, set: [] },
      ['url must be a URL', 'bytes must be a Uint8Array', 'map must be a Map', 'set must be a Set'],
    ],
    [
      'carried',
      {
        url: new URL('http://a'),
        bytes: new Uint8Array(),
        map: new Map([['a', 'b']]),
        set: new Set([1]),
      },
      ['set[0] must be a Date', 'map[0][1] must be a number'],
    ],
    ['open', { any: { at: new Date() } }, ['any.at must be plain JSON, not a Date']],
    [
      'open',
      { any: [1n, Symbol('s'), new Map(), Infinity] },
      [
        'any[0] must be plain JSON, not a bigint',
        'any[1] must be plain JSON, not a symbol',
        'any[2] must be plain JSON, not a Map',
        'any[3] must be a finite number',
      ],
    ],
    [
      'open',
      { any: { toJSON: () => 1 } },
      ['any must be plain JSON, not an object with a JSON form of its own'],
    ],
    ['names', {}, ['constructor is required']],
    ['nameless', {}, ['[""] is required']],
    [
      'bounds',
      { a: 0, b: 'abc', c: 'y', d: 1.5, e: [] },
      [
        'a must be >= 1',
        'b must NOT have more than 2 characters',
        'c must match ^x',
        'd must be an integer',
        'e must NOT have fewer than 1 items',
      ],
    ],
    ['page', { items: [0], by: { a: 0 } }, ['items[0] must be >= 1', 'by.a must be >= 1']],
    [
      'comment',
      { by: 'a', at: null, replies: [{ by: 1, at: null, replies: [] }] },
      ['replies[0].by must be a string'],
    ],
    ['mapOrPlain', { a: [] }, ['a must be a Map']],
    ['mapOrPlain', { a: [['x', 1]] }, ['a must be a Map']],
    ['mapOrPlain', { a: 5 }, ['a must be a string']],
    ['never', { a: 1 }, ['a must not be there']],
    ['template', { id: 'order-x' }, [expect.stringMatching(/^id must match \^order-/)]],
    ['untagged', { a: 5 }, ['a must be a string']],
    ['untagged', { a: 'x', b: 'y' }, ['b is not a known property']],
    ['untagged', { b: 5 }, ['b must be a string']],
    ['untagged', 'x', ['(root) must be an object']],
    ['untaggedCarried', { from: 5 }, ['from must be a Date']],
    ['untaggedCarried', { till: new Date(0), count: '5' }, ['count must be a bigint']],
    ['listOfOne', ['x', 5], ['[1] must be a string']],
    ['listOfOne', [5, 6, 'x'], ['[2] must be a number']],
  ])('%s: %o', (queue, value, issues) => {
    expect(refused(() => payloads.encode(queue, 'input', value))).toEqual(issues)
  })

  it('are reported beside others whose names begin alike', () => {
    const value = { ...order, at: 'x', attic: 1 }
    expect(refused(() => payloads.encode('order', 'input', value))).toEqual([
      'at must be a Date',
      'attic is not a known property',
    ])
  })

  it('are reported with the queue, and never with the value', () => {
    const secret = { ...order, id: 1, note: { password: 'hunter2' }, at: 'hunter2' }
    expect(() => payloads.encode('order', 'input', secret)).toThrow(
      new ValidationError('the payload of queue "order"', [
        { path: 'at', reason: 'must be a Date' },
        { path: 'id', reason: 'must be a string' },
        { path: 'note', reason: 'must be a string or null' },
      ]),
    )
    expect(() => payloads.encode('order', 'output', secret)).toThrow(/^the result of queue "order"/)
  })

  it('cost no more for every union around them', () => {
    let value: unknown = null
    let json: unknown = null
    for (let left = 0; left < 100; left += 1) {
      value = { value: left === 0 ? 'x' : 1n, next: value }
      json = { value: left === 0 ? 'x' : '1', next: json }
    }
    const place = `${'next.'.repeat(99)}value`
    expect(refused(() => payloads.encode('chain', 'input', value))).toEqual([
      `${place} must be a bigint`,
    ])
    expect(refused(() => payloads.decode('chain', 'input', json))).toEqual([
      `${place} must be a string of decimal digits`,
    ])
  })

  it('that refer to themselves are refused', () => {
    const loop: Record<string, unknown> = {}
    loop['any'] = { loop }
    expect(refused(() => payloads.encode('open', 'input', loop))).toEqual([
      'any is nested too deeply, or refers to itself',
    ])
    const tree: { children: unknown[] } = { children: [] }
    tree.children.push(tree)
    expect(refused(() => payloads.encode('tree', 'input', tree))).toEqual([
      'children is nested too deeply, or refers to itself',
    ])
  })
})

describe('hostile JSON', () => {
  it.each<[queue: string, json: unknown, issues: string[]]>([
    ['order', null, ['(root) must be an object']],
    ['order', { ...orderJson, at: 5 }, ['at must be an ISO 8601 date-time']],
    ['order', { ...orderJson, at: '2024-02-30T00:00:00Z' }, ['at must be an ISO 8601 date-time']],
    ['order', { ...orderJson, at: '2024-01-01' }, ['at must be an ISO 8601 date-time']],
    ['order', { ...orderJson, at: '2024-01-01T25:00:00Z' }, ['at must be an ISO 8601 date-time']],
    ['order', { ...orderJson, id: ['a'] }, ['id must be a string']],
    [
      'event',
      { event: { kind: 'counted', count: '1e3' } },
      ['event.count must be a string of decimal digits'],
    ],
    [
      'event',
      { event: { kind: 'counted', count: 5 } },
      ['event.count must be a string of decimal digits'],
    ],
    ['event', { event: { kind: 'other' } }, ['event.kind must be "made" or "counted"']],
    ['either', { a: 'x' }, ['a must be an ISO 8601 date-time']],
    [
      'carried',
      { url: '/a', bytes: 'a', map: [['a']], set: ['x'] },
      [
        'url must be an absolute URL',
        'bytes must be a base64 string',
        'map[0] must NOT have fewer than 2 items',
        'set[0] must be an ISO 8601 date-time',
      ],
    ],
    [
      'carried',
      { url: 'http://a', bytes: 'AA=A', map: [['a', 1, 2]], set: {} },
      [
        'bytes must be a base64 string',
        'map[0] must NOT have more than 2 items',
        'set must be an array',
      ],
    ],
    ['names', { constructor: 'x', toString: 5 }, ['toString must be a string']],
    ['comment', { by: 'a', at: 5, replies: [] }, ['at must be an ISO 8601 date-time or null']],
    [
      'comment',
      { by: 'a', at: null, replies: [{ by: 'b', at: null, replies: [5] }] },
      ['replies[0].replies[0] must be an object or a string'],
    ],
  ])('%s: %j', (queue, json, issues) => {
    expect(refused(() => payloads.decode(queue, 'input', json)).sort()).toEqual([...issues].sort())
  })

  it('with __proto__ is refused where properties are known', () => {
    const json: unknown = JSON.parse('{ "any": 1, "__proto__": { "polluted": true } }')
    expect(refused(() => payloads.decode('open', 'input', json))).toEqual([
      '__proto__ is not a known property',
    ])
  })

  it.each(['record', 'plainRecord'])('with __proto__ in a %s gets no prototype', (queue) => {
    const json: unknown = JSON.parse('{ "__proto__": "2024-01-01T00:00:00Z" }')
    const value = payloads.decode(queue, 'input', json)
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(JSON.stringify(value)).toMatch(/^{"__proto__":"2024-01-01T00:00:00/)
  })

  it('with __proto__ keeps it an own property on the way out', () => {
    const value: unknown = JSON.parse('{ "any": { "__proto__": { "polluted": true } } }')
    const json = payloads.encode('open', 'input', value)
    expect(JSON.stringify(json)).toBe('{"any":{"__proto__":{"polluted":true}}}')
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })

  it('nested deeper than the stack is refused', () => {
    let deep: unknown = { children: [] }
    for (let level = 0; level < 200_000; level += 1) deep = { children: [deep] }
    expect(refused(() => payloads.decode('tree', 'input', deep))).toEqual([
      '(root) is nested too deeply',
    ])
  })

  it('with many errors costs little and is cut short', () => {
    const json = { ...orderJson, items: Array.from({ length: 500 }, () => ({})) }
    expect(refused(() => payloads.decode('order', 'input', json))).toHaveLength(50)
    const huge = { ...orderJson, items: Array.from({ length: 500_000 }, () => ({})) }
    expect(refused(() => payloads.decode('order', 'input', huge))).toEqual([
      'items[0].price is required',
    ])
  })
})

describe('queues', () => {
  it.each(['nope', 'toString', '__proto__'])('%s is unknown', (queue) => {
    const work = () => payloads.encode(queue, 'input', {})
    expect(work).toThrow(PikkuQueueError)
    expect(work).toThrow(
      expect.objectContaining({ code: 'PKQ402', message: `there is no queue "${queue}"` }),
    )
  })
})
