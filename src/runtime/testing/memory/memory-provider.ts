// Imported, it stays real where a test runner fakes the global one.
import { setImmediate } from 'node:timers/promises'
import type { Capabilities } from '../../capabilities.ts'
import { errorCodes, PikkuQueueError } from '../../errors.ts'
import type {
  ConsumeOptions,
  Consumer,
  Deliver,
  MoveResult,
  OutgoingJob,
  Page,
  PlaceJob,
  QueueDeclaration,
  QueueOverview,
  QueueProvider,
  SendResult,
  StoredJob,
} from '../../provider.ts'
import type { Transaction } from '../../transaction.ts'
import type { JobCounts, JobStatus } from '../../types.ts'
import { memoryCapabilities } from './capabilities.ts'
import { MemoryConsumer } from './memory-consumer.ts'
import { type MemoryJob, toStored } from './memory-job.ts'
import type { MemoryServer } from './memory-server.ts'

/** Jobs that run while those that added them wait. */
const mostNested = 1_000

/** A provider whose queues live in this process, and end with it. */
export class MemoryProvider implements QueueProvider {
  readonly name = 'memory'
  readonly address = 'this process'
  readonly capabilities: Capabilities
  readonly #server: MemoryServer
  readonly #role: 'worker' | 'producer'
  /** Jobs that are being run because they were added, until somebody waits for them. */
  readonly #inline = new Map<string, Promise<void>>()
  readonly #consumers: MemoryConsumer[] = []

  constructor(
    server: MemoryServer,
    role: 'worker' | 'producer',
    capabilities: Capabilities = memoryCapabilities,
  ) {
    this.capabilities = capabilities
    this.#server = server
    this.#role = role
  }

  open(queues: QueueDeclaration[]): Promise<void> {
    for (const declaration of queues) {
      this.#server.queue(declaration.name).declare(declaration, this.#role)
    }
    return Promise.resolve()
  }

  send(name: string, jobs: OutgoingJob[]): Promise<SendResult[]> {
    const queue = this.#server.queue(name)
    const tooDeep = this.#server.pace === 'inline' && this.#server.running.size >= mostNested
    if (tooDeep) return Promise.resolve(jobs.map(() => ({ error: nestedTooDeep(name) })))
    const stored = jobs.map((job) => queue.add(job))
    if (this.#server.pace === 'inline') this.#runInTurn(stored)
    else this.#server.pump(queue)
    return Promise.resolve(stored.map(({ job: { id } }) => ({ id })))
  }

  /** Stored at once, whatever becomes of the transaction. */
  sendIn(_tx: Transaction, queue: string, jobs: OutgoingJob[]): Promise<SendResult[]> {
    return this.send(queue, jobs)
  }

  async added(queue: string, id: string): Promise<void> {
    const key = keyOf(queue, id)
    const run = this.#inline.get(key)
    // Whoever asks next may be the job itself.
    this.#inline.delete(key)
    await run
  }

  consume(name: string, { concurrency }: ConsumeOptions, deliver: Deliver): Consumer {
    const queue = this.#server.queue(name)
    const consumer = new MemoryConsumer(this.#server, queue, concurrency, deliver)
    this.#consumers.push(consumer)
    this.#server.join(consumer)
    return consumer
  }

  find(queue: string, id: string): Promise<StoredJob | null> {
    const job = this.#server.queue(queue).find(id)
    return Promise.resolve(job ? toStored(job, this.#server.clock.now()) : null)
  }

  watch(queue: string, id: string, onChange: () => void): Promise<() => void> {
    return Promise.resolve(this.#server.queue(queue).watch(id, onChange))
  }

  remove(queue: string, id: string): Promise<boolean> {
    return Promise.resolve(this.#server.queue(queue).remove(id))
  }

  async retry(name: string, id: string): Promise<boolean> {
    const queue = this.#server.queue(name)
    const job = queue.renew(id)
    if (!job) return false
    if (this.#server.pace === 'inline') await this.#server.runToEnd(job)
    else this.#server.pump(queue)
    return true
  }

  counts(queue: string): Promise<JobCounts> {
    return Promise.resolve(this.#server.queue(queue).counts())
  }

  overview(name: string): Promise<QueueOverview> {
    const queue = this.#server.queue(name)
    const since = queue.oldestWaitingSince()
    return Promise.resolve({
      counts: queue.counts(),
      oldestWaitingSince: since === null ? null : new Date(since),
      paused: queue.paused,
    })
  }

  list(queue: string, status: JobStatus, page: Page): Promise<StoredJob[]> {
    const jobs = this.#server.queue(queue).list(status, page)
    return Promise.resolve(jobs.map((job) => toStored(job, this.#server.clock.now())))
  }

  pause(queue: string): Promise<void> {
    this.#server.queue(queue).paused = true
    return Promise.resolve()
  }

  resume(name: string): Promise<void> {
    const queue = this.#server.queue(name)
    queue.paused = false
    this.#server.pump(queue)
    return Promise.resolve()
  }

  drain(queue: string): Promise<number> {
    return Promise.resolve(this.#server.queue(queue).drain())
  }

  move(name: string, limit: number, place: PlaceJob): Promise<MoveResult> {
    const queue = this.#server.queue(name)
    const result = { moved: 0, left: 0 }
    for (const job of queue.list('waiting', { offset: 0, limit: Infinity })) {
      if (result.moved === limit) break
      const placed = place(toStored(job, this.#server.clock.now()))
      const target = placed && this.#server.queue(placed.queue)
      if (placed && target?.take(job, placed)) {
        queue.remove(job.id)
        result.moved += 1
        this.#server.pump(target)
      } else {
        result.left += 1
      }
    }
    return Promise.resolve(result)
  }

  async close(): Promise<void> {
    await Promise.all(this.#consumers.map((consumer) => consumer.settled()))
  }

  /** Jobs that are added together run one after the other, as those do whose adds are awaited. */
  #runInTurn(jobs: readonly { job: MemoryJob; isNew: boolean }[]): void {
    // Not at once: where jobs add others without waiting for them, the process has to get its turn.
    let last = setImmediate()
    for (const { job, isNew } of jobs) {
      if (!isNew) continue
      last = last.then(() => this.#server.runToEnd(job))
      this.#inline.set(keyOf(job.queueName, job.id), last)
    }
  }
}

function nestedTooDeep(queue: string): PikkuQueueError {
  return new PikkuQueueError(
    errorCodes.endlessJobs,
    `${mostNested} jobs are running one inside the other; the last was to be of queue "${queue}"`,
    { hint: "Does a function add jobs to its own queue? With mode: 'manual' it may." },
  )
}

const keyOf = (queue: string, id: string) => JSON.stringify([queue, id])
