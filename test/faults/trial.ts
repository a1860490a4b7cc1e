import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { QueueClient } from '../../src/runtime/client.ts'
import { declareContracts } from '../../src/runtime/declare-queues.ts'
import { createLogger } from '../../src/runtime/logger.ts'
import type { CreateProvider, QueueProvider } from '../../src/runtime/provider.ts'
import type { JobCounts } from '../../src/runtime/types.ts'
import { until } from '../../src/runtime/testing/conformance/until.ts'
import { TcpProxy } from '../support/tcp-proxy.ts'
import type { FaultBackend, FaultServer } from './backend.ts'
import { factor } from './chaos.ts'
import type { Evidence, Fault, Run } from './evidence.ts'
import { findFates } from './find-fates.ts'
import { Ledger } from './ledger.ts'
import { loadProvider } from './load-provider.ts'
import { Producer, type Task } from './producer.ts'
import { readLetters } from './read-letters.ts'
import { judge } from './rules.ts'
import { type Client, concurrency, lastWords, workQueue, type WorkQueue } from './work.ts'
import { WorkerProcess } from './worker-process.ts'

/** Until anything that has to happen has happened, once no lease is in its way. */
const patienceMs = 40_000 * factor
/** Running, fetched ahead (forty at most on SQS), or finished and not settled yet (some batches of ten). */
const mostInFlight = concurrency + 40 + 30
/** Jobs that wait while the system is under load. */
const backlog = 200

interface WorkerStart {
  /** Default: the server's own. */
  connection?: unknown
  /** Of its command line. */
  args?: string[]
}

/** One scenario on one backend: its queue, its processes, its faults, and the judgement. */
export class Trial {
  readonly server: FaultServer
  readonly ledger: Ledger
  readonly log: string[] = []
  readonly #backend: FaultBackend
  readonly #createProvider: CreateProvider
  readonly #queue: WorkQueue
  readonly #client: Client
  readonly #faults: Fault[] = []
  readonly #closers: (() => Promise<unknown>)[] = []
  readonly #startedAt = performance.now()
  #producer: Producer | undefined

  private constructor(
    backend: FaultBackend,
    server: FaultServer,
    createProvider: CreateProvider,
    folder: string,
  ) {
    this.server = server
    this.#backend = backend
    this.#createProvider = createProvider
    this.ledger = new Ledger(folder)
    this.#closers.push(() => rm(folder, { recursive: true, force: true }))
    const name = `trial-${randomBytes(6).toString('hex')}`
    this.#queue = workQueue(name, backend.leaseSeconds, backend.config)
    this.#client = this.#connect(server.connection)
  }

