import { ClientConnection } from './client-connection.ts'
import type { Contracts } from './contract.ts'
import { errorCodes, PikkuQueueError } from './errors.ts'
import type { JobEvent } from './job-events.ts'
import { createPayloads } from './payload.ts'
import type { QueueProvider } from './provider.ts'
import { type AddArguments, type BulkJob, QueueHandle, type WaitOptions } from './queue-handle.ts'
import type { Job, JobCounts } from './types.ts'

/** The shape of the generated `Queues`: each queue's payload and result. */
export type QueueMap<Queues> = { [Name in keyof Queues]: { input: unknown; output: unknown } }

/** A handle for each queue. Mapped over the generated `Queues`, so that its members keep their docs. */
export type QueueHandles<Queues extends QueueMap<Queues>> = {
  readonly [Name in keyof Queues]: QueueHandle<Queues[Name]['input'], Queues[Name]['output']>
}

type Name<Queues> = keyof Queues & string

/**
 * Adds jobs and follows them. The generated client subclasses it with the project's queues; connects
 * when first used.
 */
export class QueueClient<Queues extends QueueMap<Queues>> {
  /** Each queue by its name, with the methods of this client: `client.queues.email.add(data)`. */
  readonly queues: QueueHandles<Queues>
  readonly #connection: ClientConnection

  constructor(service: QueueProvider, contracts: Contracts) {
    this.#connection = new ClientConnection(service, contracts)
    this.queues = createHandles(this.#connection, contracts)
  }

  /**
   * Adds a job and resolves with its id once it is stored. Adds made at the same time are stored
   * together.
   * @throws ValidationError (PKQ401) when the payload does not fit its type; nothing is sent then.
   * @throws PikkuQueueError for an unknown queue, an invalid option, an unreachable backend.
   */
  async add<Q extends Name<Queues>>(
    queue: Q,
    ...job: AddArguments<Queues[Q]['input']>
  ): Promise<string> {
    return this.#queue(queue).add(...job)
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
    return this.#queue(queue).addBulk(jobs)
  }

  /** The job as it stands, or null when the queue has none of that id. */
  async getJob<Q extends Name<Queues>>(
    queue: Q,
    id: string,
  ): Promise<Job<Queues[Q]['input'], Queues[Q]['output']> | null> {
    return this.#queue(queue).getJob(id)
  }

  /**
   * Resolves with what the function returned. May be called after the job has ended.
   * @throws JobFailedError, JobDiscardedError, WaitTimeoutError; PKQ407 when there is no such job.
   */
  async waitForCompletion<Q extends Name<Queues>>(
    queue: Q,
    id: string,
    options?: WaitOptions,
  ): Promise<Queues[Q]['output']> {
    return this.#queue(queue).waitForCompletion(id, options)
  }

  /** A job's progress and its end, as they happen in whatever process; ends with the job. */
  async *events<Q extends Name<Queues>>(
    queue: Q,
    id: string,
    options?: { signal?: AbortSignal | undefined },
  ): AsyncGenerator<JobEvent<Queues[Q]['output']>, void> {
    yield* this.#queue(queue).events(id, options)
  }

  /**
   * Calls the listener with each progress of the job until it ends. Returns the unsubscriber. When
   * the job cannot be followed (any more), `onError` hears why.
   * @throws PikkuQueueError PKQ402 for an unknown queue.
   */
  onProgress(
    queue: Name<Queues>,
    id: string,
    listener: (progress: unknown) => void,
    onError?: (error: unknown) => void,
  ): () => void {
    return this.#queue(queue).onProgress(id, listener, onError)
  }

  /** Removes a job that is not being worked on. False when there is none, or it is. */
  async remove(queue: Name<Queues>, id: string): Promise<boolean> {
    return this.#queue(queue).remove(id)
  }

  /** Makes a failed or discarded job wait again, attempts counted anew. False when there is none. */
  async retry(queue: Name<Queues>, id: string): Promise<boolean> {
    return this.#queue(queue).retry(id)
  }

  /** How many jobs the queue holds, by status. */
  async counts(queue: Name<Queues>): Promise<JobCounts> {
    return this.#queue(queue).counts()
  }

  /** Waits for adds under way, then disconnects. Idempotent. */
  close(): Promise<void> {
    return this.#connection.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** JavaScript callers may name any queue. @throws PikkuQueueError PKQ402 */
  #queue<Q extends Name<Queues>>(name: Q): QueueHandles<Queues>[Q] {
    if (Object.hasOwn(this.queues, name)) return this.queues[name]
    const known = Object.keys(this.queues).join(', ')
    throw new PikkuQueueError(errorCodes.unknownQueue, `there is no queue "${name}"`, {
      hint: `The contract knows: ${known || 'none'}. Has the client been generated anew?`,
    })
  }
}

/** Without a prototype: a queue may have any name, and no other name leads anywhere. */
function createHandles<Queues extends QueueMap<Queues>>(
  connection: ClientConnection,
  contracts: Contracts,
): QueueHandles<Queues> {
  const payloads = createPayloads(contracts)
  const handles = Object.fromEntries(
    Object.entries(contracts.queues).map(([name, contract]) => [
      name,
      new QueueHandle(name, connection, payloads, contract),
    ]),
  )
  Object.setPrototypeOf(handles, null)
  // The generated `Queues` and the contracts are printed from one model.
  return Object.freeze(handles) as QueueHandles<Queues>
}
