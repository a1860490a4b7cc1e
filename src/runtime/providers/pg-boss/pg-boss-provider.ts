import type { PgBoss } from 'pg-boss'
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
import type { Transaction } from '../../transaction.ts'
import type { JobCounts, JobStatus, Logger } from '../../types.ts'
import type { ConnectionSettings } from '../../connection-settings.ts'
import { again } from './again.ts'
import { type PgBossConnection, resolveTarget, type Target } from './connection.ts'
import { toConnectionError } from './connection-errors.ts'
import { declareQueues } from './declare.ts'
import { examinePostgres } from './examine.ts'
import { toJobKey } from './ids.ts'
import { countJobs, listJobs, removeJob, retryJob } from './inspect.ts'
import { installedSchemaVersion, loadPgBoss } from './load-sdk.ts'
import { moveJobs } from './move.ts'
import { drainQueue, lookOver, pauseQueue, resumeQueue } from './operate.ts'
import { sendJobs } from './send.ts'
import { startSession, type Session } from './session.ts'
import { createTables } from './tables.ts'
import { sendJobsIn } from './transaction.ts'

export interface ProviderOptions {
  connection?: PgBossConnection | undefined
  settings?: ConnectionSettings | undefined
  role: 'worker' | 'producer'
  applicationName?: string
  logger: Logger
}

const producerTimeoutMs = 5_000
const workerTimeoutMs = 10_000

/** The queue provider on pg-boss. What is open is its session; before and after, there is none. */
export class PgBossProvider implements QueueProvider {
  readonly name = 'pg-boss'
  readonly capabilities = capabilities['pg-boss']
  readonly address: string
  /** Those that are watched are looked at together; see watched-jobs.ts. */
  readonly lookAgainMs = Infinity
  readonly #options: ProviderOptions
  readonly #target: Target
  #opening: Promise<void> | undefined
  #session: Session | undefined

  constructor(options: ProviderOptions) {
    this.#options = options
    this.#target = resolveTarget(options.connection, options.settings)
    this.address = this.#target.address
  }

  open(queues: QueueDeclaration[]): Promise<void> {
    this.#opening = this.#openSession(queues)
    return this.#opening
  }

  async #openSession(queues: QueueDeclaration[]): Promise<void> {
    const { role, logger } = this.#options
    const boss = await this.#createBoss()
    const session = startSession(boss, this.#target, logger)
    try {
      await session.database.connect()
      // Processes that start together may trip over each other's CREATE.
      await again(() => boss.start())
      await again(() => createTables(session.database))
      await again(() => declareQueues(session.database, queues, role))
    } catch (error) {
      await session.close(0)
      throw toConnectionError(error, this.#target)
    }
    for (const { name, keepCompleted, keepFailed } of queues) {
      session.trimmer.keep(name, { completed: keepCompleted, failed: keepFailed })
    }
    this.#session = session
  }

  async examine(queues: QueueDeclaration[]): Promise<Finding[]> {
    const session = startSession(await this.#createBoss(), this.#target, this.#options.logger)
    try {
      await session.database.connect()
      const { database } = session
      return await examinePostgres(database, this.#target, queues, installedSchemaVersion())
    } catch (error) {
      throw toConnectionError(error, this.#target)
    } finally {
      await session.close(0)
    }
  }

  async send(queue: string, jobs: OutgoingJob[]): Promise<SendResult[]> {
    const results = await sendJobs(this.#open.database, queue, jobs)
    return results.map((result) =>
      'error' in result ? { error: toConnectionError(result.error, this.#target) } : result,
    )
  }

  async sendIn(tx: Transaction, queue: string, jobs: OutgoingJob[]): Promise<SendResult[]> {
    return sendJobsIn(tx, this.#target, queue, jobs)
  }

  consume(queue: string, options: ConsumeOptions, deliver: Deliver): Consumer {
    return this.#open.consume(queue, options, deliver)
  }

  async find(queue: string, id: string): Promise<StoredJob | null> {
    return this.#asking((session) => session.finder.find(queue, id))
  }

  async watch(queue: string, id: string, onChange: () => void): Promise<() => void> {
    return this.#open.hints.watch(queue, toJobKey(queue, id).uuid, onChange)
  }

  async remove(queue: string, id: string): Promise<boolean> {
    return this.#asking((session) => removeJob(session.database, queue, id))
  }

  async retry(queue: string, id: string): Promise<boolean> {
    return this.#asking((session) => retryJob(session.database, queue, id))
  }

  async counts(queue: string): Promise<JobCounts> {
    return this.#asking((session) => countJobs(session.database, queue))
  }

  async overview(queue: string): Promise<QueueOverview> {
    return this.#asking((session) => lookOver(session.database, queue))
  }

  async list(queue: string, status: JobStatus, page: Page): Promise<StoredJob[]> {
    return this.#asking((session) => listJobs(session.database, queue, status, page))
  }

  async pause(queue: string): Promise<void> {
    return this.#asking((session) => pauseQueue(session.database, queue))
  }

  async resume(queue: string): Promise<void> {
    return this.#asking((session) => resumeQueue(session.database, queue))
  }

  async drain(queue: string): Promise<number> {
    return this.#asking((session) => drainQueue(session.database, queue))
  }

  async move(queue: string, limit: number, place: PlaceJob): Promise<MoveResult> {
    return this.#asking((session) => moveJobs(session.database, queue, limit, place))
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
    throw new PikkuQueueError(errorCodes.clientClosed, 'the connection to PostgreSQL is not open')
  }

  async #asking<Answer>(ask: (session: Session) => Promise<Answer>): Promise<Answer> {
    const session = this.#open
    try {
      return await ask(session)
    } catch (error) {
      throw toConnectionError(error, this.#target)
    }
  }

  async #createBoss(): Promise<PgBoss> {
    const { role, applicationName } = this.#options
    const Boss = await loadPgBoss()
    const worker = role === 'worker'
    return new Boss({
      connectionString: this.#target.url,
      schema: this.#target.schema,
      application_name: applicationName ?? `pikku ${role}`,
      connectionTimeoutMillis: worker ? workerTimeoutMs : producerTimeoutMs,
      // Producers leave maintenance to the workers, and recurring jobs are no business of ours.
      supervise: worker,
      registerInstance: worker,
      schedule: false,
      flowIntervalSeconds: 60,
    })
  }
}
