import type { Claim } from './claims.ts'
import type { Queue } from './queues.ts'

const tickMs = 250
const maxPerScript = 500

/** What the script `renew` says of a claim. */
export type ClaimState = 'held' | 'settled' | 'gone' | 'lost'

/**
 * Renews the locks of all claims, those of a queue in one script, when a third of their time is gone.
 * A claim that the server does not know any more, or that it could not be asked about for as long as
 * its lock lasts, is lost.
 */
export class LockKeeper {
  readonly #claims = new Set<Claim>()
  readonly #timer: NodeJS.Timeout
  readonly #renewing = new Set<Queue>()

  constructor() {
    this.#timer = setInterval(() => this.#tick(), tickMs)
    this.#timer.unref()
  }

  add(claim: Claim): void {
    this.#claims.add(claim)
  }

  remove(claim: Claim): void {
    this.#claims.delete(claim)
  }

  /** The claims that this worker knows of, by their jobs' keys. */
  claimsOn(queue: Queue): Map<string, Claim> {
    const claims = [...this.#claims].filter((claim) => claim.queue === queue)
    return new Map(claims.map((claim) => [claim.key, claim]))
  }

  /** Whether the claim holds; its lock is renewed if so. */
  async stateOf(claim: Claim): Promise<ClaimState> {
    const [state = 'lost'] = await renew(claim.queue, [claim])
    return state
  }

  /** Stops renewing. Claims that are left lapse, and their functions are told. */
  stop(): void {
    clearInterval(this.#timer)
    for (const claim of this.#claims) this.#lose(claim)
  }

  #tick(): void {
    const now = performance.now()
    const due = [...this.#claims].filter(({ renewedAt, lockMs }) => now - renewedAt >= lockMs / 3)
    for (const [queue, claims] of Map.groupBy(due, (claim) => claim.queue)) {
      if (!this.#renewing.has(queue)) void this.#renew(queue, claims)
    }
    // The answer may be here already: a busy process hears of it after its timers.
    if (due.length > 0) setImmediate(() => this.#loseLapsed(due))
  }

  async #renew(queue: Queue, claims: Claim[]): Promise<void> {
    this.#renewing.add(queue)
    try {
      for (let n = 0; n < claims.length; n += maxPerScript) {
        const batch = claims.slice(n, n + maxPerScript)
        const sentAt = performance.now()
        const states = await renew(queue, batch)
        for (const [index, claim] of batch.entries()) {
          if (states[index] === 'held') claim.renewedAt = sentAt
          else this.#lose(claim)
        }
      }
    } catch {
      // The link has said so; the next tick asks again.
    } finally {
      this.#renewing.delete(queue)
    }
  }

  /** A process that was busy itself asks before it gives up what nobody else may have taken. */
  #loseLapsed(claims: Claim[]): void {
    const now = performance.now()
    for (const claim of claims) {
      const { renewedAt, lockMs, queue } = claim
      if (now - renewedAt > lockMs && !queue.link.healthy) this.#lose(claim)
    }
  }

  #lose(claim: Claim): void {
    if (claim.isSettling || !this.#claims.has(claim)) return
    this.#claims.delete(claim)
    claim.lost.abort()
  }
}

function renew(queue: Queue, claims: Claim[]): Promise<ClaimState[]> {
  const [lockMs] = claims.map((claim) => claim.lockMs)
  const rows = claims.flatMap(({ key, token, starts, stalls }) => [key, token, starts, stalls])
  return queue.run<ClaimState[]>('pikku:renew', [lockMs ?? 0, ...rows])
}
