import { describe, expect, it } from 'vitest'
import { parsePathPattern, type PathPattern } from '../../src/dashboard/path-pattern.ts'
import { createRedactor, holdsMark, mark, type Redactor } from '../../src/dashboard/redact.ts'
import { definitions, jsonSchema } from '../../src/cli/render/json-schema.ts'
import type { Contracts } from '../../src/runtime/contract.ts'
import type { JsonValue } from '../../src/runtime/types.ts'
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
/** A job of which all is shown as it is without a redactor. */
const job = (over: Partial<Parameters<Redactor>[0]>) => ({
  ...{ queueName: 'q', data: null, origin: null, result: null, progress: null },
  ...over,
})
const shown = (data: unknown, queueName = 'q') =>
  createRedactor(card)(job({ queueName, data })).payload
const progress = (json: unknown) =>
  createRedactor(card)(job({ progress: json as JsonValue })).progress

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
    expect(shown({ user: { email: 'a@b' } }, 'dead')).toEqual({ user: { email: mark } })
    expect(progress({ now: [{ email: 'a@b', done: 1 }] })).toEqual({
      now: [{ email: mark, done: 1 }],
    })
    expect(progress(50)).toBe(50)
  })

  it('is hidden in progress by its type, where that has one', () => {
    const token = { type: 'string', 'x-sensitive': true } as const
    const typed = { input: {}, output: {}, progress: { properties: { token } }, defaults: {} }
    const redactor = createRedactor({ queues: { q: typed }, $defs: {} })
    const { progress } = redactor(job({ progress: { token: 'a', done: 1 } }))
    expect(progress).toEqual({ token: mark, done: 1 })
  })

  it('stays hidden in the queue that a job was redriven into, and in its dead letter there', () => {
    const json = { user: { email: 'a@b' }, plain: 'seen' }
    const hidden = { user: { email: mark }, plain: 'seen' }
    const { queues, $defs } = card
    const any = { input: {}, output: {} }
    const redactor = createRedactor({
      queues: { ...queues, other: { ...any, defaults: { deadLetterQueue: 'other-dead' } } },
      $defs,
    })
    const payload = (over: Parameters<typeof job>[0]) => redactor(job(over)).payload
    expect(payload({ queueName: 'other', data: json })).toEqual(json)
    for (const source of ['q', 'dead']) {
      const data = { $pikku: { sources: [source] }, payload: json }
      for (const queueName of ['other', 'other-dead']) {
        expect(payload({ queueName, data })).toEqual(hidden)
      }
      const at = { now: json }
      expect(redactor(job({ queueName: 'other', data, progress: at })).progress).toEqual({
        now: hidden,
      })
    }
    // Its queue may have had another dead letter queue when it died.
    const origin = { queueName: 'q', jobId: '1', attemptsMade: 1, error: null }
    expect(payload({ queueName: 'former-dead', data: json, origin })).toEqual(hidden)
    expect(payload({ queueName: 'other', data: { $pikku: { sources: [{}] }, payload: 1 } })).toBe(1)
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
    expect(shown({ a: 1 }, 'constructor')).toEqual({ a: 1 })
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
    const all = redactor(job({ queueName: 'any', data: json, result: json, progress: json }))
    expect(all).toEqual({ payload: hidden, result: hidden, progress: hidden })
  })

  it.each(['', '.', 'a.', '.a', 'a..b', '**', 'a.**'])('"%s" is none', (text) => {
    expect(parsePathPattern(text)).toBeNull()
  })
})

it('finds marks, wherever they are', () => {
  expect([mark, [{ a: mark }], { a: [1, { b: mark }] }].map(holdsMark)).toEqual([true, true, true])
  expect([null, 'redacted', { a: [`${mark}!`] }].map(holdsMark)).toEqual([false, false, false])
})
