import type { Contracts } from '../../contract.ts'
import type { JobEvent } from '../../job-events.ts'
import type { JobOptions, WorkerConfig } from '../../types.ts'

/** What another process is to do. Plain JSON, like everything that goes between processes. */
export type Task = { queue: string; contracts: Contracts } & (
  | /** Adds the jobs when it is told to go on: all at once, each by itself. */ {
      type: 'add'
      jobs: { data: unknown; options: JobOptions }[]
    }
    /** Follows a job until it ends. */
  | { type: 'follow'; id: string }
  /** Runs a worker until a signal comes. Its jobs end when it is told to go on. */
  | { type: 'work'; config: WorkerConfig }
)

export interface Order {
  entryPoint: string
  connection: unknown
  task: Task
}

/** What it says meanwhile. */
export type Report =
  | { type: 'ready' }
  | { type: 'added'; ids: string[] }
  | { type: 'event'; event: JobEvent<unknown> }
  | { type: 'run'; jobId: string; attempt: number }
  | { type: 'failed'; message: string }
