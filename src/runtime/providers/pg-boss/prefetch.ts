/** What a worker fetches ahead may wait about this long. */
const aheadMs = 250
export const mostAhead = 200
/** What a worker starts ahead of a free slot runs within this; a crash costs it an attempt. */
const soonMs = 10
/** Share of the newest duration in the running mean. */
const weight = 0.2

/**
 * How many jobs to fetch ahead of the running ones. Given: that many. Otherwise as many as would
 * run within a quarter of a second at the observed speed: none of slow jobs, which other workers may
 * have time for, and hundreds of quick ones, which would wait for the fetch.
 */
export class Prefetch {
  readonly #given: number | undefined
  readonly #concurrency: number
  #meanMs = Infinity

  constructor(given: number | undefined, concurrency: number) {
    this.#given = given
    this.#concurrency = concurrency
  }

  get adaptive(): boolean {
    return this.#given === undefined
  }

  get ahead(): number {
    if (this.#given !== undefined) return this.#given
    return Math.min(mostAhead, Math.floor((this.#concurrency * aheadMs) / this.#meanMs))
  }

  /** How many jobs to start, in the sense of a claim, ahead of the running ones. */
  get soon(): number {
    return Math.min(mostAhead, Math.floor((this.#concurrency * soonMs) / this.#meanMs))
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