  /** Plays a scenario to its end and judges it. @throws Error that says which promises were broken. */
  static async run(
    backend: FaultBackend,
    server: FaultServer,
    play: (trial: Trial) => Promise<void>,
  ): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'pikku-trial-'))
    const trial = new Trial(backend, server, await loadProvider(backend.entryPoint), folder)
    try {
      await play(trial)
      await trial.#judge()
    } catch (error) {
      const log = trial.log.slice(-200).map((line) => `\n    ${line}`)
      throw new Error(`${String(error)}\n  log:${log.join('')}`, { cause: error })
    } finally {
      await trial.#close()
    }
  }

  /** Adds the trial's jobs; on the server's own connection, unless another was given. */
  get producer(): Producer {
    return (this.#producer ??= this.produceOn(this.server.connection))
  }

  produceOn(connection: unknown): Producer {
    const { jobId } = this.#backend.capabilities
    this.#producer = new Producer(this.#connect(connection), this.#queue.name, jobId)
    return this.#producer
  }

  /** Starts a worker process. */
  startWorker({ connection = this.server.connection, args = [] }: WorkerStart = {}): WorkerProcess {
    const { entryPoint } = this.#backend
    const order = { entryPoint, connection, queue: this.#queue, ledgerFolder: this.ledger.folder }
    const worker = new WorkerProcess(order, args, (line) => {
      // One in twenty jobs would leave no room for what was not to be.
      if (!line.includes(lastWords)) this.log.push(line)
    })
    this.#closers.push(() => worker.kill())
    return worker
  }

  /** A stretch of network to the server, and the connection through it. */
  async startProxy(): Promise<{ proxy: TcpProxy; connection: unknown }> {
    const { behind } = this.server
    if (!behind) throw new Error('the server cannot be put behind a proxy')
    const proxy = await TcpProxy.start(behind.port)
    this.#closers.push(() => proxy.close())
    return { proxy, connection: behind.connection(proxy.port) }
  }

  /** Keeps a backlog of jobs while `body` runs. */
  async underLoad(nextTask: () => Task, body: () => Promise<void>): Promise<void> {
    const { producer, ledger } = this
    const stop = new AbortController()
    const wanted = () => producer.acknowledged.size - ledger.finished().size < backlog
    const adding = producer.addWhile(wanted, nextTask, stop.signal)
    try {
      await Promise.race([body(), adding])
    } finally {
      stop.abort()
      await adding
    }
  }

  /**
   * Does something to the system that meets the given workers, and notes from when to when.
   * @param lasting what it has done goes on when it is over
   */
  async fault(
    what: string,
    met: WorkerProcess[],
    during: () => Promise<unknown>,
    { lasting = false } = {},
  ): Promise<void> {
    const fault = { what, from: Date.now(), to: Infinity, pids: met.map(({ pid }) => pid) }
    this.#faults.push(fault)
    this.#note(`${what}: ${fault.pids.join()}`)
    await during()
    const over = Date.now()
    if (!lasting) fault.to = over
    this.#note(`${what}: over after ${over - fault.from} ms`)
  }

  until(look: () => boolean, what: string): Promise<boolean> {
    return until(look, what, this.#recoveryMs)
  }

  /** Waits until the worker has begun so many more runs. */
  async begins(worker: WorkerProcess, count = 1): Promise<void> {
    const before = this.ledger.runsOf(worker.pid).length
    await this.until(
      () => this.ledger.runsOf(worker.pid).length >= before + count,
      `process ${worker.pid} to begin ${count} runs`,
    )
  }

  /** Waits until so many more jobs have finished. */
  async progresses(count: number): Promise<void> {
    const before = this.ledger.finished().size
    await this.until(() => this.ledger.finished().size >= before + count, `${count} more jobs`)
  }

  /** Runs of the worker that have not finished. */
  inFlight({ pid }: WorkerProcess): Run[] {
    return this.ledger.runsOf(pid).filter(({ finishedAt }) => finishedAt === undefined)
  }

  /** Waits until whatever is in flight in one worker has begun again in another. */
  async takenOver(from: WorkerProcess, by: WorkerProcess): Promise<void> {
    const lost = this.inFlight(from).map(({ job }) => job)
    if (lost.length === 0) throw new Error('nothing was in flight: the fault met nobody')
    const allBegun = () => {
      const begun = new Set(this.ledger.runsOf(by.pid).map(({ job }) => job))
      return lost.every((job) => begun.has(job))
    }
    await this.until(allBegun, `jobs ${lost.join()} to begin in process ${by.pid}`)
  }

  get leaseMs(): number {
    return this.#backend.leaseSeconds * 1_000
  }

  /** After a lease has lapsed, its jobs have to be back by then. */
  get #recoveryMs(): number {
    return this.leaseMs + patienceMs
  }

  /** Among what the processes say. */
  #note(text: string): void {
    const { size } = this.ledger.finished()
    const seconds = (performance.now() - this.#startedAt) / 1_000
    this.log.push(`--- ${seconds.toFixed(1)} s, ${size} jobs finished: ${text}`)
  }

  #connect(connection: unknown): Client {
    const client: Client = new QueueClient(this.#provide(connection), this.#queue.contracts)
    this.#closers.push(() => client.close())
    return client
  }

  #provide(connection: unknown): QueueProvider {
    const write = (line: string) => this.log.push(line)
    return this.#createProvider({
      connection,
      role: 'producer',
      logger: createLogger({ level: 'warn', colour: false, write }),
    })
  }

  /** Asks the server itself. */
  async #observe(): Promise<QueueProvider> {
    const provider = this.#provide(this.server.connection)
    this.#closers.push(() => provider.close(0))
    await provider.open(declareContracts(this.#queue.contracts))
    return provider
  }

  /** Waits for the end, and does not mind when it does not come: that is for the rules to say. */
  async #judge(): Promise<void> {
    const { acknowledged } = this.producer
    const jobs = [...acknowledged.keys()]
    const finished = () => {
      const done = this.ledger.finished()
      return jobs.every((job) => done.has(job))
    }
    this.#note(`waiting for ${acknowledged.size} jobs`)
    await this.until(finished, 'all jobs to finish').catch(() => undefined)
    const observer = await this.#observe()
    const idle = async () => {
      const { waiting = 0, active = 0, delayed = 0 } = await this.#counts(observer)
      return waiting + active + delayed === 0
    }
    await until(idle, 'an empty queue', this.#recoveryMs).catch(() => undefined)
    this.#note('gathering the evidence')
    const complaints = judge(await this.#evidence(observer))
    this.#note(`${complaints.length} complaints`)
    if (complaints.length === 0) return
    const shown = complaints.slice(0, 30).map((complaint) => `\n    ${complaint}`)
    throw new Error(`${complaints.length} complaints:${shown.join('')}`)
  }

  async #counts(observer: QueueProvider): Promise<Partial<JobCounts>> {
    const { counts } = (await observer.overview?.(this.#queue.name)) ?? {}
    if (!counts) throw new Error(`${observer.name} cannot count its jobs`)
    return counts
  }

  async #evidence(observer: QueueProvider): Promise<Evidence> {
    const { jobId, status } = this.#backend.capabilities
    const { acknowledged, adds } = this.producer
    const { name, letters } = this.#queue
    return {
      queue: name,
      acknowledged,
      adds: jobId ? undefined : adds,
      runs: this.ledger.runs(),
      faults: this.#faults,
      fates: status ? await findFates(this.#client, name, acknowledged) : undefined,
      letters: await readLetters(observer, letters),
      counts: await this.#counts(observer),
      mostInFlight,
    }
  }

  /** Undoes what was set up, newest first. */
  async #close(): Promise<void> {
    for (const close of this.#closers.reverse()) await close()
  }
}
