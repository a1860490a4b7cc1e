import { allStored } from './bulk-add.ts'
import type { ClientConnection } from './client-connection.ts'
import type { QueueContract } from './contract.ts'
import { messageOf } from './error-parts.ts'
import {
  errorCodes,
  JobDiscardedError,
  JobFailedError,
  PikkuQueueError,
  WaitTimeoutError,
} from './errors.ts'
import { follow, type FollowOptions } from './follow.ts'
import { type JobEvent, jobEvents } from './job-events.ts'
import { showAs, viewJob } from './job-view.ts'
import { notSupported } from './not-supported.ts'
import { type MakeJob, checkJob } from './outgoing-job.ts'
import type { Payloads } from './payload.ts'
import type { TraceCarrier } from './trace.ts'
import { isTraced, systemOf, traceSend } from './tracing.ts'
import type { Job, JobCounts, JobOptions } from './types.ts'
import { checkBulkJobs, checkJobId } from './untyped-callers.ts'

/** A job's payload may be left out where its type is `void` or `undefined`. */
export type AddArguments<Input, Options = JobOptions> = undefined extends Input
  ? [data?: Input, options?: Options | undefined]
  : [data: Input, options?: Options | undefined]

export type BulkJob<Input, Options = JobOptions> = { data: Input; options?: Options | undefined }

export interface WaitOptions {
  /** Milliseconds to wait at most; Infinity for as long as it takes. Default 60000. */
  timeout?: number | undefined
  signal?: AbortSignal | undefined
}

/** One queue of a client: adds jobs to it and follows them. */
export class ClientQueue<
  Input,
  Output,
  Options extends JobOptions = JobOptions,
  Progress = unknown,
