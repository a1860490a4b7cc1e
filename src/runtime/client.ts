// Kept in the declarations: whoever compiles against them may know nothing of it otherwise.
/// <reference lib="esnext.disposable" preserve="true" />
import { ClientConnection } from './client-connection.ts'
import { clientLogger } from './client-logger.ts'
import type {
  ClientProvider,
  JobOptionsOn,
  ProgressOf,
  QueueHandles,
  QueueMap,
} from './client-types.ts'
import type { Contracts } from './contract.ts'
import { errorCodes, PikkuQueueError } from './errors.ts'
import type { JobEvent } from './job-events.ts'
import { createPayloads } from './payload.ts'
import type { QueueProvider } from './provider.ts'
import { type AddArguments, type BulkJob, ClientQueue, type WaitOptions } from './queue-handle.ts'
import type { ProviderAccess } from './shared-provider.ts'
import type { Job, JobCounts, JobOptions, Logger } from './types.ts'

/** What is behind the handles of all queues. */
type ClientQueues<Queues extends QueueMap<Queues>> = {
  readonly [Name in keyof Queues]: ClientQueue<
    Queues[Name]['input'],
    Queues[Name]['output'],
    JobOptions,
    ProgressOf<Queues[Name]>
  >
}

/** Adds jobs to queues and follows them; connects when first used. Users know it as a `ClientOf`. */
export class QueueClient<Queues extends QueueMap<Queues>, Provider extends ClientProvider = 'any'> {
  /** Each queue by its name, with the methods of this client: `client.queues.email.add(data)`. */
  readonly queues: QueueHandles<Queues, Provider>
  readonly #queues: ClientQueues<Queues>
  readonly #connection: ClientConnection

  /**
   * @param logger Hears what nobody else does. Default: standard error.
   * @param access Opens and closes the service. Default: it is this client's alone.
   */
  constructor(
    service: QueueProvider,
    contracts: Contracts,
    logger: Logger = clientLogger,
    access: ProviderAccess = service,
  ) {
    this.#connection = new ClientConnection(service, contracts, logger, access)
    this.#queues = createQueues(this.#connection, contracts)
    this.queues = this.#queues
  }

  /**
   * Adds a job and resolves with its id once it is stored. Adds made at the same time are stored
   * together.
   * @throws ValidationError (PKQ401) when the payload does not fit its type; nothing is sent then.
   * @throws PikkuQueueError for an unknown queue, an invalid option, an unreachable backend.
   */
  async add<Q extends keyof Queues & string>(
    queue: Q,
    ...job: AddArguments<Queues[Q]['input'], JobOptionsOn<Provider, Q>>
  ): Promise<string> {
    return this.#queue(queue).add(...job)
  }

  /**
   * Adds many jobs in one call, in order, and resolves with their ids in the same order. Every
   * payload is checked before the first is sent.
   * @throws as `add` when none is stored; BulkAddError (PKQ411) when some are, which says of each job
   * what became of it.
   */
  async addBulk<Q extends keyof Queues & string>(
    queue: Q,
    jobs: readonly BulkJob<Queues[Q]['input'], JobOptionsOn<Provider, Q>>[],
  ): Promise<string[]> {
    return this.#queue(queue).addBulk(jobs)
  }

  /** The job as it stands, or null when the queue has none of that id. */
  async getJob<Q extends keyof Queues & string>(
    queue: Q,
    id: string,
  ): Promise<Job<Queues[Q]['input'], Queues[Q]['output'], ProgressOf<Queues[Q]>> | null> {
    return this.#queue(queue).getJob(id)
  }

  /**
   * Resolves with what the function returned. May be called after the job has ended. A server that goes
   * away meanwhile is waited for, until the time is over.
   * @throws JobFailedError, JobDiscardedError, WaitTimeoutError; PKQ407 when there is no such job.
   */
  async waitForCompletion<Q extends keyof Queues & string>(
    queue: Q,
    id: string,
    options?: WaitOptions,
  ): Promise<Queues[Q]['output']> {
    return this.#queue(queue).waitForCompletion(id, options)
  }

  /**
   * A job's progress and its end, as they happen in whatever process; ends with the job. A server that
   * goes away meanwhile is waited for.
   */
  async *events<Q extends keyof Queues & string>(
    queue: Q,
    id: string,
    options?: { signal?: AbortSignal | undefined },
  ): AsyncGenerator<JobEvent<Queues[Q]['output'], ProgressOf<Queues[Q]>>, void> {
    yield* this.#queue(queue).events(id, options)
  }

  /**
   * Calls the listener with each progress of the job until it ends. Returns the unsubscriber. When
   * the job cannot be followed (any more), `onError` hears why; by default the client's logger does.
   * @throws PikkuQueueError PKQ402 for an unknown queue, PKQ406 for an id that is none, PKQ409 where the
   * provider has no progress.
   */
  onProgress<Q extends keyof Queues & string>(
    queue: Q,
    id: string,
    listener: (progress: ProgressOf<Queues[Q]>) => void,
    onError?: (error: unknown) => void,
  ): () => void {
    return this.#queue(queue).onProgress(id, listener, onError)
  }

  /** Removes a job that is not being worked on. False when there is none, or it is. */
  async remove(queue: keyof Queues & string, id: string): Promise<boolean> {
    return this.#queue(queue).remove(id)
  }

  /** Makes a failed or discarded job wait again, attempts counted anew. False when there is none. */
  async retry(queue: keyof Queues & string, id: string): Promise<boolean> {
    return this.#queue(queue).retry(id)
  }

  /** How many jobs the queue holds, by status. */
  async counts(queue: keyof Queues & string): Promise<JobCounts> {
    return this.#queue(queue).counts()
  }

  /**
   * Waits for adds under way, then disconnects, unless other clients use the same connections: a script
   * that has used clients ends only after that. Idempotent.
   */
  close(): Promise<void> {
    return this.#connection.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** JavaScript callers may name any queue. @throws PikkuQueueError PKQ402 */
  #queue<Q extends keyof Queues & string>(name: Q): ClientQueues<Queues>[Q] {
    if (Object.hasOwn(this.#queues, name)) return this.#queues[name]
    const known = Object.keys(this.#queues).join(', ')
    throw new PikkuQueueError(errorCodes.unknownQueue, `there is no queue "${name}"`, {
      hint: `The contract knows: ${known || 'none'}. Has the client been generated anew?`,
    })
  }
}

/** Without a prototype: a queue may have any name, and no other name leads anywhere. */
function createQueues<Queues extends QueueMap<Queues>>(
  connection: ClientConnection,
  contracts: Contracts,
): ClientQueues<Queues> {
  const payloads = createPayloads(contracts)
  const queues = Object.fromEntries(
    Object.entries(contracts.queues).map(([name, contract]) => [
      name,
      new ClientQueue(name, connection, payloads, contract),
    ]),
  )
  Object.setPrototypeOf(queues, null)
  // The generated `Queues` and the contracts are printed from one model.
  return Object.freeze(queues) as ClientQueues<Queues>
}
