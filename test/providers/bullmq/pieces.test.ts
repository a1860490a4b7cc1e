import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  candidateKeys,
  makeJobKey,
  toCallerId,
  toKey,
} from '../../../src/runtime/providers/bullmq/ids.ts'
import { toBullmqPriority } from '../../../src/runtime/providers/bullmq/priorities.ts'
import { errorFields, toStoredError } from '../../../src/runtime/providers/bullmq/stored-error.ts'

const anyId = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 255 }),
  // Halves of surrogate pairs too.
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { minLength: 1, maxLength: 20 })
    .map((units) => String.fromCharCode(...units)),
  fc.constantFrom(
    '42',
    '-7',
    '0',
    'meta',
    'events',
    'wait',
    '%',
    '%25',
    '%3A',
    ':',
    '%u0041',
    'a:b',
  ),
  fc.stringMatching(/^[%:0-9Au]{1,12}$/),
)

/** What another producer may have made: BullMQ's own numbers, or a custom id of its rules. */
const foreignKey = fc.oneof(
  fc.nat().map(String),
  fc.stringMatching(/^[\w%-]{1,20}$/).filter((key) => !/^\d+$/.test(key)),
)

describe('ids', () => {
  it('make keys that BullMQ takes, and can be told from them', () => {
    fc.assert(
      fc.property(anyId, (id) => {
        const key = toKey(id)
        expect(toCallerId(key)).toBe(id)
        expect(key).not.toMatch(/:|^-?\d+$|^(meta|events|wait|active|failed|id|marker)$/)
        expect(Buffer.from(key).toString()).toBe(key)
        expect(candidateKeys(id)[0]).toBe(key)
      }),
      { numRuns: 5_000 },
    )
  })

  it('of two different jobs are two different keys', () => {
    fc.assert(
      fc.property(anyId, anyId, (one, other) => {
        expect(toKey(one) === toKey(other)).toBe(one === other)
      }),
      { numRuns: 5_000 },
    )
  })

  it('of another producer’s jobs are found again', () => {
    fc.assert(
      fc.property(foreignKey, (key) => {
        const reserved = ['meta', 'id', 'wait', 'pc', 'de'].includes(key)
        expect(candidateKeys(toCallerId(key)).includes(key)).toBe(!reserved)
      }),
      { numRuns: 5_000 },
    )
    expect(candidateKeys('meta')).toEqual(['%6Deta'])
  })

  it('that we make need no escape', () => {
    const key = makeJobKey()
    expect([toKey(key), toCallerId(key)]).toEqual([key, key])
  })
})

describe('priorities', () => {
  const priority = fc.integer({ min: -1_000_000, max: 1_000_000 })

  it('are turned round: the higher one is the lower number, within what BullMQ takes', () => {
    fc.assert(
      fc.property(priority, priority, (one, other) => {
        const [a, b] = [toBullmqPriority(one), toBullmqPriority(other)]
        expect(Math.sign(a - b)).toBe(Math.sign(other - one))
        for (const number of [a, b]) {
          expect(number).toBeGreaterThanOrEqual(1)
          expect(number).toBeLessThanOrEqual(2_097_151)
        }
      }),
    )
  })
})

describe('a stored error', () => {
  it('is the whole of it, causes included', () => {
    const cause = { name: 'Error', message: 'no funds' }
    const error = { name: 'CardError', message: 'declined', code: 'card', stack: 'at x', cause }
    expect(toStoredError(errorFields(error))).toEqual(error)
  })

  it('is what another worker left, when that came later', () => {
    const ours = errorFields({ name: 'CardError', message: 'declined' })
    expect(
      toStoredError({ ...ours, failedReason: 'other', stacktrace: '["first","last"]' }),
    ).toEqual({ name: 'Error', message: 'other', stack: 'last' })
    expect(toStoredError({ failedReason: 'job stalled more than allowable limit' })).toMatchObject({
      code: 'PKQ506',
    })
    expect(toStoredError({ failedReason: 'x', 'pikku:error': '{broken', stacktrace: '{' })).toEqual(
      {
        name: 'Error',
        message: 'x',
      },
    )
    expect(toStoredError({})).toBeNull()
  })
})
