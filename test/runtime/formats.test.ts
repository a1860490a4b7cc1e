import { describe, expect, it } from 'vitest'
import { ValidationError } from '../../src/runtime/errors.ts'
import { formatNames } from '../../src/runtime/format-names.ts'
import { formatCheck } from '../../src/runtime/formats.ts'
import { payloadsOf } from './payloads-of.ts'

const payloads = payloadsOf(
  { forms: 'Forms', carried: '{ at: Date; url: URL }', either: "Date | 'now'", sizes: 'Sizes' },
  `interface Forms {
    /** @format email */
    mail?: string
    /** @format uuid */
    id?: string
    /** @format date-time */
    at?: string
    /** @format date */
    day?: string
    /** @format url */
    link?: string
    /** @pattern /^[\\w-\\.]+@x$/ */
    old?: string
    /** @pattern ^.$ */
    one?: string
  }
  interface Sizes {
    /** @uniqueItems */
    tags?: string[]
    /** @minProperties 1 @maxProperties 2 */
    prices?: Record<string, number>
  }`,
)

type Work = (queue: string, side: 'input', value: unknown) => unknown
const ends: [string, Work][] = [
  ['the client', (...of) => payloads.encode(...of)],
  ['the worker', (...of) => payloads.decode(...of)],
]

function refusal(work: () => unknown): string[] {
  try {
    work()
  } catch (error) {
    if (error instanceof ValidationError) return error.issues.map((it) => `${it.path} ${it.reason}`)
    throw error
  }
  return []
}

describe.each(ends)('%s', (_end, work) => {
  it.each<[queue: string, value: object, issues: string[]]>([
    ['forms', { mail: 'ada@example.com' }, []],
    ['forms', { mail: 'ada' }, ['mail must have the format email']],
    ['forms', { id: '6f1ba1d2-9c2c-4b7a-8f0e-2b6f0e3c1a55' }, []],
    [
      'forms',
      { id: 'x', mail: '@' },
      ['mail must have the format email', 'id must have the format uuid'],
    ],
    ['forms', { at: '2024-02-29T12:00:00Z', day: '2024-02-29' }, []],
    ['forms', { at: '2023-02-29T12:00:00Z' }, ['at must have the format date-time']],
    ['forms', { day: 'tomorrow' }, ['day must have the format date']],
    ['forms', { link: 'http://localhost:3000/a|b' }, []],
    ['forms', { link: 'localhost' }, ['link must have the format url']],
    ['forms', { old: 'a-b.c@x' }, []],
    ['forms', { old: 'a b@x' }, ['old must match ^[\\w\\-\\.]+@x$']],
    ['forms', { one: '😀' }, []],
    ['forms', { one: 'ab' }, ['one must match ^.$']],
    ['sizes', { tags: ['a', 'b'], prices: { a: 1 } }, []],
    [
      'sizes',
      { tags: ['a', 'a'] },
      [expect.stringContaining('tags must NOT have duplicate items')],
    ],
    ['sizes', { prices: {} }, ['prices must NOT have fewer than 1 properties']],
  ])('checks %s %j', (queue, value, issues) => {
    expect(refusal(() => work(queue, 'input', value))).toEqual(issues)
  })
})

describe('what a Date or a URL stands for', () => {
  // RFC 3339 has no such years, and RFC 3986 no such characters.
  it.each([
    ['+010000-01-01T00:00:00.000Z', 'https://example.com/a|b?c="d"^{e}'],
    ['-000001-01-01T00:00:00.000Z', 'mailto:ada@example.com'],
  ])('is decided by its codec, not by its format: %s %s', (at, url) => {
    const value = { at: new Date(at), url: new URL(url) }
    const json = payloads.encode('carried', 'input', value)
    expect(payloads.decode('carried', 'input', json)).toEqual(value)
  })

  it('is refused where RFC 3339 takes more', () => {
    const url = 'http://a'
    expect(
      refusal(() => payloads.decode('carried', 'input', { at: '2024-01-01 00:00:00z', url })),
    ).toEqual(['at must be an ISO 8601 date-time'])
  })

  it('is told apart in unions', () => {
    expect(payloads.decode('either', 'input', 'now')).toBe('now')
  })
})

describe('formats', () => {
  it('are those of JSON Schema, and some of OpenAPI', () => {
    expect(formatNames).toEqual(
      expect.arrayContaining(
        'date-time date time duration email hostname ipv4 ipv6 uri uri-reference uri-template uuid url'
          .concat(' json-pointer relative-json-pointer regex byte')
          .split(' '),
      ),
    )
    expect(formatCheck('phone')).toBeUndefined()
  })

  it.each([
    ['byte', 'AAA=', true],
    ['byte', '!\n', false],
    ['password', 'anything', true],
    ['ipv4', '127.0.0.1', true],
    ['ipv6', '127.0.0.1', false],
  ])('%s: %j', (name, text, fits) => {
    expect(formatCheck(name)?.(text)).toBe(fits)
  })

  it('all refuse something, but for those that are any text', () => {
    const texts = ['', '!\n', '{', '([']
    const any = formatNames.filter((name) => texts.every((text) => formatCheck(name)?.(text)))
    expect(any).toEqual(['password', 'binary'])
  })

  /** What hung other validators: each grows with its length alone here. */
  it.each(formatNames)('%s takes no long time for any text', (name) => {
    const check = formatCheck(name)
    const beginnings = ['', 'http://', 'a@', 'x:', '{', '#']
    const repeated = [
      'a',
      'a.',
      'a-',
      'a@',
      '@',
      '/',
      '::',
      '0:',
      '1.',
      '%41',
      '{a',
      '~0',
      '\n',
      'é',
    ]
    const texts = beginnings.flatMap((begin) =>
      repeated.map((part) => `${begin}${part.repeat(20_000 / part.length)}!`),
    )
    const times = texts.map((text) => {
      const started = performance.now()
      check?.(text)
      return performance.now() - started
    })
    expect(Math.max(...times)).toBeLessThan(500)
  })
})
