import { describe, expect, it } from 'vitest'
import { countAttempt } from '../../../src/runtime/providers/sqs/attempts.ts'
import { takeBatch } from '../../../src/runtime/providers/sqs/batches.ts'
import {
  planWait,
  toDelaySeconds,
  visibilityLeft,
} from '../../../src/runtime/providers/sqs/limits.ts'
import { Prefetch } from '../../../src/runtime/providers/sqs/prefetch.ts'

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

  it('waits hidden where that is long enough, and else in a copy', () => {
    expect(planWait(0, 0)).toEqual({ by: 'visibility', seconds: 0 })
    expect(planWait(1_500, hour)).toEqual({ by: 'visibility', seconds: 2 })
    expect(planWait(43_190_000, 0)).toEqual({ by: 'visibility', seconds: 43_190 })
    expect(planWait(43_191_000, 0)).toEqual({ by: 'copy', delaySeconds: 900, early: 1 })
    expect(planWait(hour, 11.5 * hour)).toEqual({ by: 'copy', delaySeconds: 900, early: 1 })
    expect(planWait(60_000, 12 * hour)).toEqual({ by: 'copy', delaySeconds: 60, early: 0 })
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
})

describe('prefetch', () => {
  it('receives nothing ahead of slow jobs, and a few dozens of quick ones', () => {
    const prefetch = new Prefetch(undefined, 10, false)
    expect(prefetch.ahead).toBe(0)
    prefetch.observe(1)
    expect(prefetch.ahead).toBe(40)
    for (let n = 0; n < 30; n += 1) prefetch.observe(10_000)
    expect(prefetch.ahead).toBe(0)
    prefetch.observe(1)
    prefetch.forget()
    expect(prefetch.ahead).toBe(0)
  })

  it('is what was asked for, and nothing by itself on FIFO queues', () => {
    const given = new Prefetch(7, 10, true)
    given.observe(1)
    expect(given.ahead).toBe(7)
    const fifo = new Prefetch(undefined, 10, true)
    fifo.observe(1)
    expect([fifo.ahead, fifo.adaptive]).toEqual([0, false])
  })
})
