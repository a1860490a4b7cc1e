import type { Outcome } from '../../provider.ts'
import type { Logger } from '../../types.ts'
import type { Claim, ClaimedJob } from './claims.ts'
import { messageOf } from '../../error-parts.ts'
import { isAway } from './connection-errors.ts'
import type { LockKeeper } from './lock-keeper.ts'
import { carryOut, type DeadLetters } from './outcomes.ts'
import type { Fetched } from './queues.ts'
import { isUnreadable } from './unreadable.ts'

const firstRetryMs = 50
const longestRetryMs = 2_000
/** BullMQ refuses although the claim holds: a job with children that have not ended, say. */
const mostRefusals = 3

export interface SettleOptions {
  letters: DeadLetters | undefined
  fetchNext: boolean
  /** A reply was lost or could not be read, and with it perhaps a job that came with it. */
  onUnanswered: () => void
}

/**
 * Carries outcomes out. What fails is tried again until the server answers; its answer alone says
 * whether the claim still held.
 */
export class Settler {
  readonly #keeper: LockKeeper
  readonly #logger: Logger
  readonly #underWay = new Set<Promise<unknown>>()
  #stopped = false

  constructor(keeper: LockKeeper, logger: Logger) {
    this.#keeper = keeper
    this.#logger = logger
  }

  /** Resolves when it is settled, to the next job where that came with it. Never rejects. */
  settle(claimed: ClaimedJob, outcome: Outcome, options: SettleOptions): Promise<Fetched> {
    const settling = this.#settle(claimed, outcome, options).finally(() => {
      this.#keeper.remove(claimed.claim)
      this.#underWay.delete(settling)
    })
    this.#underWay.add(settling)
    return settling
  }

  /** Resolves when everything is settled. */
  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay)
  }

  /** Gives up on what is left. */
  stop(): void {
    this.#stopped = true
  }

  async #settle(claimed: ClaimedJob, outcome: Outcome, options: SettleOptions): Promise<Fetched> {
    const { claim } = claimed
    if (claim.lost.signal.aborted) {
      this.#reportLost(claim, outcome.type)
      return []
    }
    this.#keeper.settling(claim)
    let retryMs = 0
    let refusals = 0
    while (!this.#stopped) {
      try {
        // The lock may have lapsed, or be gone because an earlier try took place after all.
        const state = refusals > 0 ? await this.#keeper.stateOf(claim) : 'held'
        if (state === 'settled' || state === 'gone') return []
        if (state === 'held' && refusals < mostRefusals) {
          return await carryOut(claimed, outcome, options)
        }
        this.#reportLost(claim, outcome.type)
        return []
      } catch (error) {
        if (isRefusal(error)) {
          refusals += 1
          continue
        }
        if (isAway(error) || isUnreadable(error)) options.onUnanswered()
        if (retryMs === 0) this.#reportTrouble(claim, error)
        retryMs = Math.min(longestRetryMs, retryMs * 2 || firstRetryMs)
        await claim.queue.link.back(retryMs)
      }
    }
    return []
  }

  #reportTrouble(claim: Claim, error: unknown): void {
    // That it is away has been said, once for all; what cannot be read is the next job.
    const level = isAway(error) || isUnreadable(error) ? 'debug' : 'warn'
    this.#logger[level]('settling a job failed; trying again', {
      ...about(claim),
      reason: messageOf(error),
    })
  }

  #reportLost(claim: Claim, outcome: Outcome['type']): void {
    claim.lost.abort()
    // Giving back what is gone already is no news.
    if (outcome === 'released') return
    this.#logger.warn('the claim on a job was lost; its outcome is not recorded', {
      ...about(claim),
      attempt: claim.attempt,
      outcome,
    })
  }
}

function about({ queue, worker, id }: Claim) {
  return { queue: queue.name, worker, jobId: id }
}

/** BullMQ's scripts say with a negative number why they did nothing. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'number'
}
