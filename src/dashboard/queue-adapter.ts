import type {
  JobCleanStatus,
  JobCounts,
  JobStatus as BoardJobStatus,
  QueueDefaultJobOptions,
  QueueJob,
  QueueJobOptions,
  Status,
} from '@bull-board/api/typings/app'
import type { Page, QueueOverview, QueueProvider, StoredJob } from '../runtime/provider.ts'
import type { AddJob } from './add-job.ts'
import { BoardJob } from './board-job.ts'
import { PlainAdapter } from './plain-adapter.ts'
import type { BoardQueue } from './queues.ts'
import type { Redactor } from './redact.ts'
import { notHere, Refusal } from './refusal.ts'
import { allStatuses, boardStatuses, ourStatus, statusesOn } from './statuses.ts'

export interface AdapterOptions {
  queue: BoardQueue
  provider: QueueProvider
  redactor: Redactor
  add: AddJob
  readOnly: boolean
}

/** The board asks for the counts and whether the queue is paused at the same time. */
const overviewFreshMs = 250
const pageSize = 100

/** One queue of a provider, whichever it is, as the board sees it. */
export class QueueAdapter extends PlainAdapter {
  readonly #queue: BoardQueue
  readonly #provider: QueueProvider
  readonly #redactor: Redactor
  readonly #add: AddJob
  #overview: { asked: number; answer: Promise<QueueOverview> } | undefined

  constructor({ queue, provider, redactor, add, readOnly }: AdapterOptions) {
    super({
      readOnlyMode: readOnly,
      allowRetries: provider.capabilities.retry,
      description: queue.description,
      ...(queue.schema && { jobDataSchema: queue.schema }),
    })
    this.#queue = queue
    this.#provider = provider
    this.#redactor = redactor
    this.#add = add
  }

  getName(): string {
    return this.#queue.name
  }

  getJobStatuses(): BoardJobStatus[] {
    return statusesOn(this.#provider.capabilities)
  }

  getStatuses(): Status[] {
    return ['latest', ...this.getJobStatuses()]
  }

  override getQueueDefaultJobOptions(): QueueDefaultJobOptions {
    return { ...this.#queue.contract?.defaults }
  }

  async getJobCounts(): Promise<JobCounts> {
    const { counts } = await this.#look()
    const entries = allStatuses.map((it) => [boardStatuses[it], counts[it] ?? 0] as const)
    return Object.fromEntries(entries)
  }

  async isPaused(): Promise<boolean> {
    return (await this.#look()).paused
  }

  async getJob(id: string): Promise<QueueJob | null> {
    const job = await this.#provider.find?.(this.#queue.name, id)
    return job ? this.#show(job) : null
  }

  /** @param start of each status @param end the last one, which is part of it */
  async getJobs(statuses: BoardJobStatus[], start = 0, end = 19): Promise<QueueJob[]> {
    const page = { offset: start, limit: end - start + 1 }
    const lists = await Promise.all(statuses.map((status) => this.#list(status, page)))
    const jobs = lists.flat()
    // The view of all statuses: as it is called, the latest.
    if (statuses.length > 1) jobs.sort((a, b) => latest(b) - latest(a)).splice(page.limit)
    return jobs.map((job) => this.#show(job))
  }

  async addJob(_name: string, data: unknown, options: QueueJobOptions): Promise<QueueJob> {
    return this.#show(await this.#changing(this.#add(this.#queue, data, options)))
  }

  async pause(): Promise<void> {
    await this.#changing(this.#offered(this.#provider.pause?.(this.#queue.name), 'Pausing'))
  }

  async resume(): Promise<void> {
    await this.#changing(this.#offered(this.#provider.resume?.(this.#queue.name), 'Resuming'))
  }

  async empty(): Promise<void> {
    await this.#changing(this.#offered(this.#provider.drain?.(this.#queue.name), 'Emptying'))
  }

  /** Removes what has the status at this moment, but what is being worked on. */
  async clean(boardStatus: JobCleanStatus): Promise<void> {
    const status = ourStatus(boardStatus === 'wait' ? 'waiting' : boardStatus)
    if (status === undefined) throw notHere(`Removing ${boardStatus} jobs`)
    const { name } = this.#queue
    const { counts } = await this.#look()
    let kept = 0
    for (let left = counts[status] ?? 0; left > 0; left -= pageSize) {
      const jobs = await this.#list(boardStatuses[status], { offset: kept, limit: pageSize })
      const removed = jobs.map(({ id }) =>
        this.#offered(this.#provider.remove?.(name, id), 'Removing'),
      )
      kept += (await Promise.all(removed)).filter((isRemoved) => !isRemoved).length
    }
    this.#overview = undefined
  }

  #look(): Promise<QueueOverview> {
    const now = performance.now()
    if (!this.#overview || now - this.#overview.asked > overviewFreshMs) {
      const answer = this.#offered(this.#provider.overview?.(this.#queue.name), 'Counting')
      this.#overview = { asked: now, answer }
    }
    return this.#overview.answer
  }

  async #list(boardStatus: BoardJobStatus, page: Page): Promise<StoredJob[]> {
    const status = ourStatus(boardStatus)
    if (status === undefined) return []
    return (await this.#provider.list?.(this.#queue.name, status, page)) ?? []
  }

  #show(job: StoredJob): BoardJob {
    return new BoardJob(job, this.#provider, this.#redactor)
  }

  async #changing<Result>(change: Promise<Result>): Promise<Result> {
    try {
      return await change
    } finally {
      this.#overview = undefined
    }
  }

  /** What the provider answers, if it has such a method at all. */
  #offered<Answer>(answer: Promise<Answer> | undefined, what: string): Promise<Answer> {
    const { label } = this.#provider.capabilities
    return answer ?? Promise.reject(new Refusal(405, `${what} is not supported on ${label}.`))
  }
}

/** When something last happened to the job. */
const latest = ({ finishedAt, startedAt, createdAt }: StoredJob): number =>
  (finishedAt ?? startedAt ?? createdAt).getTime()
