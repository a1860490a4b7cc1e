import type { Outcome } from '../../provider.ts'
import { countAttempt } from './attempts.ts'
import type { Incoming } from './message.ts'

/**
 * This worker's right to settle one receive of a message. It lasts as long as the message is hidden
 * from others, which the heartbeat prolongs, for twelve hours at most.
 */
export interface Claim {
  message: Incoming
  /** The job's id. */
  id: string
  attempt: number
  maxAttempts: number
  createdAt: Date
  /** Monotonic times: of its arrival; since when it counts, of the next renewal, and of the end. */
  arrivedAt: number
  receivedAt: number
  renewAt: number
  expiresAt: number
  /** A renewal is under way; what else changes the message's visibility waits for its end. */
  renewing: Promise<void> | undefined
  /** What settles the message is under way, and a renewal could undo it. */
  settling: boolean
  /** What is to become of the attempt, once that is decided. */
  outcome: Outcome['type'] | undefined
  lost: AbortController
}

export function isHeld({ expiresAt, lost }: Claim): boolean {
  return !lost.signal.aborted && performance.now() < expiresAt
}

export function prolong(claim: Claim, seconds: number, from: number): void {
  claim.renewAt = from + (seconds * 1000) / 3
  claim.expiresAt = from + seconds * 1000
}

/**
 * A claim on a message, and whether its attempts are used up.
 * @param receivedAt when the receive was asked for. The answer may have lain here for a while, or on its
 *   way, and does not say when SQS gave the message to us: not before that.
 */
export function toClaim(
  message: Incoming,
  { attempts, isFifo, slack }: { attempts: number; isFifo: boolean; slack?: number },
  seconds: number,
  receivedAt = performance.now(),
): Claim & { exhausted: boolean } {
  const { meta, messageId, sentAt } = message
  const claim = {
    message,
    id: meta.id ?? messageId,
    ...countAttempt(message, attempts, isFifo, slack),
    createdAt: meta.createdAt ?? sentAt,
    arrivedAt: performance.now(),
    receivedAt,
    renewAt: receivedAt,
    expiresAt: receivedAt,
    renewing: undefined,
    settling: false,
    outcome: undefined,
    lost: new AbortController(),
  }
  prolong(claim, seconds, receivedAt)
  return claim
}
