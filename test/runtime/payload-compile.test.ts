import { expect, it } from 'vitest'
import type { JsonSchema } from '../../src/runtime/contract.ts'
import { ValidationError, type ValidationIssue } from '../../src/runtime/errors.ts'
import { createPayloads } from '../../src/runtime/payload.ts'

/** How often so many types are looked at, each of which leads to the next, to send something of all. */
function looksAt(count: number): number {
  let looks = 0
  const definition = (next: JsonSchema): JsonSchema => ({
    type: 'object',
    get properties() {
      looks += 1
      return { next: { anyOf: [next, { type: 'null' }] }, all: { type: 'array', items: next } }
    },
    required: ['next', 'all'],
  })
  const names = Array.from({ length: count }, (_, n) => `T${n}`)
  const $defs = Object.fromEntries(
    names.map((name, n) => [name, definition({ $ref: `#/$defs/T${(n + 1) % count}` })]),
  )
  const input = { $ref: '#/$defs/T0' }
  const payloads = createPayloads({ queues: { a: { input, output: {}, defaults: {} } }, $defs })
  payloads.encode('a', 'input', nested(count))
  return looks
}

const nested = (depth: number): unknown =>
  depth === 0 ? null : { next: nested(depth - 1), all: [] }

it('each of many types that lead to each other is compiled once', () => {
  const few = looksAt(5)
  expect(few).toBeGreaterThan(0)
  expect(looksAt(20)).toBeLessThan(5 * few)
})

it('a reference to a type that is not there is said to be one', () => {
  const input = { $ref: '#/$defs/Gone' }
  const payloads = createPayloads({
    queues: { a: { input, output: {}, defaults: {} } },
    $defs: {},
  })
  expect(() => payloads.encode('a', 'input', 1)).toThrow('#/$defs/Gone refers to no definition')
})

it('types that lead from one to the next are no matter of the stack', () => {
  const count = 5_000
  const $defs = Object.fromEntries(
    Array.from({ length: count }, (_, n) => {
      const next = { $ref: `#/$defs/T${(n + 1) % count}` }
      return [`T${n}`, { type: 'object', properties: { next }, additionalProperties: false }]
    }),
  )
  const input = { $ref: '#/$defs/T0' }
  const payloads = createPayloads({ queues: { a: { input, output: {}, defaults: {} } }, $defs })
  const value = { next: { next: {} } }
  expect(payloads.decode('a', 'input', payloads.encode('a', 'input', value))).toEqual(value)
})

it('an object of thousands of properties is checked like any other', () => {
  const names = Array.from({ length: 2500 }, (_, n) => `p${n}`)
  const ofEach = (inner: unknown) => Object.fromEntries(names.map((name) => [name, inner]))
  const inner = { type: 'object', properties: ofEach({ type: 'string' }), required: ['p7'] }
  const input: JsonSchema = {
    type: 'object',
    properties: { ...ofEach({ type: 'number' }), inner: { ...inner, additionalProperties: false } },
    required: ['inner'],
    additionalProperties: false,
  }
  const payloads = createPayloads({
    queues: { a: { input, output: {}, defaults: {} } },
    $defs: {},
  })
  const value = { ...ofEach(1), inner: ofEach('x') }
  expect(payloads.decode('a', 'input', payloads.encode('a', 'input', value))).toEqual(value)
  const wrong = { p2: 'x', p2400: 'x', p2500: 1, inner: { p3: 1, p2500: 'x' } }
  const paths = issuesOf(() => payloads.decode('a', 'input', wrong)).map(({ path }) => path)
  expect(paths.sort()).toEqual(['inner.p2500', 'inner.p3', 'inner.p7', 'p2', 'p2400', 'p2500'])
})

function issuesOf(work: () => unknown): readonly ValidationIssue[] {
  try {
    work()
  } catch (error) {
    if (error instanceof ValidationError) return error.issues
    throw error
  }
  return []
}
