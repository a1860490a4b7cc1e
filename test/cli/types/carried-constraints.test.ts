import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TypeModel } from '../../../src/cli/model.ts'
import { Sources, type Expanded } from './expand-source.ts'

/**
 * The compiler tells `E` from a string where it is a bigint, and not where it is an alias of string: what the
 * one has at a place, the other has to have too, or to be warned of.
 */
describe('constraints of an alias, in types that are made of types', () => {
  it('are where the compiler has a type that it can tell from others, or warned of', () => {
    const types = fc.sample(type, { numRuns: 550, seed: 20_261_129 })
    const sources = new Sources()
    const pairs = types.map((it) => ({
      type: it,
      told: sources.add(program('type E = bigint', it)),
      said: sources.add(program('/** @format email */\ntype E = string', it)),
    }))
    let carried = 0
    let warned = 0
    for (const { type: text, told, said } of pairs) {
      const expected = sources.expand([told])
      // Null and undefined in a list, for one, and a property that is two things.
      if (expected.diagnostics.length > 0 || /extra.*extra/.test(text)) continue
      const found = sources.expand([said])
      if (found.diagnostics.length > 0) {
        expect(new Set(found.diagnostics.map(({ code }) => code)), text).toEqual(
          new Set(['PKQ212']),
        )
        warned += 1
        continue
      }
      expect(inlined(found), text).toEqual(asEmails(inlined(expected)))
      if (JSON.stringify(inlined(found)).includes('email')) carried += 1
    }
    expect(carried).toBeGreaterThan(300)
    expect(warned).toBeLessThan(50)
  })
})

const program = (alias: string, of: string): string => `${alias}
interface Box<T> { value: T; maybe?: T | null; list: T[]; by: Record<string, T> }
interface Sub<A, B> extends Box<B> { own: A }
interface Picked<T> extends Pick<Box<T>, 'value' | 'list'> { more: T }
type Pair<A, B = A> = { a: A; b: [B, A?] }
type Mutable<T> = { -readonly [K in keyof T]: T[K] }
type Nullable<T> = { [K in keyof T]: T[K] | null }
type Boxes<T> = { [K in keyof T]: Box<T[K]> }
type Getters<T> = { [K in keyof T as \`get\${Capitalize<string & K>}\`]: T[K] }
type DeepPartial<T> = T extends object ? { [K in keyof T]?: DeepPartial<T[K]> } : T
type Same<T> = T extends unknown ? T : never
type ValueOf<T> = T extends { value: infer V } ? V : never
type ItemOf<T> = T extends readonly (infer I)[] ? I : T
type InBox<T> = T extends Box<infer V> ? V : T
type First<T> = T extends [infer F, ...unknown[]] ? F : never
type Merge<A, B> = Omit<A, keyof B> & B
type Result<T, F = string> = { ok: true; value: T } | { ok: false; error: F }
type Made<K, T> = { kind: K; made: T }
type Either<A, B> = Made<'b', B> | Made<'a', A> | null
export declare const payload: ${of}
`

/** Types as text. Objects are apart: not everything may stand in an intersection. */
const { type } = fc.letrec<{ type: string; object: string }>((tie) => {
  const [any, object] = [tie('type'), tie('object')]
  const leaf = fc.constantFrom('E', 'E', 'E', 'string', 'number', "'a'", 'boolean')
  const of = (make: (inner: string) => string, inner = any) => inner.map(make)
  const pairOf = (make: (a: string, b: string) => string) =>
    fc.tuple(any, any).map(([a, b]) => make(a, b))
  return {
    type: fc.oneof(
      { depthSize: 'medium' },
      leaf,
      object,
      of((it) => `(${it})[]`),
      pairOf((a, b) => `[${a}, ...(${b})[]]`),
      of((it) => `Map<string, ${it}>`),
      of((it) => `${it} | null`),
      of((it) => `Box<${it}>['value']`),
      of((it) => `Box<${it}>['list'][number]`),
      of((it) => `{ p: ${it}; q: string }['p']`),
      of((it) => `Exclude<${it} | null, null>`),
      of((it) => `NonNullable<${it} | null>`),
      of((it) => `Awaited<Promise<${it}>>`),
      of((it) => `Same<${it}>`),
      of((it) => `ValueOf<{ value: ${it}; other: string }>`),
      of((it) => `ItemOf<(${it})[]>`),
      of((it) => `InBox<Box<${it}>>`),
      of((it) => `First<[${it}, string]>`),
      of((it) => `Result<${it}>`),
      pairOf((a, b) => `Result<${a}, ${b}>`),
      pairOf((a, b) => `Either<${a}, ${b}>`),
    ),
    object: fc.oneof(
      { depthSize: 'medium' },
      pairOf((a, b) => `{ p: ${a}; readonly q?: ${b} }`),
      of((it) => `Box<${it}>`),
      pairOf((a, b) => `Sub<${a}, ${b}>`),
      of((it) => `Picked<${it}>`),
      pairOf((a, b) => `Pair<${a}, ${b}>`),
      of((it) => `Pair<${it}>`),
      of((it) => `Pick<Box<${it}>, 'value' | 'list'>`),
      of((it) => `Omit<Box<${it}>, 'list'>`),
      of((it) => `Record<'p' | 'q', ${it}>`),
      of((it) => `{ [K in keyof Box<${it}>]: Box<${it}>[K] }`),
      of((it) => `{ [K in 'value' | 'by']: Box<${it}>[K] }`),
      ...['Partial', 'Required', 'Readonly', 'Mutable', 'Nullable', 'Boxes', 'Getters'].map(
        (name) => of((it) => `${name}<${it}>`, object),
      ),
      of((it) => `DeepPartial<${it}>`, object),
      fc.tuple(object, any).map(([a, b]) => `Merge<${a}, { p: ${b} }>`),
      fc.tuple(object, any).map(([a, b]) => `${a} & { extra: ${b} }`),
    ),
  }
})

/** What refers to named types, with these in their places. */
function inlined({ model, types }: Expanded): unknown {
  const bodies = new Map(types.map((it) => [it.name, it.type]))
  const inline = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(inline)
    if (typeof value !== 'object' || value === null) return value
    if ('kind' in value && value.kind === 'reference' && 'name' in value) {
      return inline(bodies.get(String(value.name)))
    }
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inline(inner)]))
  }
  return inline(model)
}

const email: TypeModel = { kind: 'string', constraints: { format: 'email' } }

function asEmails(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asEmails)
  if (typeof value !== 'object' || value === null) return value
  if ('type' in value && value.type === 'bigint') return email
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, asEmails(inner)]))
}
