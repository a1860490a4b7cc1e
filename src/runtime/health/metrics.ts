import type PromClient from 'prom-client'
import type { DeliveredJob, Outcome } from '../provider.ts'
import type { Worker } from '../worker.ts'
import type { Overviews } from './overviews.ts'
import type { RunningJobs } from './running-jobs.ts'

/** Seconds: from what a quick function takes to what is long for a job. */
const durations = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800]
/** Seconds: backlogs last longer than jobs. */
const waits = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3_600, 14_400, 86_400]

const outcomes: Outcome['type'][] = ['done', 'retry', 'dead', 'discarded', 'released']

/** What the metrics are about. */
export interface Measured {
  worker: Worker
  /** Queues whose numbers are shown: the worker's, and their dead letter queues. */
  queues: readonly string[]
  overviews: Overviews
  running: RunningJobs
}

/** The worker's metrics, in a registry of their own: what the project's code registers is not among them. */
export class Metrics {
  readonly contentType: string
  readonly #registry: PromClient.Registry
  readonly #attempts
  readonly #gauges

  constructor(client: typeof PromClient) {
    this.#registry = new client.Registry()
    this.contentType = this.#registry.contentType
    this.#attempts = createAttempts(client, this.#registry)
    this.#gauges = createGauges(client, this.#registry)
    client.collectDefaultMetrics({ register: this.#registry })
  }

  /** Takes an attempt into account that has ended. */
  ended({ queueName: queue, attempt, createdAt }: DeliveredJob, outcome: Outcome, seconds: number) {
    this.#attempts.duration.observe({ queue, outcome: outcome.type }, seconds)
    this.#attempts.outcomes.inc({ queue, outcome: outcome.type })
    // Further attempts have waited for their backoff, and what is given back has not had its turn.
    if (attempt > 1 || outcome.type === 'released') return
    const waited = (Date.now() - createdAt.getTime()) / 1_000 - seconds
    // Clocks of two machines differ.
    this.#attempts.wait.observe({ queue }, Math.max(0, waited))
  }

  /** In the text format of Prometheus. `measured` is missing while the worker starts. */
  async print(measured: Measured | undefined): Promise<string> {
    for (const gauge of Object.values(this.#gauges)) gauge.reset()
    if (measured) this.#measure(measured)
    return this.#registry.metrics()
  }

  #measure({ worker, queues, overviews, running }: Measured): void {
    const { ready, concurrency, runningJobs, jobs, oldest, paused } = this.#gauges
    ready.set(worker.state === 'working' && worker.healthy ? 1 : 0)
    for (const { queue, config } of worker.wirings) {
      if (!worker.consumers.has(queue)) continue
      concurrency.set({ queue }, config.batchSize)
      // A rate is only seen where a counter was there before it grew.
      for (const outcome of outcomes) this.#attempts.outcomes.inc({ queue, outcome }, 0)
      runningJobs.set({ queue }, running.on(queue))
    }
    for (const queue of queues) {
      const overview = overviews.get(queue)
      if (!overview) continue
      for (const [status, count] of Object.entries(overview.counts)) {
        jobs.set({ queue, status }, count)
      }
      const since = overview.oldestWaitingSince
      if (since !== undefined) oldest.set({ queue }, since ? secondsSince(since) : 0)
      paused.set({ queue }, overview.paused ? 1 : 0)
    }
  }
}

function createAttempts(client: typeof PromClient, registry: PromClient.Registry) {
  const registers = [registry]
  return {
    outcomes: new client.Counter({
      name: 'pikku_queue_job_outcomes_total',
      help: 'Attempts that ended in this worker, by what became of them.',
      labelNames: ['queue', 'outcome'],
      registers,
    }),
    duration: new client.Histogram({
      name: 'pikku_queue_job_duration_seconds',
      help: 'Time that an attempt of a job took in this worker, by what became of it.',
      labelNames: ['queue', 'outcome'],
      buckets: durations,
      registers,
    }),
    wait: new client.Histogram({
      name: 'pikku_queue_job_wait_seconds',
      help: 'Time from the add of a job to the start of its first attempt, its delay included.',
      labelNames: ['queue'],
      buckets: waits,
      registers,
    }),
  }
}

function createGauges(client: typeof PromClient, registry: PromClient.Registry) {
  const registers = [registry]
  const gauge = <Label extends string = never>(name: string, help: string, ...labels: Label[]) =>
    new client.Gauge({ name, help, labelNames: labels, registers })
  return {
    ready: gauge('pikku_worker_ready', '1 while the worker takes jobs and reaches its backend.'),
    concurrency: gauge('pikku_worker_concurrency', 'Jobs it runs at the same time.', 'queue'),
    runningJobs: gauge('pikku_worker_running_jobs', 'Jobs that run in this worker.', 'queue'),
    jobs: gauge('pikku_queue_jobs', 'Jobs in the queue, of all workers.', 'queue', 'status'),
    oldest: gauge(
      'pikku_queue_oldest_waiting_seconds',
      'For how long the job has been due that waits longest; 0 when none waits.',
      'queue',
    ),
    paused: gauge('pikku_queue_paused', '1 while the queue is paused.', 'queue'),
  }
}

const secondsSince = (date: Date) => Math.max(0, (Date.now() - date.getTime()) / 1_000)
