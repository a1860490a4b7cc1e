import { expect, it } from 'vitest'
import type { JsonSchema } from '../../src/runtime/contract.ts'
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
