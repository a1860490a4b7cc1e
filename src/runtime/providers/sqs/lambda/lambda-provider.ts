import { capabilities } from '../../../capabilities.ts'
import type { ConnectionSettings } from '../../../connection-settings.ts'
import { errorCodes, PikkuQueueError } from '../../../errors.ts'
import type {
  ConsumeOptions,
  Consumer,
  Deliver,
  QueueDeclaration,
  QueueProvider,
  SendResult,
} from '../../../provider.ts'
import type { Logger } from '../../../types.ts'
import { Api } from '../api.ts'
import { Availability } from '../availability.ts'
import { noRegion, toSqsError } from '../connection-errors.ts'
import { resolveTarget, type SqsConnection, type Target } from '../connection.ts'
import { loadSdk } from '../load-sdk.ts'
import { Queues } from '../queues.ts'
import { prepareQueues } from '../redrive.ts'
import {
  queueOf,
  readRecord,
  type SqsBatchResponse,
  type SqsEvent,
  type SqsRecord,
} from './event.ts'
import { InvocationTime } from './invocation-time.ts'
import { QueueBatches } from './queue-batches.ts'

/** What one queue's jobs are handed to. */
interface Work {
  declaration: QueueDeclaration
  options: ConsumeOptions
  deliver: Deliver
}

interface Opened {
  api: Api
  queues: Queues
  declarations: readonly QueueDeclaration[]
}

/**
 * The queue provider of a Lambda function: it is handed messages instead of receiving them. A queue is
 * looked at when its first message comes, because a function may be there for some of them only.
 */
export class LambdaProvider implements QueueProvider {
  readonly name = 'sqs'
  readonly capabilities = capabilities.sqs
  readonly address: string
  readonly #target: Target
  readonly #logger: Logger
  /** By the queue's name in SQS. */
  readonly #work = new Map<string, Work>()
  readonly #batches = new Map<string, Promise<QueueBatches>>()
  #opened: Opened | undefined

  constructor({
    connection,
    settings,
    logger,
  }: {
    connection?: SqsConnection | undefined
    settings?: ConnectionSettings | undefined
    logger: Logger
  }) {
    this.#target = resolveTarget(connection, settings)
    this.#logger = logger
    this.address = this.#target.address
  }

  async open(declarations: QueueDeclaration[]): Promise<void> {
    const availability = new Availability(this.address, this.#logger)
    const api = new Api(await loadSdk(), this.#target, 'worker', availability)
    try {
      await api.region()
    } catch (error) {
      api.close()
      throw noRegion(error)
    }
    this.#opened = { api, queues: new Queues(api, this.#target, declarations), declarations }
  }

  consume(queue: string, options: ConsumeOptions, deliver: Deliver): Consumer {
    const declaration = this.#opened?.declarations.find(({ name }) => name === queue)
    if (!declaration) {
      throw new PikkuQueueError(errorCodes.unknownQueue, `queue "${queue}" was not declared`)
    }
    const prefix = this.#target.queueUrlPrefix?.split('/').at(-1) ?? ''
    this.#work.set(`${prefix}${queue}`, { declaration, options, deliver })
    return { healthy: true, stop: () => Promise.resolve() }
  }

  /** A worker of ours sends nothing; a function that adds jobs has a client. */
  send(): Promise<SendResult[]> {
    return Promise.reject(
      new PikkuQueueError(errorCodes.notSupported, 'the provider of a Lambda function only works'),
    )
  }

  /**
   * Runs the jobs of a batch.
   * @param remainingMs until Lambda stops the process.
   * @returns the messages that come again: all that are not done with in that time.
   * @throws PikkuQueueError when a queue cannot be used; then the whole batch comes again.
   */
  async handle(event: SqsEvent, remainingMs: number): Promise<SqsBatchResponse> {
    const time = new InvocationTime(remainingMs)
    try {
      const byQueue = [...Map.groupBy(event.Records, queueOf)]
      // All of them first: what is thrown later would have jobs come again that are done with.
      const ready = await Promise.all(
        byQueue.map(async ([name, records]) => ({ records, batches: await this.#batchesOf(name) })),
      )
      const gone = await Promise.all(
        ready.map(async ({ records, batches }) =>
          batches?.work(
            records.flatMap((record) => readRecord(record) ?? []),
            time,
          ),
        ),
      )
      const isGone = ({ receiptHandle }: SqsRecord) => gone.some((it) => it?.has(receiptHandle))
      return {
        batchItemFailures: event.Records.filter((record) => !isGone(record)).map((record) => ({
          itemIdentifier: record.messageId,
        })),
      }
    } finally {
      time.end()
    }
  }

  close(): Promise<void> {
    this.#opened?.api.close()
    this.#opened = undefined
    return Promise.resolve()
  }

  /** Undefined for a queue that has no function here. */
  async #batchesOf(name: string): Promise<QueueBatches | undefined> {
    const known = this.#batches.get(name)
    if (known) return known
    const work = this.#work.get(name)
    if (!work) {
      this.#logger.error(`no function is wired to queue "${name}"; its jobs are returned to it`, {
        wired: [...this.#work.keys()].join(', '),
      })
      return undefined
    }
    const preparing = this.#prepare(work)
    this.#batches.set(name, preparing)
    preparing.catch(() => this.#batches.delete(name))
    return preparing
  }

  async #prepare({ declaration, options, deliver }: Work): Promise<QueueBatches> {
    if (!this.#opened) {
      throw new PikkuQueueError(errorCodes.clientClosed, 'the connection to SQS is not open')
    }
    const { api, queues } = this.#opened
    const { name, attempts, deadLetterQueue } = declaration
    try {
      const context = { api, queues, target: this.#target, logger: this.#logger }
      const found = await prepareQueues([declaration], context)
      return new QueueBatches({
        api,
        queue: found.get(name) ?? (await queues.find(name)),
        letters: deadLetterQueue === undefined ? undefined : found.get(deadLetterQueue),
        attempts,
        concurrency: options.concurrency,
        deliver,
        logger: this.#logger,
        worker: options.workerName,
      })
    } catch (error) {
      throw toSqsError(error, this.#target)
    }
  }
}
