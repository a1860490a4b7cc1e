import type { Cluster, Redis } from 'ioredis'
import type { Link } from './link.ts'

/** Longer than the longest wait, so that only a dead connection is taken for one. */
const graceMs = 10_000

/**
 * Waits for a queue's jobs on a connection of its own, as BullMQ's workers do: a marker stands where
 * there is something to fetch, and who takes it looks.
 */
export class Waiter {
  readonly #link: Link
  readonly #redis: Redis | Cluster
  readonly #marker: string
  readonly #longestS: number
  readonly #unsubscribe: () => void
  #waiting = false
  #closed = false

  /** @param longestS seconds of one wait, more than 0. */
  constructor(link: Link, options: { marker: string; name: string; longestS: number }) {
    this.#link = link
    this.#marker = options.marker
    this.#longestS = options.longestS
    this.#redis = link.dedicated(options.name, options.longestS * 1_000 + graceMs)
    // A wait on a connection that died without a word would last much longer than the outage.
    this.#unsubscribe = link.onAway(() => {
      if (this.#redis.status === 'ready') this.#redis.disconnect(true)
    })
  }

  /**
   * Resolves when there may be a job to fetch, or `longestS` have passed; to the time at which one
   * will be due, if it is only that.
   * @param dueAt when the next job is known to be due, in Unix milliseconds; 0 for none.
   * @throws Error when the connection is lost, or cannot be made.
   */
  async wait(dueAt: number): Promise<number> {
    if (this.#redis.status === 'wait') await this.#redis.connect()
    if (this.#closed) return 0
    const dueInS = dueAt > 0 ? (dueAt - Date.now()) / 1_000 : Infinity
    if (dueInS <= 0) return 0
    this.#waiting = true
    try {
      // Redis before 7.0.8 takes a wait of less than two milliseconds for one without end.
      const seconds = Math.max(0.002, Math.min(dueInS, this.#longestS))
      const marker = await this.#redis.bzpopmin(this.#marker, seconds)
      const nextAt = Number(marker?.[2] ?? 0)
      return nextAt > Date.now() ? nextAt : 0
    } finally {
      this.#waiting = false
    }
  }

  /** Ends a wait. It may have taken a marker: another worker gets it. */
  async close(): Promise<void> {
    const interrupted = this.#waiting
    this.#closed = true
    this.#unsubscribe()
    this.#redis.disconnect()
    if (interrupted && this.#link.healthy) await this.#link.redis.zadd(this.#marker, 0, '0')
  }
}
