import type { Consumer } from '../provider.ts'
import type { Wiring } from '../registry.ts'
import type { Overviews } from './overviews.ts'
import type { RunningJobs } from './running-jobs.ts'

/** Less than this is no reason to restart a process. */
const shortestMs = 15_000
/** An overview that is older says nothing of now: the backend may be away. */
const oldestMs = 10_000

interface Watched {
  queue: string
  consumer: Consumer
  concurrency: number
  /** How long its answers may stand still. */
  limitMs: number
  answers: number | undefined
  /** When they were first seen to stand still though they should not. */
  stuckSince: number | undefined
}

/**
 * Tells which loops are wedged, from one look to the next: jobs wait, there is room for them, the backend is
 * there, and still the loop has not asked it for anything. Whoever is full, paused or cut off is not.
 */
export class WedgedQueues {
  readonly #watched: Watched[]
  readonly #overviews: Overviews
  readonly #running: RunningJobs

  constructor(
    wirings: readonly Wiring[],
    consumers: ReadonlyMap<string, Consumer>,
    { overviews, running }: { overviews: Overviews; running: RunningJobs },
  ) {
    this.#overviews = overviews
    this.#running = running
    this.#watched = wirings.flatMap(({ queue, config }) => {
      const consumer = consumers.get(queue)
      if (consumer?.answers === undefined) return []
      const askedEveryMs = Math.max(config.pollInterval, config.drainDelay * 1_000)
      const limitMs = Math.max(shortestMs, 2 * askedEveryMs)
      const { batchSize: concurrency } = config
      const nothingSeen = { answers: undefined, stuckSince: undefined }
      return [{ queue, consumer, concurrency, limitMs, ...nothingSeen }]
    })
  }

  /** Their names. Looks at the overviews as they are. */
  look(now = performance.now()): string[] {
    return this.#watched.filter((watched) => this.#isWedged(watched, now)).map(({ queue }) => queue)
  }

  #isWedged(watched: Watched, now: number): boolean {
    const { answers } = watched.consumer
    const standsStill = answers === watched.answers && this.#shouldFetch(watched, now)
    watched.answers = answers
    watched.stuckSince = standsStill ? (watched.stuckSince ?? now) : undefined
    return watched.stuckSince !== undefined && now - watched.stuckSince >= watched.limitMs
  }

  #shouldFetch({ queue, consumer, concurrency }: Watched, now: number): boolean {
    const overview = this.#overviews.get(queue)
    if (!overview || overview.paused || now - overview.askedAt > oldestMs) return false
    const waiting = overview.counts.waiting ?? 0
    return waiting > 0 && consumer.healthy && this.#running.on(queue) < concurrency
  }
}
