import type { Contracts, QueueContract } from './contract.ts'
import { declareContracts } from './declare-queues.ts'
import { unwrap, wrap } from './envelope.ts'
import {
  errorCodes,
  JobDiscardedError,
  JobFailedError,
  PikkuQueueError,
  ValidationError,
  WaitTimeoutError,
} from './errors.ts'
import { follow, notSupported } from './follow.ts'
import { resolveJobOptions } from './job-options.ts'
import { type JobEvent, jobEvents } from './job-events.ts'
import { createPayloads, type Payloads } from './payload.ts'
import type { OutgoingJob, QueueProvider, StoredJob } from './provider.ts'
import { SendBatcher } from './send-batcher.ts'
import type { Job, JobCounts, JobOptions } from './types.ts'

/** The shape of the generated `Queues`: each queue's payload and result. */
export type QueueMap<Queues> = { [Name in keyof Queues]: { input: unknown; output: unknown } }

type Name<Queues> = keyof Queues & string

/** A job's payload may be left out where its type is `void` or `undefined`. */
export type AddArguments<Input> = undefined extends Input
  ? [data?: Input, options?: JobOptions | undefined]
  : [data: Input, options?: JobOptions | undefined]

export type BulkJob<Input> = { data: Input; options?: JobOptions | undefined }

export interface WaitOptions {
  /** Milliseconds to wait at most; Infinity for as long as it takes. Default 60000. */
  timeout?: number | undefined
  signal?: AbortSignal | undefined
}

/**
 * Adds jobs and follows them. The generated client subclasses it with the project's queues; connects
 * when first used.
 */
export class QueueClient<Queues extends QueueMap<Queues>> {
  readonly #provider: QueueProvider
  readonly #contracts: Contracts
  readonly #payloads: Payloads
  readonly #batchers = new Map<string, SendBatcher>()
  #opening: Promise<void> | undefined
  #closing: Promise<void> | undefined

  constructor(service: QueueProvider, contracts: Contracts) {
    this.#provider = service
    this.#contracts = contracts
    this.#payloads = createPayloads(contracts)
  }

  /**
   * Adds a job and resolves with its id once it is stored. Adds made at the same time are stored
   * together.
   * @throws ValidationError (PKQ401) when the payload does not fit its type; nothing is sent then.
   * @throws PikkuQueueError for an unknown queue, an invalid option, an unreachable backend.
   */
  async add<Q extends Name<Queues>>(
    queue: Q,
    ...[data, options = {}]: AddArguments<Queues[Q]['input']>
  ): Promise<string> {
    const job = this.#outgoing(queue, data, options)
    await this.#open()
    return this.#batcher(queue).add(job)
  }

