import type { Contracts } from '../../src/runtime/contract.ts'
import type { WorkerConfig } from '../../src/runtime/types.ts'

/** What a worker process is to do; plain JSON. */
export interface WorkerOrder {
  entryPoint: string
  connection: unknown
  queue: string
  config: WorkerConfig
}

/** The queue takes anything and gives nothing back. */
export const contractsOf = (queue: string): Contracts => ({
  queues: {
    [queue]: { input: {}, output: { type: 'null', 'x-type': 'undefined' }, defaults: {} },
  },
  $defs: {},
})
