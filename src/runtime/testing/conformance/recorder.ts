import type { RuntimeServices } from '../../registry.ts'
import type { Contracts } from '../../contract.ts'
import type { JobOrigin, QueueInteraction, WorkerConfig } from '../../types.ts'
import type { Middleware } from '../../wiring.ts'
import { until } from './until.ts'

/** What a queue's function does. What it returns is the job's result, null when it is nothing. */
export type Body = (job: QueueInteraction, data: unknown, services: RuntimeServices) => unknown

/** How a function is wired, with the middleware that comes from elsewhere. */
export interface Wiring {
  middleware?: Middleware<RuntimeServices>[]
  tags?: string[]
  functionMiddleware?: Middleware<RuntimeServices>[]
  tagMiddleware?: Record<string, Middleware<RuntimeServices>[]>
}

/** One attempt as the function saw it. */
export interface Run {
  data: unknown
  jobId: string
  queueName: string
  attempt: number
  maxAttempts: number
  origin: JobOrigin | undefined
  /** Monotonic times in milliseconds. */
  startedAt: number
  endedAt: number | undefined
}

/** The queue that a function is wired to. */
export interface Declared {
  readonly name: string
  readonly contracts: Contracts
  readonly config: WorkerConfig
}

/** A queue's function, which remembers its runs. */
export class Recorder {
  readonly queue: Declared
  readonly wiring: Wiring
  /** In the order in which they began. */
  readonly runs: Run[] = []
  /** How many have run at the same time. */
  most = 0
  #running = 0
  readonly #body: Body
  readonly #patienceMs: number

  constructor(queue: Declared, body: Body, wiring: Wiring, patienceMs: number) {
    this.queue = queue
    this.wiring = wiring
    this.#body = body
    this.#patienceMs = patienceMs
  }

  get attempts(): number[] {
    return this.runs.map(({ attempt }) => attempt)
  }

  get payloads(): unknown[] {
    return this.runs.map(({ data }) => data)
  }

  /** Waits until so many attempts have begun. */
  async begun(count: number, withinMs = this.#patienceMs): Promise<Run[]> {
    const what = `${count} runs of ${this.queue.name}`
    return until(() => this.runs.length >= count && this.runs, what, withinMs)
  }

  async call(services: RuntimeServices, data: unknown, job: QueueInteraction): Promise<unknown> {
    const { jobId, queueName, attempt, maxAttempts, origin } = job
    const run: Run = {
      ...{ data, jobId, queueName, attempt, maxAttempts, origin },
      startedAt: performance.now(),
      endedAt: undefined,
    }
    this.runs.push(run)
    this.#running += 1
    this.most = Math.max(this.most, this.#running)
    try {
      return (await this.#body(job, data, services)) ?? null
    } finally {
      this.#running -= 1
      run.endedAt = performance.now()
    }
  }
}
