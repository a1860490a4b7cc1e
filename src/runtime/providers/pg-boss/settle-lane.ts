import { setTimeout as delay } from 'node:timers/promises'

const firstRetryMs = 50
const longestRetryMs = 2_000

/**
 * One flush at a time: while it is under way, the next gathers. What fails is tried again, slower and
 * slower, until it succeeds.
 */
export class SettleLane<Item> {
  /** Carries items out; resolves to those that have to be tried again. Never rejects. */
  readonly #flush: (items: Item[]) => Promise<Item[]>
  /** After each flush. `failed`: this was the first in a row to fail. */
  readonly #onFlushed: (failed: boolean) => void
  #pending: Item[] = []
  #running = false
  #retryMs = 0
  #stopped = false

  constructor(flush: (items: Item[]) => Promise<Item[]>, onFlushed: (failed: boolean) => void) {
    this.#flush = flush
    this.#onFlushed = onFlushed
  }

  /** The last flush failed. */
  get stuck(): boolean {
    return this.#retryMs > 0
  }

  add(item: Item): void {
    this.#pending.push(item)
    if (!this.#running) void this.#run()
  }

  /** Gives up on what is left. */
  stop(): void {
    this.#stopped = true
  }

  async #run(): Promise<void> {
    this.#running = true
    // Whatever ends in this turn of the event loop goes into the first statement together.
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#pending.length > 0 && !this.#stopped) {
      const failed = await this.#flush(this.#pending.splice(0))
      const wasStuck = this.stuck
      this.#retryMs =
        failed.length === 0 ? 0 : Math.min(longestRetryMs, this.#retryMs * 2 || firstRetryMs)
      this.#pending = [...failed, ...this.#pending]
      this.#onFlushed(this.stuck && !wasStuck)
      if (this.stuck) await delay(this.#retryMs)
    }
    this.#running = false
  }
}
