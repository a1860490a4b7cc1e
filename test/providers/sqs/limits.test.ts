import { describe, expect, it } from 'vitest'
import { countAttempt, isRunningOut } from '../../../src/runtime/providers/sqs/attempts.ts'
import { takeBatch } from '../../../src/runtime/providers/sqs/batches.ts'
import { toDelaySeconds, visibilityLeft } from '../../../src/runtime/providers/sqs/limits.ts'

const hour = 3_600_000

describe('the limits of SQS', () => {
  it('delays in whole seconds, never too short and never beyond 900', () => {
    expect([0, 1, 999, 1_000, 1_001, 900_000, 10_000_000].map(toDelaySeconds)).toEqual([
      ...[0, 1, 1, 1, 2, 900, 900],
    ])
  })

  it('hides a message for twelve hours from its receive, with a margin', () => {
    expect(visibilityLeft(0)).toBe(43_190)
    expect(visibilityLeft(hour)).toBe(43_190 - 3_600)
    expect(visibilityLeft(12 * hour - 10_000)).toBe(0)
    expect(visibilityLeft(13 * hour)).toBe(0)
  })
})

describe('batches', () => {
  const sizes = (bytes: number[]) => bytes.map((of) => ({ bytes: of }))

  it('hold ten at most, and a mebibyte', () => {
    const items = sizes(Array<number>(23).fill(1))
    expect([items, items, items].map((of) => takeBatch(of).length)).toEqual([10, 10, 3])
    const large = sizes([600_000, 400_000, 600_000, 1_048_576, 1])
    expect([1, 2, 3, 4].map(() => takeBatch(large).length)).toEqual([2, 1, 1, 1])
  })

  it('hold what is too large alone, for SQS to refuse it', () => {
    const items = sizes([2_000_000, 1])
    expect(takeBatch(items)).toEqual([{ bytes: 2_000_000 }])
    expect(items).toEqual([{ bytes: 1 }])
  })
})

describe('attempts', () => {
  const count = (meta: object, receiveCount: number, isFifo = false) =>
    countAttempt({ meta, receiveCount }, 3, isFifo)

  it('are the receives, and those of earlier copies', () => {
    expect(count({}, 1)).toEqual({ attempt: 1, maxAttempts: 3, exhausted: false })
    expect(count({ attemptsMade: 2 }, 1)).toMatchObject({ attempt: 3, exhausted: false })
    expect(count({ attemptsMade: 2 }, 2)).toMatchObject({ attempt: 4, exhausted: true })
    expect(count({ attempts: 5 }, 4)).toMatchObject({ attempt: 4, maxAttempts: 5 })
  })

  it('do not count the receive of a copy before its time', () => {
    expect(count({ attemptsMade: 1, notBefore: new Date() }, 2)).toMatchObject({ attempt: 2 })
    expect(count({ notBefore: new Date() }, 1)).toMatchObject({ attempt: 1 })
  })

  it('have slack on FIFO queues, where giving back counts', () => {
    expect(count({}, 5, true)).toEqual({ attempt: 3, maxAttempts: 3, exhausted: false })
    expect(count({}, 6, true)).toMatchObject({ exhausted: true })
  })

  it.each([
    ['may all be received to the last', 3, 3, 3, 4, false, false],
    ['may all be received as the policy needs it', 2, 3, 2, 4, false, false],
    ['may be more than the policy leaves, later', 10, 50, 10, 23, false, false],
    ['may be more than the policy leaves, soon', 20, 50, 20, 23, false, true],
    ['may be more than the policy leaves, soon, in a copy', 39, 50, 20, 23, false, true],
    ['may end just before', 20, 22, 20, 23, false, false],
    ['may be more than there are receives at all', 1, 50, 1, 1, false, false],
    ['may be more than the policy leaves in a group', 20, 50, 20, 23, true, false],
    ['may be more than the policy leaves in a group, soon', 22, 50, 22, 23, true, true],
  ])('%s', (_, attempt, maxAttempts, receiveCount, mostReceives, isFifo, expected) => {
    const queue = { mostReceives, isFifo }
    expect(isRunningOut({ attempt, maxAttempts }, receiveCount, queue)).toBe(expected)
    expect(isRunningOut({ attempt, maxAttempts }, receiveCount, { isFifo })).toBe(false)
  })
})
