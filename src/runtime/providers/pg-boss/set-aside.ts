import { messageOf } from '../../error-parts.ts'
import type { Logger } from '../../types.ts'
import type { Claim } from './claims.ts'

const firstPauseMs = 100
const longestPauseMs = 30_000
/** While the worker waits for it before it ends. */
const hurriedPauseMs = 1_000
/** Of each queue, at most once in this time. */
const tellAgainMs = 5_000

/**
 * Outcomes that PostgreSQL refuses, for as long as it does. Each is tried again at its own times, later
 * and later, and nothing else waits for it.
 */
export class SetAside<Item extends { claim: Claim; kind: string }> {
  readonly #logger: Logger
  readonly #tryAgain: (item: Item) => void
  readonly #timers = new Map<Item, NodeJS.Timeout>()
  readonly #refusals = new WeakMap<Item, number>()
  readonly #toldAt = new Map<string, number>()
  #longestPauseMs = longestPauseMs
  #stopped = false

  constructor(logger: Logger, tryAgain: (item: Item) => void) {
    this.#logger = logger
    this.#tryAgain = tryAgain
  }

  /** The item was refused (again). */
  add(item: Item, error: unknown): void {
    if (this.#stopped) return
    const refusals = (this.#refusals.get(item) ?? 0) + 1
    this.#refusals.set(item, refusals)
    this.#wait(item, Math.min(this.#longestPauseMs, firstPauseMs * 2 ** (refusals - 1)))
    this.#tell(item, refusals, error)
  }

  /** Tries all of them now, and from now on soon again. */
  hurry(): void {
    this.#longestPauseMs = hurriedPauseMs
    for (const [item, timer] of this.#timers) {
      clearTimeout(timer)
      this.#wait(item, 0)
    }
  }

  stop(): void {
    this.#stopped = true
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
  }

  #wait(item: Item, ms: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(item)
      this.#tryAgain(item)
    }, ms)
    this.#timers.set(item, timer)
  }

  #tell({ claim, kind }: Item, refusals: number, error: unknown): void {
    const now = performance.now()
    if (now - (this.#toldAt.get(claim.queue) ?? -Infinity) < tellAgainMs) return
    this.#toldAt.set(claim.queue, now)
    this.#logger.error('PostgreSQL refuses the outcome of a job; trying again', {
      queue: claim.queue,
      worker: claim.worker,
      jobId: claim.id,
      outcome: kind,
      refusals,
      refusedJobs: this.#timers.size,
      reason: messageOf(error),
    })
  }
}
