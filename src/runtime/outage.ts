import { errorCodes, PikkuQueueError } from './errors.ts'

const firstPauseMs = 100
const longestPauseMs = 2_000

/** Has all who find the server away ask again at the same time, later and later. */
export class Outage {
  #tries = 0
  #nextAt = 0

  /** Milliseconds until the next try, which is one for all who ask before it. */
  pauseMs(): number {
    const now = performance.now()
    if (now >= this.#nextAt) {
      this.#nextAt = now + Math.min(longestPauseMs, firstPauseMs * 2 ** this.#tries)
      this.#tries += 1
    }
    return this.#nextAt - now
  }

  /** The server has answered. */
  over(): void {
    this.#tries = 0
  }
}

/** Of every provider: the server is not there, now. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof PikkuQueueError && error.code === errorCodes.unreachable
}
