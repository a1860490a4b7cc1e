import { describe, expect, it } from 'vitest'
import { Sources } from './expand-source.ts'

const sources = new Sources()
const add = (source: string, name?: string): string => sources.add(source, name)

const deep = add(`
interface Address { street: string; zip?: string }
export declare const payload: { readonly home: Address; at: Date | null; pair: [a: 1, b?: string] }`)
const billing = add(
  `interface Address { street: string }\nexport declare const payload: Address`,
  'billing.ts',
)
const shipping = add(
  `interface Address { iban: string }\nexport declare const payload: { to: Address }`,
  'shipping.ts',
)
const numbered = add(
  `interface Address2 { own: true }\nexport declare const payload: Address2`,
  'numbered.ts',
)
const shared = add(
  `export interface User { id: string }\nexport declare const payload: User`,
  'shared.ts',
)
const importing = add(
  `import type { User as Person } from './shared'\nexport declare const payload: Person[]`,
)
const standard = add(`
interface Client { id: string }
type Map<T> = { [key: string]: T }
export declare const payload: { client: Client; map: Map<string> }`)
const growing = [
  'interface Grow<T> { next: Grow<T[]>; value: T; others?: Grow<T[]>[] }',
  'interface Grow<T> { value: T; next?: Grow<[T, T]> }',
  'type Grow<T> = { value: T; next?: Grow<{ a: T; b: T }> }',
  'interface Grow<T> { value: T; next?: Grow<{ a: T } | { b: T }> }',
  'interface Grow<A, B = A> { a: A; b: B; next?: Grow<B, [A, B]> }',
  'interface Grow<T> { value: T; next?: Grow<Grow<T>> }',
  'interface Grow<T> { value: T; left?: Grow<T[]>; right?: Grow<{ a: T }> }',
  'interface Other<T> { value: T; grow?: Grow<[T, T]> }\ninterface Grow<T> { next?: Other<[T, T]> }',
].map((type) => [type, add(`${type}\nexport declare const payload: Grow<string>`)] as const)
const chainLength = 1000
const chained = sources.add(
  Array.from({ length: chainLength }, (_, index) => {
    const next = `C${(index + 1) % chainLength}`
    return `interface C${index} { at: Date; next?: ${next} | null; all: ${next}[] }`
  })
    .concat('export declare const payload: C0')
    .join('\n'),
)
const ending = add(`
interface Tree<T> { value: T; kids: Tree<T>[] }
interface Linked<T> { value: T; next?: Linked<T> }
interface Swap<A, B> { a: A; b: B; swap?: Swap<B, A> }
type Count<N extends 1[] = []> = { next: N['length'] extends 9 ? null : Count<[...N, 1]> }
export declare const payload: {
  tree: Tree<string>
  linked: Linked<Linked<Linked<Linked<Linked<Linked<Linked<number>>>>>>>
  swap: Swap<string, number>
  count: Count
}`)
const inferred = add(`export const payload = { at: new Date(), tags: ['a'] }`)
const twice = add(`
interface Bad { run(): void }
export declare const payload: { a: Bad; b: Bad }`)
const labeled = add(`
declare function send(
  /** @minLength 1 */
  to: string,
): void
export declare const payload: [
  /**
   * @minimum 1
   * @sensitive
   */
  first: number,
  /** @pattern ^a @b$ */
  second?: string,
  third?: Parameters<typeof send>,
]`)

const unchecked = add('export declare const payload: any')

