import { randomBytes } from 'node:crypto'
import { format } from 'node:util'
import { QueueClient } from '../../client.ts'
import type { Contracts } from '../../contract.ts'
import { declareContracts } from '../../declare-queues.ts'
import { createDefinitions } from '../../define.ts'
import { createLogger } from '../../logger.ts'
import type { QueueProvider } from '../../provider.ts'
import { createRegistry, type RuntimeServices } from '../../registry.ts'
import type { Transaction } from '../../transaction.ts'
import type { Logger } from '../../types.ts'
import { createServices, type ServiceFactories } from '../../services.ts'
import { Worker } from '../../worker.ts'
import {
  type BackendFacts,
  defaultTolerances,
  type RestartableServer,
  type Tolerances,
} from './backend.ts'
import { OtherProcess } from './other-process.ts'
import type { Recorder } from './recorder.ts'
import { type AnyClient, mergeContracts, type QueueSpec, TestQueue } from './test-queue.ts'
import type { Task } from './task.ts'

type OwnServer = Pick<RestartableServer<unknown>, 'kill' | 'start'>

/** The provider under test, on one connection. */
export interface Opened {
  facts: BackendFacts
  createProvider(role: 'worker' | 'producer', logger: Logger): QueueProvider
  /** For other processes. */
  connection: unknown
  transaction: ((body: (tx: Transaction) => Promise<void>) => Promise<void>) | undefined
  /** Only where it is the case's own. */
  server?: OwnServer
}

/** Where one case plays: its queues, clients, workers and processes. All of them end with it. */
export class Stage {
  readonly facts: BackendFacts
  readonly tolerances: Tolerances
  /** What clients and workers logged, other processes included. */
  readonly log: string[] = []
  readonly logger = createLogger({
    level: 'debug',
    colour: false,
    write: (line) => this.log.push(line),
  })
  readonly #opened: Opened
  readonly #closers: (() => Promise<unknown>)[] = []

  constructor(opened: Opened) {
    this.facts = opened.facts
    this.#opened = opened
    this.tolerances = { ...defaultTolerances, ...opened.facts.tolerances }
  }

  get connection() {
    return this.#opened.connection
  }

  /** Commits what the body adds in it, or rolls it back when the body throws. */
  transaction(body: (tx: Transaction) => Promise<void>): Promise<void> {
    const { transaction } = this.#opened
    if (!transaction) throw new Error('the backend under test has no transaction()')
    return transaction(body)
  }

  get server(): OwnServer {
    const { server } = this.#opened
    if (!server) throw new Error('the server is not the case’s own')
    return server
  }

  get capabilities() {
    return this.facts.capabilities
  }

  /** A queue of its own name, whose jobs are retried at once, on the shortest lease. */
  queue(spec: QueueSpec = {}): TestQueue {
    const { leaseSeconds, config } = this.facts
    const name = spec.name ?? `conform-${randomBytes(6).toString('hex')}`
    return new TestQueue(this, name, spec, {
      backoff: { type: 'fixed', delay: 0 },
      pollInterval: 500,
      visibilityTimeout: leaseSeconds,
      lockDuration: leaseSeconds * 1_000,
      ...config,
      ...spec.config,
    })
  }

  provider(role: 'worker' | 'producer'): QueueProvider {
    return this.#opened.createProvider(role, this.logger)
  }

  /** A provider that is open, for whoever does with queues what clients cannot. */
  async operator(...queues: TestQueue[]): Promise<QueueProvider> {
    const operator = this.provider('producer')
    this.#closers.push(() => operator.close(1_000))
    await operator.open(declareContracts(mergeContracts(queues)))
    return operator
  }

  /** Connects when it is first used. */
  client(contracts: Contracts): AnyClient {
    const client: AnyClient = new QueueClient(this.provider('producer'), contracts)
    this.#closers.push(() => client.close())
    return client
  }

  /** Starts one worker for all of the functions. */
  work(...functions: Recorder[]): Promise<Worker> {
    return this.#work(functions)
  }

  workWith(factories: ServiceFactories, ...functions: Recorder[]): Promise<Worker> {
    return this.#work(functions, { factories })
  }

  /** Starts one for this queue, named as with `--queues`. */
  workOn(func: Recorder): Promise<Worker> {
    return this.#work([func], { queues: [func.queue.name] })
  }

  async #work(
    functions: Recorder[],
    { factories = {}, queues }: { factories?: ServiceFactories; queues?: string[] } = {},
  ): Promise<Worker> {
    const worker = new Worker({
      queues,
      provider: this.provider('worker'),
      registry: toRegistry(functions),
      contracts: mergeContracts(functions.map(({ queue }) => queue)),
      createServices: () => createServices(factories, this.logger),
    })
    this.#closers.push(() => worker.stop(0))
    await worker.start()
    return worker
  }

  /** Starts another process on this backend. */
  process(task: Task): OtherProcess {
    const started = new OtherProcess(
      { entryPoint: this.facts.entryPoint, connection: this.#opened.connection, task },
      (line) => this.log.push(line),
      this.tolerances.patienceMs,
    )
    this.#closers.push(() => started.kill())
    return started
  }

  /** Undoes what was set up, newest first. */
  async close(): Promise<void> {
    const failures: unknown[] = []
    for (const close of this.#closers.reverse()) {
      await close().catch((error: unknown) => failures.push(error))
    }
    if (failures.length > 0) throw new AggregateError(failures, 'the stage could not be cleared')
  }

  /** A case's failure, with what was logged. */
  explain(error: unknown): Error {
    const log = this.log.map((line) => `\n    ${line}`).join('')
    return new Error(`${format(error)}\n  log:${log || ' empty'}`, { cause: error })
  }
}

function toRegistry(functions: readonly Recorder[]) {
  const registry = createRegistry()
  const { wireQueueWorker, addTagMiddleware, pikkuSessionlessFunc } =
    createDefinitions<RuntimeServices>(registry)
  for (const recorder of functions) {
    const { queue, wiring } = recorder
    const { functionMiddleware, tagMiddleware = {}, ...options } = wiring
    for (const [tag, middleware] of Object.entries(tagMiddleware)) {
      addTagMiddleware(tag, middleware)
    }
    wireQueueWorker({
      queue: queue.name,
      func: pikkuSessionlessFunc<unknown, unknown>({
        func: (services, data, { queue: job }) => {
          if (!job) throw new Error('the function was given no queue')
          return recorder.call(services, data, job)
        },
        middleware: functionMiddleware,
      }),
      config: queue.config,
      ...options,
    })
  }
  return registry
}
