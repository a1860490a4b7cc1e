import type { QueueOverview, QueueProvider } from '../provider.ts'
import { within } from '../within.ts'

/**
 * What a probe or a scrape waits for the backend at most. Kubernetes takes a worker for dead that has not
 * answered in a second, unless it is told otherwise, and a backend that hangs must not have it restarted.
 */
const patienceMs = 500
/** Questions that are under way at the same time. */
const mostAtOnce = 4

export interface KnownOverview extends QueueOverview {
  /** On the clock of `performance.now()`. */
  askedAt: number
}

/**
 * The queues' numbers, asked for when somebody wants to know and at most every few seconds, however many
 * ask. While the backend does not answer, what it said last is what is known.
 */
export class Overviews {
  readonly #provider: QueueProvider
  readonly #queues: readonly string[]
  readonly #freshMs: number
  readonly #known = new Map<string, KnownOverview>()
  #asking: Promise<unknown> | undefined
  #askedAt = -Infinity

  constructor(provider: QueueProvider, queues: readonly string[], freshMs = 3_000) {
    this.#provider = provider
    this.#queues = queues
    this.#freshMs = freshMs
  }

  /** Resolves, within half a second, when they are as fresh as they get. Never rejects. */
  async refresh(): Promise<void> {
    if (!this.#asking) {
      if (performance.now() - this.#askedAt < this.#freshMs) return
      this.#askedAt = performance.now()
      this.#asking = this.#askAll().finally(() => {
        this.#asking = undefined
      })
    }
    await within(this.#asking, patienceMs)
  }

  get(queue: string): KnownOverview | undefined {
    return this.#known.get(queue)
  }

  async #askAll(): Promise<void> {
    const left = [...this.#queues]
    const askOneByOne = async () => {
      for (let queue = left.shift(); queue !== undefined; queue = left.shift()) {
        await this.#ask(queue)
      }
    }
    await Promise.all(Array.from({ length: mostAtOnce }, askOneByOne))
  }

  async #ask(queue: string): Promise<void> {
    const askedAt = performance.now()
    try {
      const overview = await this.#provider.overview?.(queue)
      if (overview) this.#known.set(queue, { ...overview, askedAt })
    } catch {
      // Readiness tells of a backend that is away.
    }
  }
}
