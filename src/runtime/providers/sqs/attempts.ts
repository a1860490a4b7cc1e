import type { Incoming } from './message.ts'

/**
 * On a FIFO queue a job cannot be given back without counting: a copy would go to the end of its
 * group. So many receives more than its attempts it may have before it is taken for a job that kills
 * its workers.
 */
export const fifoSlack = 2

/** So many receives are kept for replies that get lost, and for workers that die. */
const keptReceives = { standard: 3, fifo: 1 }

export interface Attempt {
  attempt: number
  maxAttempts: number
  /** Its attempts were used up by workers that died. */
  exhausted: boolean
}

/**
 * Which attempt this receive is.
 * @param slack receives more than its attempts that a job may have.
 */
export function countAttempt(
  { meta, receiveCount }: Pick<Incoming, 'meta' | 'receiveCount'>,
  attemptsOfQueue: number,
  isFifo: boolean,
  slack = isFifo ? fifoSlack : 0,
): Attempt {
  const maxAttempts = meta.attempts ?? attemptsOfQueue
  const early = meta.notBefore ? 1 : 0
  const attempt = Math.max(1, (meta.attemptsMade ?? 0) + receiveCount - early)
  if (attempt > maxAttempts + slack) return { attempt, maxAttempts, exhausted: true }
  return { attempt: Math.min(attempt, maxAttempts), maxAttempts, exhausted: false }
}

/**
 * Whether SQS itself would take the message away before its attempts are used up, and soon. Never at
 * the first receive: a copy would be no better off.
 */
export function isRunningOut(
  { attempt, maxAttempts }: Pick<Attempt, 'attempt' | 'maxAttempts'>,
  receiveCount: number,
  { mostReceives = Infinity, isFifo }: { mostReceives?: number; isFifo: boolean },
): boolean {
  const left = mostReceives - receiveCount
  // After this one: for its other attempts, and to be given up should the last one kill its worker.
  const needed = maxAttempts - attempt + 1
  const kept = isFifo ? keptReceives.fifo : keptReceives.standard
  return receiveCount > 1 && left <= kept && left < needed
}
