import type { Capabilities } from '../../capabilities.ts'
import type { CreateProvider } from '../../provider.ts'
import type { Transaction } from '../../transaction.ts'
import type { JobOptions, WorkerConfig } from '../../types.ts'

/** Of the test runner: `describe` and `it` of Vitest, Jest or node:test. */
export interface TestRunner {
  /** Where cases may run side by side (`describe.concurrent`), the suite takes a fraction of the time. */
  describe: (name: string, body: () => void) => unknown
  it: (name: string, body: () => Promise<void>, timeoutMs?: number) => unknown
}

/** The provider under test. */
export interface Backend<Connection> extends BackendFacts {
  createProvider: CreateProvider<Connection>
  /**
   * The server to use: plain JSON, where other processes get it too. Asked for in each case. Every
   * case has queues of its own, so all may get the same; who makes the server also removes it.
   */
  connection(): Connection | Promise<Connection>
  /**
   * Runs the body in a transaction of an application's own on that server, then commits it; rolls it
   * back when the body throws. Only where `capabilities.transactions`.
   */
  transaction?: (connection: Connection, body: (tx: Transaction) => Promise<void>) => Promise<void>
  /**
   * Starts a server for one case, which keeps its jobs when it is restarted. Where there is none, what
   * holds across a restart is not tested.
   */
  startServer?: () => Promise<RestartableServer<Connection>>
}

export interface RestartableServer<Connection> {
  connection: Connection
  /** Resolves when it is gone, as in a crash. */
  kill(): Promise<void>
  /** Starts it again, with the data it had. Resolves when it is back. */
  start(): Promise<void>
  destroy(): Promise<void>
}

/** What the suite has to know of it. */
export interface BackendFacts {
  /** Heads the report. */
  name: string
  /** URL of the module that exports `createProvider`: other processes import it from there. */
  entryPoint: string
  /** What the provider says of itself. */
  capabilities: Capabilities
  /** The shortest time after which a silent worker's job is given back, in seconds. */
  leaseSeconds: number
  /**
   * Options of a job that pass the client's checks and that the backend then refuses; null when
   * there are none.
   */
  refusedByBackend: JobOptions | null
  /** False: its jobs live in one process, and no other reaches them. Default true. */
  processes?: boolean
  /** Options of every queue's worker that a case does not set itself. */
  config?: WorkerConfig
  tolerances?: Partial<Tolerances>
}

/** How late things may happen, in milliseconds. Nothing may ever happen early. */
export interface Tolerances {
  /** After a job is due until it starts. Default 2500. */
  startMs: number
  /** After a lease has lapsed until its job is given back. Default 20000. */
  recoveryMs: number
  /** Until anything else that has to happen has happened. Default 20000. */
  patienceMs: number
}

export const defaultTolerances: Tolerances = {
  startMs: 2_500,
  recoveryMs: 20_000,
  patienceMs: 20_000,
}
