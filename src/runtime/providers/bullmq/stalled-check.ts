import type { Logger } from '../../types.ts'
import { messageOf } from '../../error-parts.ts'
import type { Queue } from './queues.ts'
import { toCallerId } from './ids.ts'

const everyMs = 5_000

/**
 * Two checks within this time are one: workers share the work, by a key that the first one sets. It
 * has to mean the same to all of them, so it is no option.
 */
export const stalledIntervalMs = 4_500

/**
 * Looks for jobs whose locks have lapsed, in the queues that this worker serves, and has them run
 * again. A job is found by the second look after its worker fell silent.
 */
export class StalledCheck {
  readonly #logger: Logger
  readonly #queues = new Set<Queue>()
  #timer: NodeJS.Timeout | undefined
  #checking: Promise<unknown> | undefined
  #stopped = false

  constructor(logger: Logger) {
    this.#logger = logger
  }

  /** The first look comes at once: a worker is often started because one died. */
  add(queue: Queue): void {
    this.#queues.add(queue)
    this.#schedule(0)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#checking
  }

  #schedule(afterMs: number): void {
    if (this.#stopped) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#checking = Promise.all([...this.#queues].map((queue) => this.#check(queue)))
      void this.#checking.finally(() => this.#schedule(everyMs))
    }, afterMs)
    this.#timer.unref()
  }

  async #check(queue: Queue): Promise<void> {
    if (!queue.link.healthy) return
    try {
      const keys = await queue.backend.moveStalledJobsToWait()
      for (const key of Array.isArray(keys) ? keys : []) {
        this.#logger.warn('a worker went silent while it ran a job', {
          queue: queue.name,
          jobId: toCallerId(String(key)),
        })
      }
    } catch (error) {
      this.#logger.debug('looking for crashed jobs failed', { reason: messageOf(error) })
    }
  }
}
