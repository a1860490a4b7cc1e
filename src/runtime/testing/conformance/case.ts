import type { Stage } from './stage.ts'

/** What a provider may lack, by the names of the capability table. */
export type Capability =
  'results' | 'status' | 'progress' | 'remove' | 'retry' | 'priority' | 'jobId'

/** One behaviour. */
export interface Case {
  /** A sentence about what is tested, without a subject. */
  name: string
  /** Capabilities without which it cannot be; what happens instead is a case in `gaps.ts`. */
  needs?: readonly Capability[]
  run(stage: Stage): Promise<void>
}

/** Behaviours that belong together. */
export interface Group {
  name: string
  cases: readonly Case[]
}
