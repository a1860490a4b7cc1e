/** Clocks that are set right by the network drift apart by less than this, in milliseconds per millisecond. */
const drift = 1e-4
/** No answer is early by more than this, unless the server's clock was set back. */
const setBackMs = 100

/**
 * The database's clock, as far as this process can tell: never ahead of it by more than a moment.
 * Starts of attempts are named by its time, and named here, so that a statement whose reply was lost
 * can be asked again for what it did.
 */
export class ServerClock {
  /** The server's time, less ours that nobody can set. */
  #aheadMs = -Infinity
  #setAt = 0
  #last = 0

  /**
   * `serverMs`: the database's time in Unix milliseconds, just received. Each answer is late by its way,
   * so the one that was least so tells the time best.
   */
  set(serverMs: number): void {
    const now = performance.now()
    const aheadMs = serverMs - now
    const best = this.#aheadMs - (now - this.#setAt) * drift
    this.#aheadMs = best - aheadMs > setBackMs ? aheadMs : Math.max(best, aheadMs)
    this.#setAt = now
  }

  /** The time now, to the microsecond; another one at each call, and none before `earliest`. */
  next(earliest?: Date): string {
    const now = Math.max(performance.now() + this.#aheadMs, earliest?.getTime() ?? 0)
    this.#last = Math.max(Math.floor(now * 1000), this.#last + 1)
    const toTheMillisecond = new Date(Math.floor(this.#last / 1000)).toISOString().slice(0, -1)
    return `${toTheMillisecond}${String(this.#last % 1000).padStart(3, '0')}Z`
  }
}
