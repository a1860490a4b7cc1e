import type {
  IRedisClient,
  IRedisTransaction,
  JobJson,
  JobsOptions,
  KeyPrefixOptions,
  RedisConnection,
  WorkerOptions,
} from 'bullmq'
import type { ChainableCommander } from 'ioredis'
import type { Link } from './link.ts'
import type { Sdk } from './load-sdk.ts'
import type { ScriptName } from './scripts.ts'

/** A fetched job and its key; or null, and for how long the queue is limited, and when one is due. */
export type Fetched = [job: JobJson | null, key: string, limitMs: number, dueAt: number] | []

/** What BullMQ's scripts look at of a job. */
interface JobRef {
  id?: string
  opts: JobsOptions
}

interface FieldsToUpdate {
  fieldsToUpdate?: Record<string, string>
}

/** What we use of BullMQ's backend of a queue: its scripts, with their arguments put together. */
export interface Backend {
  readonly keys: Record<string, string>
  toKey(type: string): string
  execCommand(client: unknown, script: string, args: unknown[]): unknown
  addJobToTransaction(client: unknown, job: JobJson, key: string): Promise<unknown>
  moveToActive(token: string, workerName: string | undefined): Promise<unknown>
  moveToCompletedArgs(
    job: JobRef,
    result: string,
    keep: JobsOptions['removeOnComplete'],
    token: string,
    fetchNext: boolean,
  ): (string | number | boolean | Buffer)[]
  moveToFailedArgs(
    job: JobRef,
    reason: string,
    keep: JobsOptions['removeOnFail'],
    token: string,
    fetchNext: boolean,
    fields: Record<string, string>,
  ): (string | number | boolean | Buffer)[]
  moveToFinished(key: string, args: (string | number | boolean | Buffer)[]): Promise<unknown>
  moveToDelayed(
    key: string,
    now: number,
    delayMs: number,
    token: string,
    options: FieldsToUpdate & { skipAttempt?: boolean },
  ): Promise<unknown>
  retryJob(key: string, lifo: boolean, token: string, options: FieldsToUpdate): Promise<unknown>
  moveJobFromActiveToWait(key: string, token: string): Promise<unknown>
  moveStalledJobsToWait(): Promise<unknown>
  updateProgress(key: string, progress: unknown): Promise<unknown>
  remove(key: string, children: boolean): Promise<number>
  pause(pause: boolean): Promise<void>
  drain(delayed: boolean): Promise<unknown>
}

/** How a worker works on its queue, as BullMQ's scripts want to know it. */
export type BackendOptions = Pick<
  WorkerOptions,
  | 'name'
  | 'lockDuration'
  | 'maxStalledCount'
  | 'stalledInterval'
  | 'removeOnComplete'
  | 'removeOnFail'
>

type Transaction = IRedisTransaction & Pick<ChainableCommander, 'eval'>

/** A queue's scripts on the shared connection. */
export class Queue {
  readonly name: string
  readonly backend: Backend
  /** `<prefix>:<queue>:`, how all its keys begin. */
  readonly prefix: string
  readonly link: Link

  constructor(name: string, backend: Backend, link: Link) {
    this.name = name
    this.backend = backend
    this.prefix = backend.toKey('')
    this.link = link
  }

  get client(): IRedisClient {
    return this.link.client
  }

  /** Commands that take place together; scripts may be among them. */
  transaction(): Transaction {
    // BullMQ hands out ioredis's own with its methods added, but its type tells only of those.
    return this.client.multi() as Transaction
  }

  /** Runs a script of ours whose one key is the queue's prefix. What it answers is the caller's word. */
  async run<Answer>(script: ScriptName, args: (string | number)[]): Promise<Answer> {
    return (await this.client.runCommand(script, [this.prefix, ...args])) as Answer
  }
}

/** The queues of one connection, made as they are used: a thousand declared ones cost nothing. */
export class Queues {
  readonly link: Link
  readonly #sdk: Sdk
  readonly #connection: RedisConnection
  readonly #queues = new Map<string, Queue>()

  constructor(sdk: Sdk, link: Link) {
    this.#sdk = sdk
    this.link = link
    // It asks the server nothing and prints nothing; that is the safety check's.
    this.#connection = new sdk.bullmq.RedisConnection(link.client, {
      shared: true,
      blocking: false,
      skipVersionCheck: true,
      skipWaitingForReady: true,
    })
    this.#connection.on('error', () => undefined)
  }

  get(name: string): Queue {
    let queue = this.#queues.get(name)
    if (!queue) {
      queue = this.open(name, {})
      this.#queues.set(name, queue)
    }
    return queue
  }

  /** A queue for a worker, with options of its own. */
  open(name: string, own: BackendOptions): Queue {
    const { QueueKeys, RedisQueueBackend } = this.#sdk.bullmq
    const { prefix } = this.link.target
    const keys = new QueueKeys(prefix)
    const options: WorkerOptions & KeyPrefixOptions = {
      ...own,
      prefix,
      connection: this.link.client,
    }
    const backend: Backend = new RedisQueueBackend(
      this.#connection,
      name,
      keys.getKeys(name),
      (type) => keys.toKey(name, type),
      options,
      undefined,
      false,
    )
    return new Queue(name, backend, this.link)
  }
}
