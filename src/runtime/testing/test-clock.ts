import { type Clock, systemClock } from '../clock.ts'

interface Timer {
  at: number
  callback: () => void
}

/** A clock that stands still until it is told to go on. */
export class TestClock implements Clock {
  readonly #timers = new Set<Timer>()
  #now: number

  constructor(now: number) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + ms, callback }
    this.#timers.add(timer)
    return () => {
      this.#timers.delete(timer)
    }
  }

  /** Goes on to the next time at which it calls back, if that comes until then; else right there. */
  step(until: number): 'called back' | 'arrived' {
    const at = Math.min(...[...this.#timers].map((timer) => timer.at))
    this.#now = Math.max(this.#now, Math.min(at, until))
    if (at > until) return 'arrived'
    for (const timer of [...this.#timers].filter((other) => other.at <= at)) {
      // One may call off another.
      if (this.#timers.delete(timer)) timer.callback()
    }
    return 'called back'
  }

  /** The same clock, but for callbacks that come in real time where that is sooner. */
  readonly orRealTime: Clock = {
    now: () => this.#now,
    after: (ms, callback) => {
      const first = () => {
        cancel()
        callback()
      }
      const cancels = [this, systemClock].map((clock) => clock.after(ms, first))
      const cancel = () => {
        for (const one of cancels) one()
      }
      return cancel
    },
  }
}
