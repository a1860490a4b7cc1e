// Imported, it stays real where a test runner fakes the global one.
import { setImmediate } from 'node:timers/promises'
import { errorCodes, PikkuQueueError } from '../errors.ts'
import type { MemoryServer } from './memory/memory-server.ts'
import type { TestClock } from './test-clock.ts'

/** More than any test has run, and few enough to come to an end within seconds. */
const mostAtOnce = 10_000

/** Has a server's jobs run when it is told to, and moves its clock. */
export class Stepper {
  readonly #server: MemoryServer
  readonly #clock: TestClock

  constructor(server: MemoryServer, clock: TestClock) {
    this.#server = server
    this.#clock = clock
  }

  /** Runs what is due, and what that adds, and waits for all that is running. */
  drain(): Promise<void> {
    return this.#server.flow(this.#settling())
  }

  /**
   * Runs what is due, moves on to the next time at which something is, and so on until so many
   * milliseconds have passed. Waits for what it has begun: only time can end what ran before.
   */
  advance(ms: number): Promise<void> {
    const until = this.#clock.now() + ms
    const settled = this.#settling(new Set(this.#server.running))
    return this.#server.flow(async () => {
      do {
        // What was called back may have to be settled before anything begins.
        await setImmediate()
        await settled()
      } while (this.#clock.step(until) === 'called back')
    })
  }

  /** Resolves when nothing runs but the given. */
  #settling(besides: ReadonlySet<Promise<void>> = new Set()): () => Promise<void> {
    const limit = this.#server.begun + mostAtOnce
    return async () => {
      for (;;) {
        const running = [...this.#server.running].filter((run) => !besides.has(run))
        if (running.length === 0) return
        if (this.#server.begun > limit) throw endlessJobs()
        await Promise.race(running)
      }
    }
  }
}

export function endlessJobs(): PikkuQueueError {
  return new PikkuQueueError(
    errorCodes.endlessJobs,
    `${mostAtOnce} jobs have run at once, and there are still more`,
    {
      hint: 'Does each of them add the next? Have it wait, with a delay, and advance to it.',
    },
  )
}
