/** What a worker fetches ahead may wait about this long. */
const aheadMs = 250
/** Share of the newest duration in the running mean. */
const weight = 0.2

/**
 * How many jobs to fetch ahead of the running ones. Given: that many. Otherwise as many as would
 * run within a quarter of a second at the observed speed: none of slow jobs, which other workers may
 * have time for, and many of quick ones, which would wait for the fetch.
 */
export class Prefetch {
  readonly #given: number | undefined
  readonly #concurrency: number
  readonly #most: number
  #meanMs = Infinity

  /** @param most by itself, however quick the jobs are. */
  constructor(given: number | undefined, concurrency: number, most: number) {
    this.#given = given
    this.#concurrency = concurrency
    this.#most = most
  }

  get adaptive(): boolean {
    return this.#given === undefined
  }

  get ahead(): number {
    return this.#given ?? this.within(aheadMs)
  }

  /** How many would run within so many milliseconds at the observed speed. */
  within(ms: number): number {
    return Math.min(this.#most, Math.floor((this.#concurrency * ms) / this.#meanMs))
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
