import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCases } from './case-file.ts'
import { Sources } from './expand-source.ts'

const payload = (type: string, declarations = '') =>
  `${declarations}\nexport declare const payload: ${type}\n`

describe('types that are made of their text alone', () => {
  it.each([
    ['keywords', payload('string'), true],
    ['nothing', payload('void'), true],
    ['literals', payload("'a' | 5 | true | null"), true],
    ['objects', payload("{ readonly a: string; 'b c'?: number[]; c: readonly boolean[] }"), true],
    ['words about a property', payload('{\n/** Its name. */ a: string }'), true],
    ['what travels', payload('{ a: Date; b: bigint; c: Map<string, URL>; d: Uint8Array }'), true],
    ['lists by name', payload('Array<Set<string>> | null'), true],
    ['any number of properties', payload('Record<string, { a: 1 }>'), true],
    [
      'an interface',
      payload(
        'A',
        '/** All of it. */\nexport interface A { a: B | null; b?: B }\ntype B = { c: 1 }',
      ),
      true,
    ],
    ['one that meets itself', payload('A', 'interface A { a?: A; b: A | null; c: A[] }'), true],
    [
      'what has no name around what has one',
      payload('Record<string, A>', 'interface A { a: Record<string, A> }'),
      true,
    ],
    ['a named union', payload('A', "type A = 'a' | 'b'"), true],
    ['an alias of an alias', payload('A', 'type A = B\ntype B = { c: C }\ntype C = string'), true],
    ['an alias that may be left out', payload('{ a: A }', 'type A = string | undefined'), true],

    ['tags', payload('{\n/** @minimum 1 */ a: number }'), false],
    ['tags of an alias', payload('{ a: A }', '/** @minLength 1 */\ntype A = string'), false],
    ['tags that the compiler does not see', payload('{ /** @minimum 1 */ a: number }'), false],
    ['tags behind the last member', payload('{ a: number /** @minimum 1 */ }'), false],
    [
      'tags behind the last member of a name',
      payload('A', 'interface A { a: number /** @minimum 1 */ }'),
      false,
    ],
    ['tags inside of a type', payload('{ a: (/** @minimum 1 */ number)[] }'), false],
    ['words inside of a type', payload('{ a: (/** Words. */ number)[] }'), true],
    ['links', payload('{\n/** See {@link Date}. */ a: number }'), false],
    ['type arguments', payload('A<string>', 'interface A<T> { a: T }'), false],
    ['type arguments that nobody gives', payload('A', 'type A = Uint8Array'), false],
    ['what is made of types', payload('Partial<{ a: string }>'), false],
    ['heritage', payload('B', 'interface A { a: 1 }\ninterface B extends A { b: 1 }'), false],
    ['merged declarations', payload('A', 'interface A { a: 1 }\ninterface A { b: 1 }'), false],
    ['a class', payload('A', 'class A { a = 1 }'), false],
    ['an enum', payload('A', 'enum A { a }'), false],
    ['methods', payload('{ a(): void }'), false],
    ['a name beside something else', payload('{ a: A; b: any }', 'interface A { a: 1 }'), false],
    ['any', payload('{ a: any }'), false],
    ['unknown names', payload('{ a: Nope }'), false],
    ['names of another meaning', payload('Date', 'interface Date<T> { a: T }'), false],
    ['members that JSON cannot tell apart', payload('Date | string'), false],
    ['members that are one', payload("'a' | string"), false],
    ['a name that sets the prototype', payload('{ __proto__: string }'), false],
    ['nothing but braces', payload('{}'), false],
  ])('%s', (_what, source, isRead) => {
    const sources = new Sources()
    const name = sources.add(source)
    const written = sources.written(name)
    if (isRead) expect(written).toEqual(modelsOf(sources, name))
    else expect(written).toBeNull()
  })

  it('are what the compiler says of them, in every case of the tables', () => {
    const folder = new URL('./cases/', import.meta.url)
    const cases = readdirSync(folder).flatMap((file) =>
      parseCases(readFileSync(new URL(file, folder), 'utf8')),
    )
    const sources = new Sources()
    const names = cases.map(({ source }) => sources.add(source))
    const read = names.filter((name) => sources.written(name) !== null)
    for (const name of read) expect(sources.written(name)).toEqual(modelsOf(sources, name))
    expect(read.length).toBeGreaterThan(10)
  })

  it('are what the compiler says of them, whatever they are', () => {
    const programs = fc.sample(program, { numRuns: 900, seed: 20_261_129 })
    const sources = new Sources()
    const names = programs.map((source) => sources.add(source))
    const read = names.filter((name) => sources.written(name) !== null)
    for (const name of read) {
      expect(sources.written(name), programs[names.indexOf(name)]).toEqual(modelsOf(sources, name))
    }
    expect(read.length).toBeGreaterThan(150)
    expect(read.length).toBeLessThan(890)
  })
})

/** What the compiler makes of it, which has nothing to complain of. */
function modelsOf(sources: Sources, name: string) {
  const { model, types, diagnostics } = sources.expand([name])
  expect(diagnostics).toEqual([])
  return { model, types }
}

/** Types as text, of what is read and of what is not. */
const { type } = fc.letrec<{ type: string }>((tie) => {
  const leaf = fc.constantFrom(
    ...['string', 'number', 'boolean', 'null', "'a'", "'b'", '1', 'true', 'unknown', 'bigint'],
    ...['Date', 'URL', 'Uint8Array', 'A', 'B', 'C', 'D', 'undefined', 'Email'],
  )
  const property = fc
    .tuple(
      fc.constantFrom('', 'readonly '),
      fc.constantFrom('a', "'b-c'", 'd', 'constructor'),
      fc.constantFrom('', '?'),
      tie('type'),
      fc.constantFrom(
        '',
        '',
        '',
        '/** Words. */ ',
        '/** Words.\n * More. */ ',
        '/** @deprecated */ ',
      ),
    )
    .map(([before, name, after, of, words]) => `\n${words}${before}${name}${after}: ${of}`)
  return {
    type: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc
        .uniqueArray(property, {
          minLength: 1,
          maxLength: 3,
          selector: (it) => /[ad']/.exec(it)?.[0],
        })
        .map((all) => `{ ${all.join('; ')} }`),
      tie('type').map((it) => `(${it})[]`),
      fc.tuple(tie('type'), tie('type')).map(([a, b]) => `${a} | ${b}`),
      tie('type').map((it) => `Record<string, ${it}>`),
      fc.tuple(leaf, tie('type')).map(([a, b]) => `ReadonlyMap<${a}, ${b}>`),
      tie('type').map((it) => `Partial<{ p: ${it} }>`),
      tie('type').map((it) => `Pick<Box<${it}>, 'value'>`),
      tie('type').map((it) => `Box<${it}>['value']`),
    ),
  }
})

const program = fc.tuple(type, type, type, type).map(([a, b, c, of]) =>
  payload(
    of,
    `export interface A { a: ${a}; self?: A }
/** An alias. */
type B = ${b}
type C = { c: ${c} }
type D = 'x' | 'y' | null
interface Box<T> { value: T }
/** @format email */
type Email = string`,
  ),
)
