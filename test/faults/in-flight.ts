import type { Fault, Run, Span } from './evidence.ts'

/** A function that has ended is settled within this many milliseconds when nothing is wrong. */
export const settleMs = 1_000
/** One that was claimed before or in a fault has begun by then: what it claims later is its own. */
export const claimMs = 1_000

/**
 * From its claim to its settlement, of which nobody but the worker knows. A run that never finished was
 * in flight until its job ran again.
 */
export function wasInFlight(run: Run, next: Run | undefined, { pids, from, to }: Fault): boolean {
  const until = (run.finishedAt ?? next?.startedAt ?? run.startedAt) + settleMs
  return pids.includes(run.pid) && run.startedAt <= to + claimMs && until >= from
}

export function hasFinished({ finishedAt }: Run): boolean {
  return finishedAt !== undefined
}

export function hasSucceeded(run: Run): boolean {
  return hasFinished(run) && !run.died
}

/** Its answer may have been lost, and the job sent again. */
export function wasBeingAdded(add: Span | undefined, { from, to }: Fault): boolean {
  return add !== undefined && add.from <= to && add.to >= from
}
