import { capabilities } from '../../capabilities.ts'
import { errorCodes, PikkuQueueError } from '../../errors.ts'
import type {
  ConsumeOptions,
  Consumer,
  Deliver,
  Finding,
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
import type { JobCounts, JobStatus, Logger } from '../../types.ts'
import type { ConnectionSettings } from '../../connection-settings.ts'
import { type BullmqConnection, resolveTarget, type Target } from './connection.ts'
import { isAway, toConnectionError } from './connection-errors.ts'
import { examineRedis } from './examine.ts'
import { candidateKeys } from './ids.ts'
import { countJobs, findJob, listJobs, removeJob, retryJob } from './inspect.ts'
import { Link } from './link.ts'
import { loadSdk, type Sdk } from './load-sdk.ts'
import { drainQueue, moveJobs, setPaused } from './operate.ts'
import { lookOver } from './overview.ts'
import { type Queue, Queues } from './queues.ts'
import { checkSafety } from './safety-check.ts'
import { sendJobs } from './send.ts'
import { Session } from './session.ts'

export interface ProviderOptions {
  connection?: BullmqConnection | undefined
  settings?: ConnectionSettings | undefined
  role: 'worker' | 'producer'
  applicationName?: string
  logger: Logger
}

const producerTimeoutMs = 5_000
const workerTimeoutMs = 10_000

/** The queue provider on BullMQ. What is open is its session; before and after, there is none. */
export class BullmqProvider implements QueueProvider {
  readonly name = 'bullmq'
  readonly capabilities = capabilities.bullmq
  readonly address: string
  /** Those that are watched are looked at together; see watched-jobs.ts. */
  readonly lookAgainMs = Infinity
  readonly #options: ProviderOptions
  readonly #target: Target
  readonly #timeoutMs: number
  #opening: Promise<void> | undefined
  #session: Session | undefined

  constructor(options: ProviderOptions) {
    this.#options = options
    this.#target = resolveTarget(options.connection, options.settings)
    this.#timeoutMs = options.role === 'worker' ? workerTimeoutMs : producerTimeoutMs
    this.address = this.#target.address
  }

  open(queues: QueueDeclaration[]): Promise<void> {
    this.#opening = this.#openSession(queues)
    return this.#opening
  }

  async #openSession(declarations: QueueDeclaration[]): Promise<void> {
    const { role, logger } = this.#options
    const sdk = await loadSdk()
    const link = this.#link(sdk)
    try {
      await link.connect()
      if (role === 'worker') await checkSafety(link, logger)
    } catch (error) {
      link.close()
      throw toConnectionError(error, this.#target)
    }
    this.#session = new Session(new Queues(sdk, link), declarations, logger)
  }

  async examine(declarations: QueueDeclaration[]): Promise<Finding[]> {
    const sdk = await loadSdk()
    const link = this.#link(sdk)
    try {
      await link.connect()
      return await examineRedis(link, new Queues(sdk, link), declarations)
    } catch (error) {
      throw toConnectionError(error, this.#target)
    } finally {
      link.close()
    }
  }

  async send(queue: string, jobs: OutgoingJob[]): Promise<SendResult[]> {
    return sendJobs(this.#open.queues.get(queue), jobs, this.#timeoutMs)
  }

  consume(queue: string, options: ConsumeOptions, deliver: Deliver): Consumer {
    return this.#open.consume(queue, options, deliver)
  }

  async find(name: string, id: string): Promise<StoredJob | null> {
    const attempts = this.#open.attemptsOf(name)
    return this.#asking(name, (queue) => findJob(queue, id, attempts))
  }

  async watch(name: string, id: string, onChange: () => void): Promise<() => void> {
    const { hints } = this.#open
    return this.#asking(name, (queue) => hints.watch(queue, candidateKeys(id), onChange))
  }

  async remove(name: string, id: string): Promise<boolean> {
    return this.#asking(name, (queue) => removeJob(queue, id))
  }

  async retry(name: string, id: string): Promise<boolean> {
    return this.#asking(name, (queue) => retryJob(queue, id))
  }

  async counts(name: string): Promise<JobCounts> {
    return this.#asking(name, countJobs)
  }

  async overview(name: string): Promise<QueueOverview> {
    return this.#asking(name, lookOver)
  }

  async list(name: string, status: JobStatus, page: Page): Promise<StoredJob[]> {
    const attempts = this.#open.attemptsOf(name)
    return this.#asking(name, (queue) => listJobs(queue, status, page, attempts))
  }

  async pause(name: string): Promise<void> {
    return this.#asking(name, (queue) => setPaused(queue, true))
  }

  async resume(name: string): Promise<void> {
    return this.#asking(name, (queue) => setPaused(queue, false))
  }

  async drain(name: string): Promise<number> {
    return this.#asking(name, drainQueue)
  }

  async move(name: string, limit: number, place: PlaceJob): Promise<MoveResult> {
    const { queues } = this.#open
    return this.#asking(name, (queue) =>
      moveJobs(queue, limit, place, (other) => queues.get(other).prefix),
    )
  }

  async close(graceMs: number): Promise<void> {
    // A shutdown may come in the middle of opening.
    await this.#opening?.catch(() => undefined)
    const session = this.#session
    this.#session = undefined
    await session?.close(graceMs)
  }

  #link(sdk: Sdk): Link {
    const { role, logger, applicationName } = this.#options
    return new Link({
      ...{ sdk, target: this.#target, logger },
      connectTimeoutMs: this.#timeoutMs,
      name: (applicationName ?? `pikku ${role}`).replace(/[^!-~]/g, '-'),
    })
  }

  get #open(): Session {
    if (this.#session) return this.#session
    throw new PikkuQueueError(errorCodes.clientClosed, 'the connection to Redis is not open')
  }

  /** Asks as soon as the server can be asked, and once more when the connection broke over it. */
  async #asking<Answer>(name: string, ask: (queue: Queue) => Promise<Answer>): Promise<Answer> {
    const queue = this.#open.queues.get(name)
    const askOnce = async () => {
      await queue.link.ready(this.#timeoutMs)
      return ask(queue)
    }
    try {
      return await askOnce().catch((error: unknown) => {
        if (!isAway(error)) throw error
        return askOnce()
      })
    } catch (error) {
      throw toConnectionError(error, this.#target)
    }
  }
}
