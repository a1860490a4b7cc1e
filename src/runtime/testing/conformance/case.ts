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
  | 'transactions'

/** What a case may need. */
export type Need = Capability | 'processes'

/** One behaviour. */
export interface Case {
  /** A sentence about what is tested, without a subject. */
  name: string
  /** What it cannot be without; what happens instead is a case in `gaps.ts`. */
  needs?: readonly Need[]
  run(stage: Stage): Promise<void>
}

/** Behaviours that belong together. */
export interface Group {
  name: string
  cases: readonly Case[]
}
