/** What a worker receives ahead may wait about this long. */
const aheadMs = 250
/** A crash costs each of them an attempt, and giving them back costs two calls. */
const mostAhead = 40
/** Share of the newest duration in the running mean. */
const weight = 0.2

/**
 * How many jobs to receive ahead of the running ones. Given: that many. Otherwise as many as would run
 * within a quarter of a second at the observed speed: none of slow jobs, which other workers may have
 * time for, and a few dozens of quick ones, which would wait for the receive.
 */
export class Prefetch {
  readonly adaptive: boolean
  readonly #given: number
  readonly #concurrency: number
  #meanMs = Infinity

  /** @param isFifo a job that waits holds up its group, so none is received ahead unless asked for. */
  constructor(given: number | undefined, concurrency: number, isFifo: boolean) {
    this.adaptive = given === undefined && !isFifo
    this.#given = given ?? 0
    this.#concurrency = concurrency
  }

  get ahead(): number {
    if (!this.adaptive) return this.#given
    return Math.min(mostAhead, Math.floor((this.#concurrency * aheadMs) / this.#meanMs))
  }

  observe(durationMs: number): void {
    this.#meanMs =
      this.#meanMs === Infinity ? durationMs : this.#meanMs + weight * (durationMs - this.#meanMs)
  }

  /** The running jobs are slower than what was measured: start anew. */
  forget(): void {
    this.#meanMs = Infinity
  }
}
