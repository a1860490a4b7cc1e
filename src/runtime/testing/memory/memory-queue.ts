import { randomUUID } from 'node:crypto'
import { defaultAttempts } from '../../defaults.ts'
import type { Clock } from '../../clock.ts'
import type { OutgoingJob, Outcome, Page, PlacedJob, QueueDeclaration } from '../../provider.ts'
import type { JobCounts, JobError, JobStatus, JsonValue } from '../../types.ts'
import {
  type Ended,
  isPending,
  type MemoryJob,
  type NewJob,
  newJob,
  toStored,
} from './memory-job.ts'

type Settings = Pick<
  QueueDeclaration,
  'attempts' | 'deadLetterQueue' | 'keepCompleted' | 'keepFailed'
>

/** For a dead letter queue that nobody declared. */
const undeclared: Settings = { attempts: defaultAttempts, keepCompleted: 1000, keepFailed: 5000 }

/** The jobs of one queue, in the order in which they were added. */
export class MemoryQueue {
  readonly name: string
  readonly #clock: Clock
  readonly #jobs = new Map<string, MemoryJob>()
  /** Those that have not ended. */
  readonly #open = new Set<MemoryJob>()
  /** Those that have, in the order in which they did; among the failed are the discarded. */
  readonly #completed = new Set<MemoryJob>()
  readonly #failed = new Set<MemoryJob>()
  readonly #watchers = new Map<string, Set<() => void>>()
  /** Nothing is due as long as it is. */
  paused = false
  #settings = undeclared
  #isDeclared = false

  constructor(name: string, clock: Clock) {
    this.name = name
    this.#clock = clock
  }

  /** A producer knows less than the worker that runs the queue: it only declares what nobody has. */
  declare(settings: Settings, role: 'worker' | 'producer'): void {
    if (role === 'producer' && this.#isDeclared) return
    this.#settings = settings
    this.#isDeclared = true
  }

  get deadLetterQueue(): string | undefined {
    return this.#settings.deadLetterQueue
  }

  get jobs(): MemoryJob[] {
    return [...this.#jobs.values()]
  }

  find(id: string): MemoryJob | undefined {
    return this.#jobs.get(id)
  }

  /** Stores the job, unless there is one of its id already. */
  add({ id = randomUUID(), data, delayMs, ...job }: OutgoingJob): {
    job: MemoryJob
    isNew: boolean
  } {
    const existing = this.#jobs.get(id)
    if (existing) return { job: existing, isNew: false }
    const stored = this.#store({
      ...{ id, data: JSON.stringify(data), delayMs, origin: null },
      ...{ priority: job.priority, maxAttempts: job.attempts, group: job.group },
    })
    return { job: stored, isNew: true }
  }

