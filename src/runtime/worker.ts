import { type Attempt, released } from './attempt.ts'
import { type Clock, systemClock } from './clock.ts'
import type { Contracts } from './contract.ts'
import { declareQueues } from './declare-queues.ts'
import { logOutcome } from './log-outcome.ts'
import { limitConfig } from './option-limits.ts'
import { OtherContracts } from './other-contracts.ts'
import { createPayloads } from './payload.ts'
import type { Consumer, DeliveredJob, Outcome, QueueProvider } from './provider.ts'
import type { Registry, Wiring } from './registry.ts'
import { type JobContext, runJob } from './run-job.ts'
import { type Selection, selectWirings } from './select-wirings.ts'
import type { ServiceContainer } from './services.ts'
import { systemOf } from './tracing.ts'
import { UnderWay } from './under-way.ts'
import { WiderNotice } from './wider-notice.ts'

export interface WorkerOptions extends Selection {
  provider: QueueProvider
  registry: Registry
  contracts: Contracts
  /** Called once the backend has accepted the worker: what cannot start makes no services. */
  createServices: () => Promise<ServiceContainer>
  /** Hears of every attempt. */
  observer?: AttemptObserver | undefined
  /** What timeouts, and how long a job has waited, are measured by. Default: real time. */
  clock?: Clock | undefined
}

/** Calls for each attempt cost time: an observer is brief. */
export interface AttemptObserver {
  /** An attempt begins. Returns what is called with its outcome. */
  begins(job: DeliveredJob): (outcome: Outcome) => void
}

/** Between the abort of a job's signal and its being given back. */
const windDownMs = 1000

/** The wired queues of one process, at work on one provider. */
export class Worker {
  readonly wirings: readonly Wiring[]
  readonly #options: WorkerOptions
  readonly #payloads
  readonly #consumers = new Map<string, Consumer>()
  readonly #running = new Set<Attempt>()
  readonly #deliveries = new UnderWay()
  #services: ServiceContainer | undefined
  #isStarted = false
  #stopping: Promise<void> | undefined

  /** @throws PikkuQueueError as `selectWirings`. */
  constructor(options: WorkerOptions) {
    this.#options = options
    this.#payloads = createPayloads(options.contracts)
    this.wirings = selectWirings(options.registry, options.contracts, options)
  }

  /**
   * Connects, makes the services and starts fetching. False when it was stopped meanwhile.
   * @throws PikkuQueueError when the backend refuses, and whatever the services' factories throw.
   */
  async start(): Promise<boolean> {
    const { provider, createServices } = this.#options
    try {
      await provider.open(declareQueues(this.wirings, provider.capabilities))
      if (!this.#stopping) this.#services = await createServices()
    } catch (error) {
      if (!this.#stopping) throw error
    }
    const services = this.#services
    if (this.#stopping || !services) return false
    for (const wiring of this.wirings) {
      if (!this.isStarted(wiring)) continue
      this.#consumers.set(wiring.queue, this.#consume(wiring, services))
    }
    this.#isStarted = true
    return true
  }

  /** `autorun: false` waits to be named with `--queues`. */
  isStarted(wiring: Wiring): boolean {
    return wiring.config.autorun || this.#options.queues?.includes(wiring.queue) === true
  }

  /** False while the backend is unreachable. */
  get healthy(): boolean {
    return [...this.#consumers.values()].every((consumer) => consumer.healthy)
  }

  get state(): 'starting' | 'working' | 'stopping' {
    if (this.#stopping) return 'stopping'
    return this.#isStarted ? 'working' : 'starting'
  }

  /** Are there running jobs? */
  get isBusy(): boolean {
    return this.#running.size > 0
  }

  /** Of the queues that are worked on, by name. */
  get consumers(): ReadonlyMap<string, Consumer> {
    return this.#consumers
  }

  /**
   * Stops fetching and lets running jobs finish for at most `graceMs`. Those that have not are aborted
   * and given back a second later. Then it disconnects. Idempotent.
   */
  stop(graceMs: number): Promise<void> {
    this.#stopping ??= this.#stop(graceMs)
    return this.#stopping
  }

  async #stop(graceMs: number): Promise<void> {
    const deadline = Date.now() + graceMs
    await Promise.all([...this.#consumers.values()].map((consumer) => consumer.stop()))
    if (!(await this.#drained(graceMs))) {
      for (const attempt of this.#running) attempt.windDown()
      await this.#drained(windDownMs)
      for (const attempt of this.#running) attempt.interrupt('shutdown')
      await this.#deliveries.idle()
    }
    // Whatever time is left, settling needs a moment.
    await this.#options.provider.close(Math.max(deadline - Date.now(), 5000))
    await this.#services?.close()
  }

  async #drained(graceMs: number): Promise<boolean> {
    const timer = Promise.withResolvers<false>()
    const timeout = setTimeout(() => {
      timer.resolve(false)
    }, graceMs)
    const drained = this.#deliveries.idle().then(() => true)
    try {
      return await Promise.race([drained, timer.promise])
    } finally {
      clearTimeout(timeout)
    }
  }

  #consume(wiring: Wiring, services: ServiceContainer): Consumer {
    const { provider, registry, contracts, clock = systemClock } = this.#options
    const config = limitConfig(wiring.config, provider.capabilities)
    const context: JobContext = {
      system: systemOf(provider),
      payloads: this.#payloads,
      services,
      middleware: [
        ...registry.tagMiddleware(wiring.tags),
        ...wiring.middleware,
        ...(wiring.func.middleware ?? []),
      ],
      otherContracts: new OtherContracts(
        contracts.queues[wiring.queue]?.fingerprint,
        services.logger,
        clock,
      ),
      wider: new WiderNotice(wiring.queue, services.logger),
      running: this.#running,
      clock,
    }
    return provider.consume(
      wiring.queue,
      {
        concurrency: config.batchSize,
        prefetch: config.prefetch,
        pollIntervalMs: config.pollInterval,
        visibilityTimeoutSeconds: config.visibilityTimeout,
        lockDurationMs: config.lockDuration,
        drainDelaySeconds: config.drainDelay,
        maxStalledCount: config.maxStalledCount,
        workerName: config.name,
      },
      (job) => this.#deliver(job, wiring, context),
    )
  }

  #deliver(job: DeliveredJob, wiring: Wiring, context: JobContext): Promise<Outcome> {
    const lapsed = job.heldUntil !== undefined && performance.now() > job.heldUntil
    if (this.#stopping || lapsed) return Promise.resolve(released)
    const ended = this.#options.observer?.begins(job)
    this.#deliveries.begin()
    return runJob(job, wiring, context).then((outcome) => {
      this.#deliveries.end()
      ended?.(outcome)
      logOutcome(context.services.logger, wiring, job, outcome)
      return outcome
    })
  }
}
