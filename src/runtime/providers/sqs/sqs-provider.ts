import { capabilities } from '../../capabilities.ts'
import { errorCodes, PikkuQueueError } from '../../errors.ts'
import type {
  ConsumeOptions,
  Consumer,
  CreateProvider,
  Deliver,
  Finding,
  MoveResult,
  OutgoingJob,
  PlaceJob,
  QueueDeclaration,
  QueueOverview,
  QueueProvider,
  SendResult,
} from '../../provider.ts'
import { Api } from './api.ts'
import { Availability } from './availability.ts'
import { resolveTarget, type SqsConnection, type Target } from './connection.ts'
import { isMissingQueue, noRegion, toSqsError } from './connection-errors.ts'
import { examineQueues } from './examine.ts'
import { loadSdk } from './load-sdk.ts'
import { moveJobs } from './move.ts'
import { drainQueue, lookOver } from './operate.ts'
import { missingQueue, type Queue, Queues } from './queues.ts'
import { prepareQueues } from './redrive.ts'
import { sendJobs } from './send.ts'
import { Session } from './session.ts'

type ProviderOptions = Parameters<CreateProvider<SqsConnection>>[0]

/** The queue provider on AWS SQS. What is open is its session; before and after, there is none. */
export class SqsProvider implements QueueProvider {
  readonly name = 'sqs'
  readonly capabilities = capabilities.sqs
  readonly address: string
  readonly #options: ProviderOptions
  readonly #target: Target
  #opening: Promise<void> | undefined
  #session: Session | undefined

  constructor(options: ProviderOptions) {
    const { connection, settings, createQueues } = options
    this.#options = options
    this.#target = resolveTarget({ ...connection, ...(createQueues && { createQueues }) }, settings)
    this.address = this.#target.address
  }

  open(queues: QueueDeclaration[]): Promise<void> {
    this.#opening = this.#openSession(queues)
    return this.#opening
  }

  async #openSession(declarations: QueueDeclaration[]): Promise<void> {
    const { role, logger } = this.#options
    const isWorker = role === 'worker'
    const availability = new Availability(this.address, isWorker ? logger : undefined)
    const api = new Api(await loadSdk(), this.#target, role, availability)
    const queues = new Queues(api, this.#target, declarations)
    try {
      await api.region().catch((error: unknown) => {
        throw noRegion(error)
      })
      // A producer asks for a queue when it first sends to it.
      const found = isWorker
        ? await prepareQueues(declarations, { api, queues, target: this.#target, logger })
        : new Map<string, Queue>()
      this.#session = new Session({ api, queues, declarations, found, logger })
    } catch (error) {
      api.close()
      throw toSqsError(error, this.#target)
    }
  }

  async examine(declarations: QueueDeclaration[]): Promise<Finding[]> {
    const api = new Api(
      await loadSdk(),
      this.#target,
      'worker',
      new Availability(this.address, undefined),
    )
    const queues = new Queues(api, { ...this.#target, createQueues: false }, declarations)
    try {
      await api.region().catch((error: unknown) => {
        throw noRegion(error)
      })
      return await examineQueues(declarations, { api, queues, target: this.#target })
    } catch (error) {
      throw toSqsError(error, this.#target)
    } finally {
      api.close()
    }
  }

  async send(queue: string, jobs: OutgoingJob[]): Promise<SendResult[]> {
    const { api, queues } = this.#open
    let results: SendResult[]
    try {
      results = await sendJobs(api, await queues.find(queue), jobs)
    } catch (error) {
      results = jobs.map(() => ({
        error: error instanceof Error ? error : new Error(String(error)),
      }))
    }
    return results.map((result) =>
      'error' in result ? { error: this.#toError(queue, result.error) } : result,
    )
  }

  consume(queue: string, options: ConsumeOptions, deliver: Deliver): Consumer {
    return this.#open.consume(queue, options, deliver)
  }

  async overview(queue: string): Promise<QueueOverview> {
    const { api, queues } = this.#open
    return this.#asking(queue, async () => lookOver(api, await queues.find(queue)))
  }

  async drain(queue: string): Promise<undefined> {
    const { api, queues } = this.#open
    return this.#asking(queue, async () => drainQueue(api, await queues.find(queue)))
  }

  async move(queue: string, limit: number, place: PlaceJob): Promise<MoveResult> {
    const parts = this.#open
    return this.#asking(queue, async () =>
      moveJobs(parts, await parts.queues.find(queue), limit, place),
    )
  }

  async close(graceMs: number): Promise<void> {
    // A shutdown may come in the middle of opening.
    await this.#opening?.catch(() => undefined)
    const session = this.#session
    this.#session = undefined
    await session?.close(graceMs)
  }

  get #open(): Session {
    if (this.#session) return this.#session
    throw new PikkuQueueError(errorCodes.clientClosed, 'the connection to SQS is not open')
  }

  async #asking<Answer>(queue: string, ask: () => Promise<Answer>): Promise<Answer> {
    try {
      return await ask()
    } catch (error) {
      throw this.#toError(queue, error)
    }
  }

  #toError(queue: string, error: unknown): PikkuQueueError {
    if (!isMissingQueue(error)) return toSqsError(error, this.#target)
    return this.#session?.queues.missing(queue, error) ?? missingQueue(queue, this.#target, error)
  }
}
