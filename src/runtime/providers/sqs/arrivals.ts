import { isRunningOut } from './attempts.ts'
import type { Claim } from './claims.ts'
import { adopt } from './dead-letter.ts'
import type { Queue } from './queues.ts'
import type { Settler } from './settle.ts'

/**
 * Settles a message that is not to run now: one that was moved here, that came before its time, whose
 * attempts are used up, or whose receives are before that. Undefined for all others; else it resolves
 * when that is done.
 */
export function divert(
  claim: Claim & { exhausted: boolean },
  queue: Queue,
  settler: Settler,
): Promise<void> | undefined {
  const { meta, receiveCount } = claim.message
  const { notBefore } = meta
  const adopted = adopt(queue, claim)
  const adopting = adopted && settler.adopt(claim, adopted)
  if (adopting) return adopting
  if (notBefore && notBefore.getTime() > Date.now()) return settler.postpone(claim, notBefore)
  if (claim.exhausted) return settler.giveUp(claim)
  if (!isRunningOut(claim, receiveCount, queue)) return undefined
  // A copy has all its receives before it. In a group it would lose its place.
  if (!queue.isFifo) return settler.settle(claim, { type: 'released', delayMs: 0 })
  settler.endWith(claim)
  return undefined
}
