import type { Capabilities } from '../../src/runtime/capabilities.ts'
import type { WorkerConfig } from '../../src/runtime/types.ts'

/** What the system is put through. */
export type ScenarioName =
  | 'workers are killed'
  | 'the server is killed'
  | 'connections are cut'
  | 'connections hang'
  | 'workers are terminated'
  | 'a worker is stopped'
  | 'a function blocks its worker'

/** A provider whose promises are put to the test. */
export interface FaultBackend {
  /** Heads the report. */
  name: string
  /** URL of the module that exports `createProvider`. */
  entryPoint: string
  capabilities: Capabilities
  /** The shortest time after which a silent worker's job is given back, in seconds. */
  leaseSeconds: number
  /** What its workers need beside. */
  config?: WorkerConfig
  /** Starts a server for the whole suite, as durable as it is meant to be run. */
  startServer(): Promise<FaultServer>
  /** Scenarios that its server cannot be put through, each with the reason. */
  exempt?: Partial<Record<ScenarioName, string>>
}

export interface FaultServer {
  /** Plain JSON, because other processes get it too. */
  connection: unknown
  /** Where it listens on the loopback, and how to reach it on another port: that of a proxy. */
  behind?: { port: number; connection: (port: number) => unknown }
  /** `kill -9` of the server. Resolves when it is gone. */
  kill?: () => Promise<void>
  /** Starts it again with the data it had, if nobody else does. Resolves when it is there. */
  restart?: () => Promise<void>
  destroy(): Promise<void>
}
