import { type Attempt, released } from './attempt.ts'
import type { Capabilities } from './capabilities.ts'
import type { Contracts } from './contract.ts'
import { declareQueues } from './declare-queues.ts'
import { errorCodes, PikkuQueueError } from './errors.ts'
import { createPayloads } from './payload.ts'
import type { Consumer, DeliveredJob, Outcome, QueueProvider } from './provider.ts'
import type { Registry, Wiring } from './registry.ts'
import { type JobContext, runJob } from './run-job.ts'
import type { ServiceContainer } from './services.ts'
import type { Logger } from './types.ts'
import { isWorkerOption } from './worker-options.ts'

export interface WorkerOptions {
  provider: QueueProvider
  registry: Registry
  contracts: Contracts
  services: ServiceContainer
  /** Only these queues; default all. */
  queues?: string[] | undefined
  /** Only queues with one of these tags; default all. */
  tags?: string[] | undefined
}

/** Between the abort of a job's signal and its being given back. */
const windDownMs = 1000

/** The wired queues of one process, at work on one provider. */
export class Worker {
  readonly wirings: readonly Wiring[]
  readonly #options: WorkerOptions
  readonly #payloads
  readonly #consumers: Consumer[] = []
  readonly #running = new Set<Attempt>()
  readonly #deliveries = new Set<Promise<unknown>>()
  #stopping: Promise<void> | undefined

  /** @throws PikkuQueueError PKQ402 for a queue that nothing is wired to, PKQ505 when none is left. */
  constructor(options: WorkerOptions) {
    this.#options = options
    this.#payloads = createPayloads(options.contracts)
    this.wirings = selectWirings(options)
    refuseUncontracted(this.wirings, options.contracts)
  }

  /**
   * Connects and starts fetching. False when it was stopped meanwhile, and so did not start.
   * @throws PikkuQueueError when the backend refuses.
   */
  async start(): Promise<boolean> {
    const { provider } = this.#options
    try {
      await provider.open(declareQueues(this.wirings))
    } catch (error) {
      if (!this.#stopping) throw error
    }
    if (this.#stopping) return false
    for (const wiring of this.wirings) {
      if (this.isStarted(wiring)) this.#consumers.push(this.#consume(wiring))
    }
    return true
  }

  /** `autorun: false` waits to be named with `--queues`. */
  isStarted(wiring: Wiring): boolean {
    return wiring.config.autorun || this.#options.queues?.includes(wiring.queue) === true
  }

  /** False while the backend is unreachable. */
  get healthy(): boolean {
    return this.#consumers.every((consumer) => consumer.healthy)
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
    await Promise.all(this.#consumers.map((consumer) => consumer.stop()))
    if (!(await this.#drained(graceMs))) {
      for (const attempt of this.#running) attempt.windDown()
      await this.#drained(windDownMs)
      for (const attempt of this.#running) attempt.interrupt('shutdown')
      await Promise.all(this.#deliveries)
    }
    // Whatever time is left, settling needs a moment.
    await this.#options.provider.close(Math.max(deadline - Date.now(), 5000))
    await this.#options.services.close()
  }

  async #drained(graceMs: number): Promise<boolean> {
    const timer = Promise.withResolvers<false>()
    const timeout = setTimeout(() => {
      timer.resolve(false)
    }, graceMs)
    const drained = Promise.all(this.#deliveries).then(() => true)
    try {
      return await Promise.race([drained, timer.promise])
    } finally {
      clearTimeout(timeout)
    }
  }

  #consume(wiring: Wiring): Consumer {
    const { config } = wiring
    const { registry, services } = this.#options
    const context: JobContext = {
      payloads: this.#payloads,
      services,
      middleware: [
        ...registry.tagMiddleware(wiring.tags),
        ...wiring.middleware,
        ...(wiring.func.middleware ?? []),
      ],
      running: this.#running,
    }
    return this.#options.provider.consume(
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
    if (this.#stopping) return Promise.resolve(released)
    const delivery = runJob(job, wiring, context)
    this.#deliveries.add(delivery)
    return delivery.then((outcome) => {
      this.#deliveries.delete(delivery)
      logOutcome(context.services.logger, wiring, job, outcome)
      return outcome
    })
  }
}

function logOutcome(logger: Logger, wiring: Wiring, job: DeliveredJob, outcome: Outcome): void {
  const { name } = wiring.config
  const about = {
    queue: wiring.queue,
    worker: name === wiring.queue ? undefined : name,
    jobId: job.id,
    attempt: `${job.attempt}/${job.maxAttempts}`,
  }
  switch (outcome.type) {
    case 'done':
      logger.debug('job completed', about)
      break
    case 'retry':
      logger.warn(`job failed, runs again in ${outcome.delayMs} ms`, {
        ...about,
        error: outcome.error.message,
      })
      break
    case 'dead':
      logger.error('job failed for good', { ...about, error: outcome.error.message })
      break
    case 'discarded':
      logger.warn('job discarded', { ...about, reason: outcome.error.message })
      break
    case 'released':
      logger.info('job given back', about)
      break
  }
}

/** Without a contract no payload would fit, and every job would be lost to dead letters. */
function refuseUncontracted(wirings: readonly Wiring[], { queues }: Contracts): void {
  for (const { queue } of wirings) {
    if (Object.hasOwn(queues, queue)) continue
    throw new PikkuQueueError(errorCodes.unknownQueue, `queue "${queue}" has no contract`, {
      hint: 'The generated files are older than its wiring: run `pikku generate`.',
    })
  }
}

function selectWirings({ registry, queues, tags }: WorkerOptions): Wiring[] {
  const all = registry.wirings()
  for (const queue of queues ?? []) {
    if (all.some((wiring) => wiring.queue === queue)) continue
    throw new PikkuQueueError(errorCodes.unknownQueue, `no function is wired to queue "${queue}"`, {
      hint: `Wired are: ${all.map((wiring) => wiring.queue).join(', ') || 'none'}.`,
    })
  }
  const selected = all
    .filter((wiring) => !queues || queues.includes(wiring.queue))
    .filter((wiring) => !tags || wiring.tags.some((tag) => tags.includes(tag)))
  if (selected.length > 0) return selected
  throw new PikkuQueueError(errorCodes.nothingToDo, 'there is no queue to work on', {
    hint:
      all.length === 0
        ? 'Wire a function with wireQueueWorker({ queue, func }).'
        : `No wired queue has one of the tags ${tags?.join(', ') ?? ''}.`,
  })
}

/** Options that are set but do nothing on this provider, with the reason. */
export function ignoredOptions(
  wiring: Wiring,
  { options }: Capabilities,
): { option: string; instead: string }[] {
  return wiring.configured.filter(isWorkerOption).flatMap((option) => {
    const support = options[option]
    return support.supported ? [] : [{ option, instead: support.instead }]
  })
}
