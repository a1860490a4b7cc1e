import { describe, expect, it } from 'vitest'
import { parsePathPattern, type PathPattern } from '../../src/dashboard/path-pattern.ts'
import { createRedactor, holdsMark, mark } from '../../src/dashboard/redact.ts'
import { definitions, jsonSchema } from '../../src/cli/render/json-schema.ts'
import type { Contracts } from '../../src/runtime/contract.ts'
import { Sources } from '../cli/types/expand-source.ts'

/** Of a project with one queue whose payload is `payload` of the source. */
function contractsOf(source: string): Contracts {
  const sources = new Sources()
  const { model, types } = sources.expand([sources.add(source)])
  return {
    queues: { q: { input: jsonSchema(model), output: {}, defaults: { deadLetterQueue: 'dead' } } },
    $defs: definitions(types),
  }
}

const patterns = (...paths: string[]): PathPattern[] =>
  paths.flatMap((path) => [parsePathPattern(path) ?? []])

const card = contractsOf(`
/** @sensitive */
type Token = string
interface User {
  name: string
  /** @sensitive */
  email?: string
}
interface Node { token: Token; next: Node | null }
export declare const payload: {
  user: User
  users: User[]
  byName: Record<string, User>
  map: Map<string, User>
  tokens: Token[]
  pair: [string, Token]
  named: Record<string, Token>
  either: { a: User } | { b: Token } | null
  tree: Node
  plain: string
}`)
const shown = (json: unknown) => createRedactor(card).payload('q', json)

describe('what is marked @sensitive', () => {
  it('is hidden in references, lists, maps, tuples, unions and recursion, and nothing else is', () => {
    const user = { name: 'Ada', email: 'a@b' }
    const hidden = { name: 'Ada', email: mark }
    expect(
      shown({
        user,
        users: [user, { name: 'Bo' }],
        byName: { x: user },
        map: [['k', user]],
        tokens: ['s1', 's2'],
        pair: ['open', 's3'],
        named: { one: 's4' },
        either: { b: 's5' },
        tree: { token: 's6', next: { token: 's7', next: null } },
        plain: 'seen',
      }),
    ).toEqual({
      user: hidden,
      users: [hidden, { name: 'Bo' }],
      byName: { x: hidden },
      map: [['k', hidden]],
      tokens: [mark, mark],
      pair: ['open', mark],
      named: { one: mark },
      either: { b: mark },
      tree: { token: mark, next: { token: mark, next: null } },
      plain: 'seen',
    })
  })

  it.each<[string, unknown, unknown]>([
    ['one where there is a list now', { users: { email: 'a@b' } }, { users: { email: mark } }],
    ['a list where there is one now', { user: [{ email: 'a@b' }] }, { user: [{ email: mark }] }],
    ['one secret where there are several now', { tokens: 's' }, { tokens: mark }],
    ['an object where there is a list of secrets', { tokens: { a: 's' } }, { tokens: mark }],
    ['another kind of value', { user: { email: { at: 'a@b' } } }, { user: { email: mark } }],
    [
      'both members of a union',
      { either: { a: { email: 1 }, b: 2, c: 3 } },
      { either: { a: { email: mark }, b: mark, c: 3 } },
    ],
  ])('is hidden in what does not fit the type: %s', (_what, old, hidden) => {
    expect(shown(old)).toEqual(hidden)
  })

  it('is hidden in dead letters, and under its name in progress', () => {
    const redactor = createRedactor(card)
    expect(redactor.payload('dead', { user: { email: 'a@b' } })).toEqual({ user: { email: mark } })
    expect(redactor.progress('q', { now: [{ email: 'a@b', done: 1 }] })).toEqual({
      now: [{ email: mark, done: 1 }],
    })
    expect(redactor.progress('q', 50)).toBe(50)
  })

  it('bears hostile data', () => {
    const json: unknown = JSON.parse('{"__proto__":{"email":"a@b"},"constructor":1,"user":null}')
    expect(JSON.stringify(shown(json))).toBe(
      '{"__proto__":{"email":"a@b"},"constructor":1,"user":null}',
    )
    let deep: unknown = { email: 's' }
    for (let depth = 0; depth < 5_000; depth += 1) deep = [deep]
    expect(JSON.stringify(shown({ plain: deep }))).not.toContain('email')
    expect(shown(undefined)).toBeUndefined()
    expect(createRedactor(card).payload('constructor', { a: 1 })).toEqual({ a: 1 })
  })
})

describe('what is named by its path', () => {
  const json = { user: { email: 'e', token: 't' }, token: 'u', list: [{ token: 'v' }, 'x'] }
  it.each<[string, unknown]>([
    ['user.email', { ...json, user: { email: mark, token: 't' } }],
    ['*.token', { user: { email: 'e', token: mark }, token: 'u', list: [{ token: mark }, 'x'] }],
    ['**.token', { user: { email: 'e', token: mark }, token: mark, list: [{ token: mark }, 'x'] }],
    ['list', { ...json, list: mark }],
    ['email', json],
  ])('%s', (path, hidden) => {
    const redactor = createRedactor({ queues: {}, $defs: {} }, patterns(path))
    expect(redactor.payload('any', json)).toEqual(hidden)
    expect(redactor.result('any', json)).toEqual(hidden)
    expect(redactor.progress('any', json)).toEqual(hidden)
  })

  it.each(['', '.', 'a.', '.a', 'a..b', '**', 'a.**'])('"%s" is none', (text) => {
    expect(parsePathPattern(text)).toBeNull()
  })
})

it('finds marks, wherever they are', () => {
  expect([mark, [{ a: mark }], { a: [1, { b: mark }] }].map(holdsMark)).toEqual([true, true, true])
  expect([null, 'redacted', { a: [`${mark}!`] }].map(holdsMark)).toEqual([false, false, false])
})