> {
  /** The queue's name. */
  readonly name: string
  readonly #connection: ClientConnection
  readonly #payloads: Payloads
  readonly #contract: QueueContract

  constructor(
    name: string,
    connection: ClientConnection,
    payloads: Payloads,
    contract: QueueContract,
  ) {
    this.name = name
    this.#connection = connection
    this.#payloads = payloads
    this.#contract = contract
  }

  /**
   * Adds a job and resolves with its id once it is stored. Adds made at the same time are stored
   * together.
   * @throws ValidationError (PKQ401) when the payload does not fit its type; nothing is sent then.
   * @throws PikkuQueueError for an invalid option, an unreachable backend.
   */
  async add(...[data, options]: AddArguments<Input, Options>): Promise<string> {
    // At once: what becomes of the caller's value later is not sent.
    const make = this.#check(data, options ?? {})
    const send = async (trace?: TraceCarrier) => {
      const job = make(trace)
      await this.#connection.open()
      return this.#connection.send(this.name, job, options?.tx)
    }
    return isTraced() ? traceSend(this.#destination(), send) : send()
  }

  /**
   * Adds many jobs in one call, in order, and resolves with their ids in the same order. Every
   * payload is checked before the first is sent.
   * @throws as `add` when none is stored; BulkAddError (PKQ411) when some are, which says of each job
   * what became of it.
   */
  async addBulk(jobs: readonly BulkJob<Input, Options>[]): Promise<string[]> {
    checkBulkJobs(this.name, jobs)
    const makes = jobs.map(({ data, options = {} }) => ({
      make: this.#check(data, options),
      tx: options.tx,
    }))
    const send = async (trace?: TraceCarrier) => {
      const outgoing = makes.map(({ make, tx }) => ({ job: make(trace), tx }))
      await this.#connection.open()
      return allStored(
        this.name,
        outgoing.map(({ job, tx }) => this.#connection.send(this.name, job, tx)),
      )
    }
    return isTraced() ? traceSend(this.#destination(), send) : send()
  }

  /** The job as it stands, or null when the queue has none of that id. */
  async getJob(id: string): Promise<Job<Input, Output, Progress> | null> {
    checkJobId(id)
    const { provider } = this.#connection
    if (!provider.find) throw notSupported(provider, 'looking up a job')
    await this.#connection.open()
    const stored = await provider.find(this.name, id)
    return stored && viewJob(stored, this.#payloads)
  }

  /**
   * Resolves with what the function returned. May be called after the job has ended. A server that goes
   * away meanwhile is waited for, until the time is over.
   * @throws JobFailedError, JobDiscardedError, WaitTimeoutError; PKQ407 when there is no such job.
   */
  async waitForCompletion(
    id: string,
    { timeout = 60_000, signal }: WaitOptions = {},
  ): Promise<Output> {
    const timer = waitLimit(timeout)
    let trouble: unknown
    const events = this.#follow(id, {
      signal: signal ? AbortSignal.any([timer, signal]) : timer,
      onLook: (failure) => (trouble = failure),
    })
    for await (const event of events) {
      if (event.type === 'completed') return event.result
      if (event.type === 'failed') throw new JobFailedError(this.name, id, event.error)
      if (event.type === 'discarded') throw new JobDiscardedError(this.name, id, event.reason)
    }
    signal?.throwIfAborted()
    throw new WaitTimeoutError(this.name, id, timeout, trouble)
  }

  /**
   * A job's progress and its end, as they happen in whatever process; ends with the job. A server that
   * goes away meanwhile is waited for.
   */
  async *events(
    id: string,
    { signal = new AbortController().signal }: { signal?: AbortSignal | undefined } = {},
  ): AsyncGenerator<JobEvent<Output, Progress>, void> {
    yield* this.#follow(id, { signal })
  }

  /**
   * Calls the listener with each progress of the job until it ends. Returns the unsubscriber. When
   * the job cannot be followed (any more), `onError` hears why; by default the client's logger does.
   * @throws PikkuQueueError PKQ406 for an id that is none, PKQ409 where the provider has no progress.
   */
  onProgress(
    id: string,
    listener: (progress: Progress) => void,
    onError: (error: unknown) => void = this.#logUnheard(id),
  ): () => void {
    checkJobId(id)
    const { provider } = this.#connection
    if (!provider.find || !provider.capabilities.progress) {
      throw notSupported(provider, 'following the progress of a job')
    }
    const controller = new AbortController()
    const run = async () => {
      for await (const event of this.events(id, { signal: controller.signal })) {
        if (event.type === 'progress' && !controller.signal.aborted) listener(event.progress)
      }
    }
    run().catch((error: unknown) => {
      if (!controller.signal.aborted) onError(error)
    })
    return () => {
      controller.abort()
    }
  }

  /** Removes a job that is not being worked on. False when there is none, or it is. */
  async remove(id: string): Promise<boolean> {
    checkJobId(id)
    const { provider } = this.#connection
    if (!provider.remove) throw notSupported(provider, 'removing a job')
    await this.#connection.open()
    return provider.remove(this.name, id)
  }

  /** Makes a failed or discarded job wait again, attempts counted anew. False when there is none. */
  async retry(id: string): Promise<boolean> {
    checkJobId(id)
    const { provider } = this.#connection
    if (!provider.retry) throw notSupported(provider, 'retrying a job')
    await this.#connection.open()
    return provider.retry(this.name, id)
  }

  /** How many jobs the queue holds, by status. */
  async counts(): Promise<JobCounts> {
    const { provider } = this.#connection
    if (!provider.counts) throw notSupported(provider, 'counting jobs')
    await this.#connection.open()
    return provider.counts(this.name)
  }

  async *#follow(
    id: string,
    options: FollowOptions,
  ): AsyncGenerator<JobEvent<Output, Progress>, void> {
    checkJobId(id)
    const jobs = follow(this.#connection, this.name, id, options)
    const payloads = this.#payloads
    yield* jobEvents(jobs, {
      result: ({ result }) => showAs<Output>(payloads, this.name, 'output', result),
      progress: ({ progress }) => showAs<Progress>(payloads, this.name, 'progress', progress),
    })
  }

  #logUnheard(id: string): (error: unknown) => void {
    const { closed, logger } = this.#connection
    const wasClosed = closed.aborted
    return (error) => {
      // Who closes the client knows that it hears nothing more.
      if (closed.aborted && !wasClosed) return
      logger.error('the progress of a job is not heard of any more', {
        queue: this.name,
        jobId: id,
        reason: messageOf(error),
      })
    }
  }

  #destination() {
    return { system: systemOf(this.#connection.provider), queue: this.name }
  }

  #check(data: unknown, options: JobOptions): MakeJob {
    return checkJob(this.name, data, options, {
      provider: this.#connection.provider,
      payloads: this.#payloads,
      contract: this.#contract,
    })
  }
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
