import { describe, expect, it } from 'vitest'
import { payloadsOf } from './payloads-of.ts'

const at = new Date('2024-02-29T12:00:00.123Z')
const iso = '2024-02-29T12:00:00.123Z'
const url = new URL('https://example.org/a?b=1#c')
const bytes = new Uint8Array([0, 255, 62, 63])

const declarations = `
interface Tree { at: Date; children: Tree[]; note?: string | null }
type Event =
  | { kind: 'made'; at: Date; by?: Tree | null }
  | { kind: 'counted'; count: bigint }
  | { kind: 'gone'; at: string }
type Json = string | number | boolean | null | Json[] | { [key: string]: Json }
type Chain = { value: bigint; next: Chain } | null
`

/** A type, a value of it, and the JSON that travels. */
type Case = [type: string, value: unknown, json: unknown]

const cases: Case[] = [
  ['Date', at, iso],
  ['Date | null', null, null],
  ['bigint', -123456789012345678901234567890n, '-123456789012345678901234567890'],
  ['bigint | number', 5, 5],
  ['bigint | number', 5n, '5'],
  ['URL', url, 'https://example.org/a?b=1#c'],
  ['Uint8Array', bytes, 'AP8+Pw=='],
  ['Uint8Array', new Uint8Array(), ''],
  ['Map<string, Date>', new Map([['a', at]]), [['a', iso]]],
  [
    'Map<Date, Map<bigint, URL>>',
    new Map([[at, new Map([[1n, url]])]]),
    [[iso, [['1', url.href]]]],
  ],
  ['Set<bigint>', new Set([3n, 1n]), ['3', '1']],
  ['ReadonlySet<string>', new Set(['b', 'a']), ['b', 'a']],
  ['Set<Set<Date>>', new Set([new Set([at])]), [[iso]]],
  ['Map<string, number>', new Map(), []],
  ['undefined', undefined, null],
  ['(Date | undefined)[]', [at, undefined], [iso, null]],
  ['{ a: Date | undefined; b?: bigint }', {}, {}],
  ['{ a: Date[]; b: { c: bigint } }', { a: [at], b: { c: 1n } }, { a: [iso], b: { c: '1' } }],
  ['Record<string, Date | null>', { x: at, y: null }, { x: iso, y: null }],
  ['{ id: number } & Record<string, bigint | number>', { id: 1, n: 2n }, { id: 1, n: '2' }],
  ['[Date, size?: number, ...rest: bigint[]]', [at, 1, 2n, 3n], [iso, 1, '2', '3']],
  ['[Date, size?: number, ...rest: bigint[]]', [at], [iso]],
  ["Date | 'now'", 'now', 'now'],
  ["Date | 'now'", at, iso],
  ['Event', { kind: 'made', at, by: null }, { kind: 'made', at: iso, by: null }],
  ['Event[]', [{ kind: 'counted', count: 1n }], [{ kind: 'counted', count: '1' }]],
  ['Event', { kind: 'gone', at: iso }, { kind: 'gone', at: iso }],
  [
    'Tree',
    { at, children: [{ at, children: [], note: 'x' }], note: null },
    { at: iso, children: [{ at: iso, children: [], note: 'x' }], note: null },
  ],
  [
    'Chain',
    { value: 1n, next: { value: 2n, next: null } },
    { value: '1', next: { value: '2', next: null } },
  ],
  ['{ when: Date } | Date', { when: at }, { when: iso }],
  ['{ when: Date } | Date', at, iso],
  ['Map<string, Date> | Date', new Map([['a', at]]), [['a', iso]]],
  ['Json', { a: [1, { b: null }], c: 'x' }, { a: [1, { b: null }], c: 'x' }],
  ...['1', '-1.5e-7', '+1', '.5', '5.', '0x1F', '0b11'].map((text): Case => [
    '`n${number}`',
    `n${text}`,
    `n${text}`,
  ]),
  ...['-12', '0xff', '0o17'].map((text): Case => ['`n${bigint}`', `n${text}`, `n${text}`]),
  ['unknown', { a: [1, null, 'x', { b: true }] }, { a: [1, null, 'x', { b: true }] }],
  ['{ a: string; b?: number }', { a: 'x' }, { a: 'x' }],
]

