import type { Outcome } from '../../provider.ts'
import type { Logger } from '../../types.ts'
import type { Claim, ClaimedJob } from './claims.ts'
import { messageOf } from '../../error-parts.ts'
import { isAway } from './connection-errors.ts'
import type { LockKeeper } from './lock-keeper.ts'
import { carryOut, type DeadLetters } from './outcomes.ts'
import type { Fetched } from './queues.ts'
import { UnderWay } from '../../under-way.ts'
import { isUnreadable } from './unreadable.ts'

const firstRetryMs = 50
const longestRetryMs = 2_000
/** BullMQ refuses although the claim holds: a job with children that have not ended, say. */
const mostRefusals = 3

export interface SettlePlace {
  letters: DeadLetters | undefined
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
  readonly #underWay = new UnderWay()
  #stopped = false

  constructor(keeper: LockKeeper, logger: Logger) {
    this.#keeper = keeper
    this.#logger = logger
  }

  /** Resolves when it is settled, to the next job where that came with it. Never rejects. */
  async settle(
    claimed: ClaimedJob,
    outcome: Outcome,
    place: SettlePlace,
    fetchNext: boolean,
  ): Promise<Fetched> {
    const { claim } = claimed
    this.#underWay.begin()
    try {
      if (claim.lost.signal.aborted) return this.#lost(claim, outcome.type)
      if (this.#stopped) return []
      claim.isSettling = true
      return await carryOut(claimed, outcome, place.letters, fetchNext)
    } catch (error) {
      return await this.#settleAgain(error, claimed, outcome, place, fetchNext)
    } finally {
      this.#keeper.remove(claim)
      this.#underWay.end()
    }
  }

  /** Resolves when everything is settled. */
  idle(): Promise<void> {
    return this.#underWay.idle()
  }

  /** Gives up on what is left. */
  stop(): void {
    this.#stopped = true
  }

  async #settleAgain(
    error: unknown,
    claimed: ClaimedJob,
    outcome: Outcome,
    place: SettlePlace,
    fetchNext: boolean,
  ): Promise<Fetched> {
    const { claim } = claimed
    let trouble = error
    let retryMs = 0
    let refusals = 0
    while (!this.#stopped) {
      if (isRefusal(trouble)) refusals += 1
      else {
        if (isAway(trouble) || isUnreadable(trouble)) place.onUnanswered()
        if (retryMs === 0) this.#reportTrouble(claim, trouble)
        retryMs = Math.min(longestRetryMs, retryMs * 2 || firstRetryMs)
        await claim.queue.link.back(retryMs)
      }
      try {
        // The lock may have lapsed, or be gone because an earlier try took place after all.
        const state = refusals > 0 ? await this.#keeper.stateOf(claim) : 'held'
        if (state === 'settled' || state === 'gone') return []
        if (state !== 'held' || refusals >= mostRefusals) return this.#lost(claim, outcome.type)
        return await carryOut(claimed, outcome, place.letters, fetchNext)
      } catch (again) {
        trouble = again
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

  #lost(claim: Claim, outcome: Outcome['type']): Fetched {
    claim.lost.abort()
    // Giving back what is gone already is no news.
    if (outcome === 'released') return []
    this.#logger.warn('the claim on a job was lost; its outcome is not recorded', {
      ...about(claim),
      attempt: claim.attempt,
      outcome,
    })
    return []
  }
}

function about({ queue, worker, id }: Claim) {
  return { queue: queue.name, worker, jobId: id }
}

/** BullMQ's scripts say with a negative number why they did nothing. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'number'
}
