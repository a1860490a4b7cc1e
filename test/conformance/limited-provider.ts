import { capabilities, type Capabilities } from '../../src/runtime/capabilities.ts'
import type {
  ConsumeOptions,
  CreateProvider,
  Deliver,
  OutgoingJob,
  PlaceJob,
  QueueDeclaration,
  QueueProvider,
} from '../../src/runtime/provider.ts'
import type { PgBossConnection } from '../../src/runtime/providers/pg-boss/index.ts'
import { PgBossProvider } from '../../src/runtime/providers/pg-boss/pg-boss-provider.ts'

export const limitedCapabilities: Capabilities = {
  ...capabilities['pg-boss'],
  label: 'a provider that can do less',
  ...{ results: false, status: false, progress: false, remove: false },
  ...{ retry: false, pause: false },
  ...{ priority: false, jobId: false, transactions: false },
  maxDelayMs: 900_000,
  maxJobBytes: 256 * 1024,
}

/** A real provider without anything that a backend may lack: what a bare message queue can do. */
class LimitedProvider implements QueueProvider {
  readonly name = 'limited'
  readonly capabilities = limitedCapabilities
  readonly #inner: PgBossProvider

  constructor(inner: PgBossProvider) {
    this.#inner = inner
  }

  get address() {
    return this.#inner.address
  }

  open(queues: QueueDeclaration[]) {
    return this.#inner.open(queues)
  }

  send(queue: string, jobs: OutgoingJob[]) {
    return this.#inner.send(queue, jobs)
  }

  consume(queue: string, options: ConsumeOptions, deliver: Deliver) {
    return this.#inner.consume(queue, options, (job) =>
      deliver({ ...job, updateProgress: undefined }),
    )
  }

  overview(queue: string) {
    return this.#inner.overview(queue)
  }

  drain(queue: string) {
    return this.#inner.drain(queue)
  }

  move(queue: string, limit: number, place: PlaceJob) {
    return this.#inner.move(queue, limit, place)
  }

  close(graceMs: number) {
    return this.#inner.close(graceMs)
  }
}

export const createProvider: CreateProvider<PgBossConnection> = (options) =>
  new LimitedProvider(new PgBossProvider(options))
