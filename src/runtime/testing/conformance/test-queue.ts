import type { QueueClient } from '../../client.ts'
import type { Contracts, JsonSchema, RetryDefaults } from '../../contract.ts'
import type { Job, JobCounts, JobOptions, JobStatus, WorkerConfig } from '../../types.ts'
import { type Body, type Declared, Recorder, type Wiring } from './recorder.ts'
import { until } from './until.ts'

export interface QueueSpec {
  /** Default: a name that nothing else uses. */
  name?: string
  /** Default: any JSON. */
  input?: JsonSchema
  output?: JsonSchema
  progress?: JsonSchema
  fingerprint?: string
  config?: WorkerConfig
}

export type AnyClient = QueueClient<Record<string, { input: unknown; output: unknown }>>

/** What a queue needs of the stage it is on. */
export interface Host {
  client(contracts: Contracts): AnyClient
  readonly tolerances: { patienceMs: number }
}

/** A queue under one contract: how it is declared, a client for it, and its functions. */
export class TestQueue implements Declared {
  readonly name: string
  readonly contracts: Contracts
  readonly config: WorkerConfig
  readonly #host: Host
  #client: AnyClient | undefined

  constructor(host: Host, name: string, spec: QueueSpec, config: WorkerConfig) {
    const { input = {}, output = {}, progress, fingerprint } = spec
    this.#host = host
    this.name = name
    this.config = config
    const contract = {
      ...{ input, output, defaults: defaultsOf(config) },
      ...(progress && { progress }),
      ...(fingerprint !== undefined && { fingerprint }),
    }
    this.contracts = { queues: { [name]: contract }, $defs: {} }
  }

  /** A function for it, to be handed to `stage.work`. */
  runs(body: Body = () => undefined, wiring: Wiring = {}): Recorder {
    return new Recorder(this, body, wiring, this.#host.tolerances.patienceMs)
  }

  get client(): AnyClient {
    this.#client ??= this.#host.client(this.contracts)
    return this.#client
  }

  add(data?: unknown, options?: JobOptions): Promise<string> {
    return this.client.add(this.name, data ?? null, options)
  }

  /** Adds `count` jobs whose payloads are 0, 1, 2, … */
  addMany(count: number, options?: JobOptions): Promise<string[]> {
    const jobs = Array.from({ length: count }, (_, data) => ({ data, options }))
    return this.client.addBulk(this.name, jobs)
  }

  wait(id: string): Promise<unknown> {
    return this.client.waitForCompletion(this.name, id, {
      timeout: this.#host.tolerances.patienceMs,
    })
  }

  find(id: string): Promise<Job | null> {
    return this.client.getJob(this.name, id)
  }

  counts(): Promise<JobCounts> {
    return this.client.counts(this.name)
  }

  /** Waits until the job has that status. */
  async reached(id: string, status: JobStatus): Promise<Job> {
    let last: Job | null = null
    const look = async () => {
      last = await this.find(id)
      return last?.status === status && last
    }
    try {
      return await until(look, `job ${id} to be ${status}`, this.#host.tolerances.patienceMs)
    } catch (error) {
      throw new Error(`it is ${JSON.stringify(last)}`, { cause: error })
    }
  }
}

/** As the generator copies them from a wiring into its contract. */
function defaultsOf({ attempts, backoff, timeout, deadLetterQueue }: WorkerConfig): RetryDefaults {
  return {
    ...(attempts !== undefined && { attempts }),
    ...(backoff !== undefined && { backoff }),
    ...(timeout !== undefined && { timeout }),
    ...(deadLetterQueue !== undefined && { deadLetterQueue }),
  }
}

export function mergeContracts(queues: readonly Declared[]): Contracts {
  const all = queues.flatMap(({ contracts }) => Object.entries(contracts.queues))
  return { queues: Object.fromEntries(all), $defs: {} }
}
