import { UnrecoverableError, toJobError } from './errors.ts'
import type { Outcome } from './provider.ts'
import type { BackoffOptions } from './types.ts'

const hour = 3_600_000

/**
 * Milliseconds to wait after the `failed`-th failed attempt (1 after the first).
 * @param random 0 to 1, replaced in tests.
 */
export function backoffDelay(
  { type, delay = 1000, maxDelay = hour, jitter = 0 }: BackoffOptions,
  failed: number,
  random: () => number = Math.random,
): number {
  const growth = { fixed: 1, linear: failed, exponential: 2 ** (failed - 1) }[type]
  const wait = Math.min(delay * growth, maxDelay)
  return Math.round(wait * (1 - jitter * random()))
}

/** What becomes of an attempt that failed: the one place that decides it, for every provider. */
export function decideFailure(
  thrown: unknown,
  attempt: { attempt: number; maxAttempts: number; backoff: BackoffOptions },
): Outcome {
  const error = toJobError(thrown)
  const final = isUnrecoverable(thrown) || attempt.attempt >= attempt.maxAttempts
  return final
    ? { type: 'dead', error }
    : { type: 'retry', error, delayMs: backoffDelay(attempt.backoff, attempt.attempt) }
}

/** By name too: another copy of this package, or BullMQ's own class, means the same. */
function isUnrecoverable(thrown: unknown): boolean {
  return (
    thrown instanceof UnrecoverableError ||
    (thrown instanceof Error && thrown.name === 'UnrecoverableError')
  )
}
