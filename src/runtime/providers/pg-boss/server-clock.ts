/**
 * The database's clock, as far as this process can tell: never ahead of it by more than a moment.
 * Starts of attempts are named by its time, and named here, so that a statement whose reply was lost
 * can be asked again for what it did.
 */
export class ServerClock {
  #aheadMs = 0
  #last = 0

  /** `serverMs`: the database's time in Unix milliseconds, just received. */
  set(serverMs: number): void {
    this.#aheadMs = serverMs - Date.now()
  }

  /** The time now, to the microsecond; another one at each call, and none before `earliest`. */
  next(earliest?: Date): string {
    const now = Math.max(Date.now() + this.#aheadMs, earliest?.getTime() ?? 0)
    this.#last = Math.max(Math.floor(now * 1000), this.#last + 1)
    const toTheMillisecond = new Date(Math.floor(this.#last / 1000)).toISOString().slice(0, -1)
    return `${toTheMillisecond}${String(this.#last % 1000).padStart(3, '0')}Z`
  }
}
