import type { Clock } from '../../clock.ts'
import type { MemoryJob } from './memory-job.ts'
import { MemoryQueue } from './memory-queue.ts'

/**
 * When jobs are run. `live`: as soon as they are due, like on any backend. `manual`: while somebody has
 * them run. `inline`: to their end when they are added.
 */
export type Pace = 'live' | 'manual' | 'inline'

/** Who works on a queue. */
export interface Hand {
  readonly queue: MemoryQueue
  /** Begins what is due. */
  pump(): void
  /** Runs a job, and what it leads to, until nothing of it is left to run. */
  runToEnd(job: MemoryJob): Promise<void>
}

/** The queues that workers and clients of one process share. */
export class MemoryServer {
  readonly clock: Clock
  readonly pace: Pace
  /** Runs under way. */
  readonly running = new Set<Promise<void>>()
  /** How many attempts have begun. */
  begun = 0
  readonly #queues = new Map<string, MemoryQueue>()
  readonly #hands = new Set<Hand>()
  #flows = 0

  constructor(clock: Clock, pace: Pace) {
    this.clock = clock
    this.pace = pace
  }

  get queues(): MemoryQueue[] {
    return [...this.#queues.values()]
  }

  queue(name: string): MemoryQueue {
    let queue = this.#queues.get(name)
    if (!queue) {
      queue = new MemoryQueue(name, this.clock)
      this.#queues.set(name, queue)
    }
    return queue
  }

  join(hand: Hand): void {
    this.#hands.add(hand)
    hand.pump()
  }

  leave(hand: Hand): void {
    this.#hands.delete(hand)
  }

  /** May jobs begin that nobody has named? */
  get mayBegin(): boolean {
    return this.pace === 'live' || this.#flows > 0
  }

  /** Has jobs run, beginning with those that are due, for as long as the work takes. */
  async flow<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#flows += 1
    try {
      this.pump()
      return await work()
    } finally {
      this.#flows -= 1
    }
  }

  /** Every queue's turn, or one queue's. */
  pump(queue?: MemoryQueue): void {
    for (const hand of this.#hands) {
      if (!queue || hand.queue === queue) hand.pump()
    }
  }

  /** Runs a job to its end at once, if anybody works on its queue. */
  async runToEnd(job: MemoryJob): Promise<void> {
    const hand = [...this.#hands].find(({ queue }) => queue.name === job.queueName)
    if (hand) await this.track(hand.runToEnd(job))
  }

  track(run: Promise<void>): Promise<void> {
    const tracked = run.finally(() => this.running.delete(tracked))
    this.running.add(tracked)
    return tracked
  }
}
