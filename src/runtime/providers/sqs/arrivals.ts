import type { Claim } from './claims.ts'
import { adopt } from './dead-letter.ts'
import type { Queue } from './queues.ts'
import type { Settler } from './settle.ts'

/**
 * Settles a message that is not to run now: one that was moved here, that came before its time, or
 * whose attempts are used up. Undefined for all others; else it resolves when that is done.
 */
export function divert(
  claim: Claim & { exhausted: boolean },
  queue: Queue,
  settler: Settler,
): Promise<void> | undefined {
  const { notBefore } = claim.message.meta
  const adopted = adopt(queue, claim)
  if (adopted) return settler.adopt(claim, adopted)
  if (notBefore && notBefore.getTime() > Date.now()) return settler.postpone(claim, notBefore)
  return claim.exhausted ? settler.giveUp(claim) : undefined
}