const payloads = payloadsOf(
  Object.fromEntries(cases.map(([type], index) => [`q${index}`, type])),
  declarations,
)

describe('what is typed is what arrives', () => {
  it.each(cases.map(([type, value, json], index) => ({ type, value, json, queue: `q${index}` })))(
    '$type: $json',
    ({ queue, value, json }) => {
      const sent = payloads.encode(queue, 'input', value)
      expect(sent).toStrictEqual(json)
      const received = payloads.decode(queue, 'input', JSON.parse(JSON.stringify(sent)))
      expect(received).toStrictEqual(value)
    },
  )
})

const forms = payloadsOf({
  date: 'Date',
  bytes: 'Uint8Array',
  plain: '{ list: number[] }',
  optional: '{ a?: string; at?: Date; r: Record<string, string | undefined>; u: unknown }',
  tagged: "{ kind?: 'a'; at: Date } | { kind: 'b'; at: string } | null",
  nothing: 'void',
})

describe('JSON forms', () => {
  it.each([
    ['2024-01-01T00:00:00Z', 1704067200000],
    ['2024-01-01T02:00:00+02:00', 1704067200000],
    ['2024-01-01T00:00:00.5Z', 1704067200500],
    ['2024-01-01T00:00:00.123456789Z', 1704067200123],
    ['2024-02-29T00:00:00Z', 1709164800000],
    ['0000-02-29T00:00:00Z', -62162121600000],
    ['-000001-01-01T00:00:00.000Z', -62198755200000],
    ['+275760-09-13T00:00:00.000Z', 8640000000000000],
  ])('reads the date-time %s of other writers', (json, time) => {
    expect(forms.decode('date', 'input', json)).toStrictEqual(new Date(time))
  })

  it('carries a Buffer as the bytes that it is, and gives back a plain Uint8Array', () => {
    const json = forms.encode('bytes', 'input', Buffer.from('hello'))
    expect(json).toBe('aGVsbG8=')
    const received = forms.decode('bytes', 'input', json)
    expect(Object.getPrototypeOf(received)).toBe(Uint8Array.prototype)
    expect(received).toStrictEqual(new Uint8Array([104, 101, 108, 108, 111]))
  })

  it('carries the part of a buffer that a view shows', () => {
    const view = new Uint8Array([1, 2, 3, 4]).subarray(1, 3)
    expect(forms.decode('bytes', 'input', forms.encode('bytes', 'input', view))).toStrictEqual(
      new Uint8Array([2, 3]),
    )
  })

  it('leaves out properties that are undefined', () => {
    const value = { a: undefined, at: undefined, r: { x: undefined, y: 'z' }, u: undefined }
    expect(forms.encode('optional', 'input', value)).toStrictEqual({ r: { y: 'z' } })
    expect(forms.encode('tagged', 'input', { kind: undefined, at })).toStrictEqual({ at: iso })
  })

  it('sends a copy, so that later changes are not sent', () => {
    const value = { list: [1] }
    const json = forms.encode('plain', 'input', value)
    value.list.push(2)
    expect(json).toStrictEqual({ list: [1] })
  })

  it('gives back what holds no carried type as it is, without a copy', () => {
    const json = { list: [1] }
    expect(forms.decode('plain', 'input', json)).toBe(json)
  })

  it('makes null of whatever a void function returns, and undefined of that', () => {
    expect(forms.encode('nothing', 'output', { rows: 1 })).toBeNull()
    expect(forms.decode('nothing', 'output', null)).toBeUndefined()
  })

  it('takes nothing but undefined for a void payload', () => {
    expect(forms.encode('nothing', 'input', undefined)).toBeNull()
    expect(() => forms.encode('nothing', 'input', { rows: 1 })).toThrow('must be undefined')
  })
})