  /** Stores a job that failed for good elsewhere as a new one of this queue. */
  addLetter({ id: jobId, queueName, data, attemptsMade }: MemoryJob, error: JobError): MemoryJob {
    return this.#store({
      ...{ id: randomUUID(), data, delayMs: 0, priority: 0, group: undefined },
      maxAttempts: this.#settings.attempts,
      origin: { queueName, jobId, attemptsMade, error },
    })
  }

  /** The job to run next: of those that are due the one with the highest priority, then the oldest. */
  nextDue(now: number): MemoryJob | undefined {
    if (this.paused) return undefined
    const begunGroups = new Set<string>()
    let next: MemoryJob | undefined
    for (const job of this.#open) {
      const isFirst = job.group === undefined || !begunGroups.has(job.group)
      if (job.group !== undefined) begunGroups.add(job.group)
      if (!isFirst || !isPending(job) || job.dueAt > now) continue
      if (!next || job.priority > next.priority) next = job
    }
    return next
  }

  /** When the next job that is not due yet will be; Infinity for never. */
  nextDueAt(now: number): number {
    let next = Infinity
    if (this.paused) return next
    for (const job of this.#open) {
      if (isPending(job) && job.dueAt > now) next = Math.min(next, job.dueAt)
    }
    return next
  }

  /** An attempt of the job begins. */
  begin(job: MemoryJob): void {
    job.state = 'active'
    job.attemptsMade += 1
    job.startedAt = this.#clock.now()
    this.#changed(job)
  }

  setProgress(job: MemoryJob, progress: JsonValue): void {
    job.progress = JSON.stringify(progress)
    this.#changed(job)
  }

  /** The job's attempt has ended. What becomes a dead letter has to be one already. */
  settle(job: MemoryJob, outcome: Outcome): void {
    const now = this.#clock.now()
    switch (outcome.type) {
      case 'done':
        job.result = JSON.stringify(outcome.result)
        this.#end(job, 'completed', null)
        return
      case 'dead':
        this.#end(job, 'failed', outcome.error)
        return
      case 'discarded':
        this.#end(job, 'discarded', outcome.error)
        return
      case 'retry':
        job.error = outcome.error
        break
      case 'released':
        job.attemptsMade -= 1
        break
    }
    job.state = 'pending'
    job.dueAt = now + outcome.delayMs
    this.#changed(job)
  }

  /** False when there is no such job, or it is active. */
  remove(id: string): boolean {
    const job = this.#jobs.get(id)
    if (!job || job.state === 'active') return false
    this.#forget(job)
    this.#changed(job)
    return true
  }

  /** The job, waiting again with its attempts counted anew; undefined when it has not failed. */
  renew(id: string): MemoryJob | undefined {
    const job = this.#jobs.get(id)
    if (job?.state !== 'failed' && job?.state !== 'discarded') return undefined
    Object.assign(job, {
      ...{ state: 'pending', dueAt: this.#clock.now(), attemptsMade: 0 },
      ...{ progress: 'null', error: null, startedAt: null, finishedAt: null },
    } satisfies Partial<MemoryJob>)
    this.#failed.delete(job)
    this.#open.add(job)
    this.#changed(job)
    return job
  }

  counts(): JobCounts {
    const counts: JobCounts = {
      ...{ waiting: 0, delayed: 0, active: 0 },
      ...{ completed: 0, failed: 0, discarded: 0 },
    }
    for (const job of this.#jobs.values()) counts[toStored(job, this.#clock.now()).status] += 1
    return counts
  }

  /** Those that wait in the order in which they will run, finished ones newest first. */
  list(status: JobStatus, { offset, limit }: Page): MemoryJob[] {
    const now = this.#clock.now()
    const jobs = this.#inOrder(status).filter((job) => toStored(job, now).status === status)
    return jobs.slice(offset, offset + limit)
  }

  #inOrder(status: JobStatus): MemoryJob[] {
    switch (status) {
      case 'waiting':
        return [...this.#open].sort((one, other) => other.priority - one.priority)
      case 'delayed':
        return [...this.#open].sort((one, other) => one.dueAt - other.dueAt)
      case 'active':
        return [...this.#open]
      case 'completed':
        return [...this.#completed].reverse()
      case 'failed':
      case 'discarded':
        return [...this.#failed].reverse()
    }
  }

  /** Since when the job has been waiting that has done so for longest; null when none waits. */
  oldestWaitingSince(): number | null {
    const times = this.list('waiting', { offset: 0, limit: Infinity }).map(({ dueAt }) => dueAt)
    return times.length === 0 ? null : Math.min(...times)
  }

  /** Removes what has not begun. Returns how many that were. */
  drain(): number {
    const pending = [...this.#open].filter(isPending)
    for (const { id } of pending) this.remove(id)
    return pending.length
  }

  /** Stores a job of another queue as a new one, unless there is one of its id already. */
  take({ data, ...job }: MemoryJob, { id, attempts, data: newData }: PlacedJob): boolean {
    if (this.#jobs.has(id)) return false
    this.#store({
      ...{ id, delayMs: 0, priority: 0, group: job.group, maxAttempts: attempts, origin: null },
      data: newData === undefined ? data : JSON.stringify(newData),
    })
    return true
  }

  watch(id: string, onChange: () => void): () => void {
    const watchers = this.#watchers.get(id) ?? new Set()
    this.#watchers.set(id, watchers.add(onChange))
    return () => {
      watchers.delete(onChange)
    }
  }

  #store({
    delayMs,
    ...job
  }: Omit<NewJob, 'queueName' | 'createdAt' | 'dueAt'> & { delayMs: number }) {
    const now = this.#clock.now()
    const stored = newJob({ ...job, queueName: this.name, createdAt: now, dueAt: now + delayMs })
    this.#jobs.set(job.id, stored)
    this.#open.add(stored)
    return stored
  }

  #end(job: MemoryJob, state: Ended, error: JobError | null): void {
    job.state = state
    job.error = error
    job.finishedAt = this.#clock.now()
    this.#open.delete(job)
    this.#changed(job)
    if (state === 'completed') this.#trim(this.#completed.add(job), this.#settings.keepCompleted)
    else this.#trim(this.#failed.add(job), this.#settings.keepFailed)
  }

  /** Forgets the finished jobs that are more than the queue keeps, the oldest first. */
  #trim(ended: ReadonlySet<MemoryJob>, keep: number): void {
    for (const job of ended) {
      if (ended.size <= keep) return
      this.#forget(job)
    }
  }

  #forget(job: MemoryJob): void {
    this.#jobs.delete(job.id)
    for (const jobs of [this.#open, this.#completed, this.#failed]) jobs.delete(job)
  }

  #changed({ id }: MemoryJob): void {
    for (const onChange of this.#watchers.get(id) ?? []) onChange()
  }
}
