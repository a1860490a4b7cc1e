import { setTimeout as delay } from 'node:timers/promises'
import { errorCodes, PikkuQueueError } from '../../src/runtime/errors.ts'
import type { Span } from './evidence.ts'
import type { Client, Work } from './work.ts'

/** Jobs that are added at the same time. */
const width = 50
const pauseMs = 20
/** One in so many jobs fails for good. */
const diesEvery = 20

/** What a job does, without its number and what that decides. */
export type Task = Omit<Work, 'job' | 'dies'>

/**
 * Adds jobs and remembers which of them were answered for. One that was not is added again under its
 * id until it is; where the backend takes no ids, it is left: it may have been stored or not.
 */
export class Producer {
  /** The backend's id of each job whose add was answered. */
  readonly acknowledged = new Map<number, string>()
  /** When the adds of those were under way. */
  readonly adds = new Map<number, Span>()
  /** Adds that failed because the backend was away. */
  refused = 0
  readonly #client: Client
  readonly #queue: string
  readonly #takesIds: boolean
  #jobs = 0

  constructor(client: Client, queue: string, takesIds: boolean) {
    this.#client = client
    this.#queue = queue
    this.#takesIds = takesIds
  }

  /** Adds so many jobs, and returns their numbers. */
  async add(count: number, task: Task): Promise<number[]> {
    const jobs: number[] = []
    while (jobs.length < count) {
      const next = Array.from({ length: Math.min(width, count - jobs.length) }, () => task)
      jobs.push(...(await Promise.all(next.map((one) => this.#addOne(one)))))
    }
    return jobs
  }

  /** Adds jobs whenever they are wanted, until it is aborted. */
  async addWhile(wanted: () => boolean, nextTask: () => Task, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (wanted()) await Promise.all(Array.from({ length: 10 }, () => this.#addOne(nextTask())))
      else await delay(pauseMs)
    }
  }

  async #addOne(task: Task): Promise<number> {
    let job = (this.#jobs += 1)
    for (;;) {
      try {
        const options = this.#takesIds ? { jobId: `job-${job}` } : {}
        const work = { job, dies: job % diesEvery === 0, ...task }
        const from = Date.now()
        this.acknowledged.set(job, await this.#client.add(this.#queue, work, options))
        this.adds.set(job, { from, to: Date.now() })
        return job
      } catch (error) {
        if (!(error instanceof PikkuQueueError) || error.code !== errorCodes.unreachable)
          throw error
        this.refused += 1
        await delay(pauseMs)
        if (!this.#takesIds) job = this.#jobs += 1
      }
    }
  }
}
