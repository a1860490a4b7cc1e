import type { WorkerOption } from '../../types.ts'
import type { Stage } from './stage.ts'

/** What a provider may lack, by the names of the capability table. */
export type Capability =
  | 'results'
  | 'status'
  | 'progress'
  | 'remove'
  | 'retry'
  | 'pause'
  | 'priority'
  | 'jobId'
  | 'group'
  | 'transactions'

/** What a case may need. */
export type Need = Capability | 'processes'

/** One behaviour. */
export interface Case {
  /** A sentence about what is tested, without a subject. */
  name: string
  /** What it cannot be without; what happens instead is a case in `gaps.ts`. */
  needs?: readonly Need[]
  /** The worker option that it is about; where that does nothing, a case in `gaps.ts` says so. */
  option?: WorkerOption
  run(stage: Stage): Promise<void>
}

/** Behaviours that belong together. */
export interface Group {
  name: string
  cases: readonly Case[]
}
