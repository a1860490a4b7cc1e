import type { JobState, QueueJob, QueueJobJson } from '@bull-board/api/typings/app'
import type { QueueProvider, StoredJob } from '../runtime/provider.ts'
import { jobJson } from './job-json.ts'
import type { Redactor } from './redact.ts'
import { notHere, Refusal } from './refusal.ts'
import { boardStatuses } from './statuses.ts'

/** A job as the board asks and commands it. */
export class BoardJob implements QueueJob {
  readonly id: string
  readonly opts: { delay?: number | undefined }
  readonly #job: StoredJob
  readonly #provider: QueueProvider
  readonly #redactor: Redactor

  constructor(job: StoredJob, provider: QueueProvider, redactor: Redactor) {
    this.id = job.id
    this.opts = {}
    this.#job = job
    this.#provider = provider
    this.#redactor = redactor
  }

  toJSON(): QueueJobJson {
    return jobJson(this.#job, this.#redactor)
  }

  getState(): Promise<JobState> {
    return Promise.resolve(boardStatuses[this.#job.status])
  }

  async retry(): Promise<void> {
    const isDone = await this.#provider.retry?.(this.#job.queueName, this.id)
    if (!isDone) throw new Refusal(409, `Job ${this.id} is not failed or discarded any more.`)
  }

  /**
   * The board retries failed jobs alone. At the place of the discarded (see statuses.ts) it offers this
   * instead, for jobs that have any, and labels.ts calls it what it does here.
   */
  removeUnprocessedChildren(): Promise<void> {
    return this.retry()
  }

  getDependenciesCount(): Promise<{ unprocessed: number }> {
    return Promise.resolve({ unprocessed: 1 })
  }

  async remove(): Promise<void> {
    const isDone = await this.#provider.remove?.(this.#job.queueName, this.id)
    if (!isDone) throw new Refusal(409, `Job ${this.id} is being worked on, or gone.`)
  }

  promote(): Promise<void> {
    return Promise.reject(notHere('Running a delayed job early'))
  }

  /** What is shown may be without what is sensitive, and must not take the place of what is stored. */
  updateData(): Promise<void> {
    return Promise.reject(notHere('Changing the data of a job'))
  }
}