describe('expanding a type', () => {
  it('makes plain data', () => {
    const { model, types } = sources.expand([deep])
    expect(model).toEqual({
      kind: 'object',
      index: null,
      properties: [
        {
          name: 'home',
          type: { kind: 'reference', name: 'Address' },
          optional: false,
          readonly: true,
        },
        {
          name: 'at',
          type: { kind: 'union', members: [{ kind: 'carried', type: 'Date' }, { kind: 'null' }] },
          optional: false,
          readonly: false,
        },
        {
          name: 'pair',
          type: {
            kind: 'tuple',
            readonly: false,
            elements: [
              { type: { kind: 'literal', value: 1 }, kind: 'required', label: 'a' },
              { type: { kind: 'string' }, kind: 'optional', label: 'b' },
            ],
          },
          optional: false,
          readonly: false,
        },
      ],
    })
    expect(types).toEqual([
      {
        name: 'Address',
        type: {
          kind: 'object',
          index: null,
          properties: [
            { name: 'street', type: { kind: 'string' }, optional: false, readonly: false },
            { name: 'zip', type: { kind: 'string' }, optional: true, readonly: false },
          ],
        },
      },
    ])
    expect(JSON.parse(JSON.stringify({ model, types }))).toEqual({ model, types })
  })

  it('reads types that are written nowhere', () => {
    expect(sources.expand([inferred]).text).toBe('{\n  at: Date\n  tags: string[]\n}')
  })

  it('reads what comments say of the elements of tuples', () => {
    const { model, diagnostics } = sources.expand([labeled])
    expect(diagnostics).toEqual([])
    expect(model).toMatchObject({
      elements: [
        { type: { kind: 'number', constraints: { minimum: 1 }, sensitive: true } },
        { type: { kind: 'string', constraints: { pattern: '^a @b$' } } },
        { type: { elements: [{ type: { constraints: { minLength: 1 } } }] } },
      ],
    })
  })

  it('says once what is wrong with a type that is used twice', () => {
    expect(sources.expand([twice]).diagnostics.map(({ message }) => message)).toEqual([
      'a.run is a function, which cannot travel as JSON',
    ])
  })

  it('calls the whole of it what it is told to', () => {
    const messages = (subject?: string) =>
      sources.expand([unchecked], [], subject).diagnostics.map(({ message }) => message)
    const rest = 'is any, so nothing would check what travels there'
    expect(messages()).toEqual([`the payload ${rest}`])
    expect(messages('the result')).toEqual([`the result ${rest}`])
  })

  it.each(growing)('ends for a type that grows for ever: %s', (_type, file) => {
    const { diagnostics, text } = sources.expand([file])
    const reason = /is (\w+) inside of \1, each time with other type arguments, without an end$/
    expect(diagnostics).toMatchObject([{ code: 'PKQ210', message: expect.stringMatching(reason) }])
    // That of one that doubles would be two to the power of its depth.
    expect(text.length).toBeLessThan(2_000_000)
  })

  it('says where it begins to grow', () => {
    const [[, file] = ['', '']] = growing
    const { diagnostics } = sources.expand([file])
    expect(diagnostics[0]?.message).toMatch(/^next is Grow /)
    expect(diagnostics[0]?.location).toMatchObject({ file, line: 1 })
  })

  it('takes types that end, however often they are inside of themselves', () => {
    const { diagnostics, types } = sources.expand([ending])
    expect(diagnostics).toEqual([])
    expect(types.length).toBeGreaterThan(15)
  })

  it('takes types of which each leads to the next, however many there are', () => {
    const { diagnostics, types } = sources.expand([chained])
    expect(diagnostics).toEqual([])
    expect(types).toHaveLength(chainLength)
    expect(types.filter(({ type }) => type.kind !== 'object')).toEqual([])
  })
})

describe('names of types', () => {
  it('are numbered in order of declaration, whatever was met first', () => {
    const files = [billing, shipping, numbered]
    const names = (order: string[]) => {
      const { types } = sources.expand(order)
      return types.map(({ name, type }) => {
        const first = type.kind === 'object' ? type.properties[0]?.name : undefined
        return `${name}: ${first}`
      })
    }
    const expected = ['Address: street', 'Address2: own', 'Address3: iban']
    expect(names(files)).toEqual(expected)
    expect(names([...files].reverse())).toEqual(expected)
    expect(names([shipping, numbered, billing])).toEqual(expected)
  })

  it('are in the references too', () => {
    const { models } = sources.expand([billing, shipping])
    expect(models[0]).toEqual({ kind: 'reference', name: 'Address' })
    expect(models[1]).toMatchObject({ properties: [{ type: { name: 'Address2' } }] })
  })

  it('are those of the declaration, whatever an import calls it, and one for all uses', () => {
    const { models, types } = sources.expand([importing, shared])
    expect(types.map(({ name }) => name)).toEqual(['User'])
    expect(models[0]).toMatchObject({ kind: 'array', element: { name: 'User' } })
    expect(models[1]).toMatchObject({ name: 'User' })
  })

  it('are never those that the generated text needs itself', () => {
    const { types } = sources.expand([standard], ['Client'])
    expect(types.map(({ name }) => name)).toEqual(['Client2', 'MapOfString'])
  })
})
