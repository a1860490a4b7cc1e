import type { QueueClient } from '../../src/runtime/client.ts'
import type { Contracts } from '../../src/runtime/contract.ts'
import type { WorkerConfig } from '../../src/runtime/types.ts'

/** What a job does: it takes its time, and then returns the name of its run, or dies. Plain JSON. */
export type Work = {
  /** The producer's number of the job. */
  job: number
  /** It fails for good. */
  dies: boolean
  /** Milliseconds of waiting. */
  takesMs: number
  /** The same in later attempts, where it differs: one that was lost may meet them. */
  laterTakesMs?: number
  /** Milliseconds for which it blocks the event loop in its first attempt. */
  blocksMs?: number
}

export type Client = QueueClient<Record<string, { input: Work; output: unknown }>>

export const concurrency = 10

/** In the error of a job that dies, as it was to. */
export const lastWords = 'dies in run'

/** More than any trial costs a job: what dies here dies wrongly. */
const attempts = 200

/** A queue on the shortest lease, whose jobs are retried at once and kept, and its letters. */
export function workQueue(name: string, leaseSeconds: number, own: WorkerConfig = {}) {
  const letters = `${name}-dead`
  const config: WorkerConfig = {
    batchSize: concurrency,
    deadLetterQueue: letters,
    attempts,
    backoff: { type: 'fixed', delay: 0 },
    visibilityTimeout: leaseSeconds,
    lockDuration: leaseSeconds * 1_000,
    pollInterval: 500,
    removeOnComplete: 10_000_000,
    removeOnFail: 10_000_000,
    ...own,
  }
  const backoff = { type: 'fixed', delay: 0 } as const
  const defaults = { attempts, backoff, deadLetterQueue: letters }
  const contracts: Contracts = {
    queues: { [name]: { input: {}, output: {}, defaults } },
    $defs: {},
  }
  return { name, letters, config, contracts }
}

export type WorkQueue = ReturnType<typeof workQueue>

/** What a worker process is told. */
export interface WorkerOrder {
  entryPoint: string
  connection: unknown
  queue: WorkQueue
  ledgerFolder: string
}
