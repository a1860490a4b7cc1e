import { describe, expect, it } from 'vitest'
import { UnrecoverableError } from '../../src/runtime/errors.ts'
import { backoffDelay, decideFailure } from '../../src/runtime/retry.ts'

describe('backoffDelay', () => {
  const delays = (backoff: Parameters<typeof backoffDelay>[0], random?: () => number) =>
    [1, 2, 3, 4].map((failed) => backoffDelay(backoff, failed, random))

  it.each([
    ['fixed', [100, 100, 100, 100]],
    ['linear', [100, 200, 300, 400]],
    ['exponential', [100, 200, 400, 800]],
  ] as const)('%s', (type, expected) => {
    expect(delays({ type, delay: 100 })).toEqual(expected)
  })

  it('waits one second where no delay is given', () => {
    expect(delays({ type: 'exponential' })).toEqual([1000, 2000, 4000, 8000])
  })

  it('never waits longer than maxDelay', () => {
    expect(delays({ type: 'exponential', delay: 100, maxDelay: 250 })).toEqual([100, 200, 250, 250])
    expect(backoffDelay({ type: 'exponential' }, 60)).toBe(3_600_000)
  })

  it('takes the jitter off, never adds it', () => {
    const backoff = { type: 'fixed', delay: 1000, jitter: 0.5 } as const
    expect(backoffDelay(backoff, 1, () => 0)).toBe(1000)
    expect(backoffDelay(backoff, 1, () => 1)).toBe(500)
  })
})

describe('decideFailure', () => {
  const backoff = { type: 'fixed', delay: 5 } as const

  it('retries while attempts are left', () => {
    const outcome = decideFailure(new TypeError('no'), { attempt: 2, maxAttempts: 3, backoff })
    expect(outcome).toMatchObject({
      type: 'retry',
      delayMs: 5,
      error: { name: 'TypeError', message: 'no' },
    })
  })

  it('gives up at the last attempt', () => {
    const outcome = decideFailure(new Error('no'), { attempt: 3, maxAttempts: 3, backoff })
    expect(outcome.type).toBe('dead')
  })

  it('gives up at once for an UnrecoverableError of any package', () => {
    class Foreign extends Error {
      override name = 'UnrecoverableError'
    }
    for (const error of [new UnrecoverableError('no'), new Foreign('no')]) {
      expect(decideFailure(error, { attempt: 1, maxAttempts: 3, backoff }).type).toBe('dead')
    }
  })

  it('keeps name, code, stack and causes of what was thrown, and survives odd throws', () => {
    const cause = Object.assign(new RangeError('deep'), { code: 'E_DEEP' })
    const outcome = decideFailure(new Error('top', { cause }), {
      attempt: 1,
      maxAttempts: 1,
      backoff,
    })
    expect(outcome).toMatchObject({
      error: {
        message: 'top',
        stack: expect.stringContaining('retry.test.ts') as string,
        cause: { name: 'RangeError', message: 'deep', code: 'E_DEEP' },
      },
    })
    const odd = Object.assign(new Error(), { message: ['a', 'b'], name: 5, stack: {} })
    expect(decideFailure(odd, { attempt: 1, maxAttempts: 1, backoff })).toEqual({
      type: 'dead',
      error: { name: '5', message: '["a","b"]' },
    })
    const circular: Record<string, unknown> = {}
    circular.self = circular
    for (const [thrown, message] of [
      ['text', 'text'],
      [{ status: 500 }, '{"status":500}'],
      [undefined, 'undefined'],
      [circular, '[object Object]'],
    ]) {
      expect(decideFailure(thrown, { attempt: 1, maxAttempts: 1, backoff })).toMatchObject({
        error: { message },
      })
    }
  })
})
