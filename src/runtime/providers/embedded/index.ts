import { capabilities } from '../../capabilities.ts'
import { errorCodes, PikkuQueueError } from '../../errors.ts'
import type {
  ConsumeOptions,
  CreateProvider,
  Deliver,
  Finding,
  OutgoingJob,
  Page,
  PlaceJob,
  QueueDeclaration,
  QueueProvider,
} from '../../provider.ts'
import type { Transaction } from '../../transaction.ts'
import type { JobStatus } from '../../types.ts'
import { createProvider as createPgBossProvider } from '../pg-boss/index.ts'
import { joinEngine, type Engine } from './engine.ts'
import { examineEngine } from './examine.ts'

export interface EmbeddedConnection {
  /** Where the data are; see `EngineOptions.dataDir`. */
  dataDir?: string | undefined
}

type Options = Parameters<CreateProvider<EmbeddedConnection>>[0]

/** The pg-boss provider on a PostgreSQL that the project's processes start and stop by themselves. */
export const createProvider: CreateProvider<EmbeddedConnection, 'embedded'> = (options) =>
  new EmbeddedProvider(options)

/** pg-boss can do everything that is optional in the contract. */
type Inner = Required<QueueProvider>

class EmbeddedProvider implements QueueProvider {
  readonly name = 'embedded'
  readonly capabilities = capabilities.embedded
  readonly #options: Options
  #opening: Promise<void> = Promise.resolve()
  #opened: { engine: Engine; inner: Inner } | undefined

  constructor(options: Options) {
    this.#options = options
  }

  /** Undefined: the usual place. */
  get #dataDir(): string | undefined {
    const { connection, settings } = this.#options
    return connection?.dataDir ?? (process.env['PIKKU_DATA_DIR'] || settings?.dataDir)
  }

  get address(): string {
    if (!this.#opened) return 'a PostgreSQL of its own'
    const { port, dataDir } = this.#opened.engine
    return `127.0.0.1:${port}, data in ${dataDir}`
  }

  get lookAgainMs(): number {
    return this.#inner.lookAgainMs
  }

  open(queues: QueueDeclaration[]): Promise<void> {
    this.#opening = this.#open(queues)
    return this.#opening
  }

  async #open(queues: QueueDeclaration[]): Promise<void> {
    const { logger } = this.#options
    const engine = await joinEngine({ dataDir: this.#dataDir, logger })
    const { connectionString } = engine
    const inner = createPgBossProvider({ ...this.#options, connection: connectionString })
    try {
      if (!isComplete(inner)) throw new TypeError('the pg-boss provider lacks a method')
      await inner.open(queues)
      this.#opened = { engine, inner }
    } catch (error) {
      await inner.close(0).catch(() => undefined)
      await engine.leave()
      throw error
    }
  }

  examine(queues: QueueDeclaration[]): Promise<Finding[]> {
    const { logger } = this.#options
    return examineEngine({ dataDir: this.#dataDir, logger }, queues)
  }

  async close(graceMs: number): Promise<void> {
    // A shutdown may come in the middle of opening, and must not leave the server without a member.
    await this.#opening.catch(() => undefined)
    try {
      // First: the last one to leave the engine stops the server.
      await this.#opened?.inner.close(graceMs)
    } finally {
      await this.#opened?.engine.leave()
    }
  }

  send(queue: string, jobs: OutgoingJob[]) {
    return this.#inner.send(queue, jobs)
  }

  sendIn(tx: Transaction, queue: string, jobs: OutgoingJob[]) {
    return this.#inner.sendIn(tx, queue, jobs)
  }

  consume(queue: string, options: ConsumeOptions, deliver: Deliver) {
    return this.#inner.consume(queue, options, deliver)
  }

  find(queue: string, id: string) {
    return this.#inner.find(queue, id)
  }

  watch(queue: string, id: string, onChange: () => void) {
    return this.#inner.watch(queue, id, onChange)
  }

  remove(queue: string, id: string) {
    return this.#inner.remove(queue, id)
  }

  retry(queue: string, id: string) {
    return this.#inner.retry(queue, id)
  }

  counts(queue: string) {
    return this.#inner.counts(queue)
  }

  overview(queue: string) {
    return this.#inner.overview(queue)
  }

  list(queue: string, status: JobStatus, page: Page) {
    return this.#inner.list(queue, status, page)
  }

  pause(queue: string) {
    return this.#inner.pause(queue)
  }

  resume(queue: string) {
    return this.#inner.resume(queue)
  }

  drain(queue: string) {
    return this.#inner.drain(queue)
  }

  move(queue: string, limit: number, place: PlaceJob) {
    return this.#inner.move(queue, limit, place)
  }

  get #inner(): Inner {
    if (this.#opened) return this.#opened.inner
    throw new PikkuQueueError(errorCodes.providerRefused, 'the embedded provider is not open')
  }
}

const needed = [
  ...(['sendIn', 'find', 'watch', 'remove', 'retry', 'counts'] as const),
  ...(['overview', 'list', 'pause', 'resume', 'drain', 'move', 'lookAgainMs'] as const),
]

function isComplete(provider: QueueProvider): provider is Inner {
  return needed.every((name) => name in provider)
}