  /**
   * Adds many jobs in one call, in order, and resolves with their ids in the same order. Every
   * payload is checked before the first is sent.
   * @throws as `add`; jobs before the one that could not be stored may have been.
   */
  async addBulk<Q extends Name<Queues>>(
    queue: Q,
    jobs: readonly BulkJob<Queues[Q]['input']>[],
  ): Promise<string[]> {
    const outgoing = jobs.map(({ data, options }) => this.#outgoing(queue, data, options ?? {}))
    await this.#open()
    return Promise.all(outgoing.map((job) => this.#batcher(queue).add(job)))
  }

  /** The job as it stands, or null when the queue has none of that id. */
  async getJob<Q extends Name<Queues>>(
    queue: Q,
    id: string,
  ): Promise<Job<Queues[Q]['input'], Queues[Q]['output']> | null> {
    contractOf(queue, this.#contracts)
    if (!this.#provider.find) throw notSupported(this.#provider, 'looking up a job')
    await this.#open()
    const stored = await this.#provider.find(queue, id)
    return stored && this.#view<Q>(stored)
  }

  /**
   * Resolves with what the function returned. May be called after the job has ended.
   * @throws JobFailedError, JobDiscardedError, WaitTimeoutError; PKQ407 when there is no such job.
   */
  async waitForCompletion<Q extends Name<Queues>>(
    queue: Q,
    id: string,
    { timeout = 60_000, signal }: WaitOptions = {},
  ): Promise<Queues[Q]['output']> {
    const timer = waitLimit(timeout)
    const events = this.events(queue, id, {
      signal: signal ? AbortSignal.any([timer, signal]) : timer,
    })
    for await (const event of events) {
      if (event.type === 'completed') return event.result
      if (event.type === 'failed') throw new JobFailedError(queue, id, event.error)
      if (event.type === 'discarded') throw new JobDiscardedError(queue, id, event.reason)
    }
    signal?.throwIfAborted()
    throw new WaitTimeoutError(queue, id, timeout)
  }

  /** A job's progress and its end, as they happen in whatever process; ends with the job. */
  async *events<Q extends Name<Queues>>(
    queue: Q,
    id: string,
    { signal = new AbortController().signal }: { signal?: AbortSignal | undefined } = {},
  ): AsyncGenerator<JobEvent<Queues[Q]['output']>, void> {
    contractOf(queue, this.#contracts)
    await this.#open()
    const jobs = follow(this.#provider, queue, id, signal)
    yield* jobEvents(jobs, (stored) => this.#result<Q>(stored))
  }

  /**
   * Calls the listener with each progress of the job until it ends. Returns the unsubscriber. When
   * the job cannot be followed (any more), `onError` hears why.
   */
  onProgress<Q extends Name<Queues>>(
    queue: Q,
    id: string,
    listener: (progress: unknown) => void,
    onError: (error: unknown) => void = () => undefined,
  ): () => void {
    const controller = new AbortController()
    const run = async () => {
      for await (const event of this.events(queue, id, { signal: controller.signal })) {
        if (event.type === 'progress' && !controller.signal.aborted) listener(event.progress)
      }
    }
    run().catch(onError)
    return () => {
      controller.abort()
    }
  }

  /** Removes a job that is not being worked on. False when there is none, or it is. */
  async remove(queue: Name<Queues>, id: string): Promise<boolean> {
    contractOf(queue, this.#contracts)
    if (!this.#provider.remove) throw notSupported(this.#provider, 'removing a job')
    await this.#open()
    return this.#provider.remove(queue, id)
  }

  /** Makes a failed or discarded job wait again, attempts counted anew. False when there is none. */
  async retry(queue: Name<Queues>, id: string): Promise<boolean> {
    contractOf(queue, this.#contracts)
    if (!this.#provider.retry) throw notSupported(this.#provider, 'retrying a job')
    await this.#open()
    return this.#provider.retry(queue, id)
  }

  /** How many jobs the queue holds, by status. */
  async counts(queue: Name<Queues>): Promise<JobCounts> {
    contractOf(queue, this.#contracts)
    if (!this.#provider.counts) throw notSupported(this.#provider, 'counting jobs')
    await this.#open()
    return this.#provider.counts(queue)
  }

  /** Waits for adds under way, then disconnects. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const opening = this.#opening
    if (!opening) return
    await opening.catch(() => undefined)
    // Adds that waited for the connection reach their batchers first.
    await new Promise((resolve) => setImmediate(resolve))
    await Promise.all([...this.#batchers.values()].map((batcher) => batcher.flush()))
    await this.#provider.close(5000)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** A failed connection is not remembered: the next call tries again. */
  #open(): Promise<void> {
    if (this.#closing) {
      throw new PikkuQueueError(errorCodes.clientClosed, 'the queue client is closed')
    }
    this.#opening ??= this.#provider
      .open(declareContracts(this.#contracts))
      .catch((error: unknown) => {
        this.#opening = undefined
        throw error
      })
    return this.#opening
  }

  #outgoing(queue: string, data: unknown, options: JobOptions): OutgoingJob {
    const contract = contractOf(queue, this.#contracts)
    const { maxDelayMs } = this.#provider.capabilities
    const { envelope, ...rest } = resolveJobOptions(queue, options, contract.defaults, maxDelayMs)
    return { ...rest, data: wrap(this.#payloads.encode(queue, 'input', data), envelope) }
  }

  #batcher(queue: string): SendBatcher {
    let batcher = this.#batchers.get(queue)
    if (!batcher) {
      batcher = new SendBatcher((jobs) => this.#provider.send(queue, jobs))
      this.#batchers.set(queue, batcher)
    }
    return batcher
  }

  /** The job with its payload and result as their types say. */
  #view<Q extends Name<Queues>>(stored: StoredJob): Job<Queues[Q]['input'], Queues[Q]['output']> {
    const { queueName } = stored
    return {
      ...stored,
      data: this.#decode(queueName, 'input', unwrap(stored.data).payload),
      result: this.#result<Q>(stored),
    }
  }

  #result<Q extends Name<Queues>>(stored: StoredJob): Queues[Q]['output'] {
    if (stored.status !== 'completed') return null
    return this.#decode(stored.queueName, 'output', stored.result)
  }

  /**
   * Typed by the contract that the generated types were printed from, and validated against it. A job
   * that does not fit (one of another version, say) is shown as it is stored.
   */
  #decode<T>(queue: string, side: 'input' | 'output', json: unknown): T {
    try {
      return this.#payloads.decode(queue, side, json) as T
    } catch (error) {
      if (error instanceof ValidationError) return json as T
      throw error
    }
  }
}

/** JavaScript callers may name any queue. @throws PikkuQueueError PKQ402 */
function contractOf(queue: string, { queues }: Contracts): QueueContract {
  const contract = Object.hasOwn(queues, queue) ? queues[queue] : undefined
  if (contract) return contract
  const known = Object.keys(queues).join(', ')
  throw new PikkuQueueError(errorCodes.unknownQueue, `there is no queue "${queue}"`, {
    hint: `The contract knows: ${known || 'none'}. Has the client been generated anew?`,
  })
}

const longestTimerMs = 2 ** 31 - 1

/** @throws PikkuQueueError PKQ406 when it is no length of time. */
function waitLimit(timeout: number): AbortSignal {
  if (typeof timeout !== 'number' || !(timeout >= 0)) {
    throw new PikkuQueueError(
      errorCodes.invalidOption,
      'timeout must be a number of milliseconds, 0 or more',
    )
  }
  if (timeout > longestTimerMs) return new AbortController().signal
  return AbortSignal.timeout(Math.ceil(timeout))
}
