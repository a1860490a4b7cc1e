import type { JobCounts, JobOrigin, JobStatus } from '../../src/runtime/types.ts'

/** One run of a job, as the process that ran it wrote it down. Times are Unix milliseconds. */
export interface Run {
  /** Names the run; it is what the function returns. */
  id: string
  /** The producer's own number of the job. */
  job: number
  /** As the function was told. */
  attempt: number
  pid: number
  startedAt: number
  /** When the function was about to return or to throw; undefined when it never got there. */
  finishedAt: number | undefined
  /** It threw: the job is to fail for good. */
  died: boolean
}

/** Unix milliseconds. */
export interface Span {
  from: number
  to: number
}

/** Something we did to the system, and to which of its processes. */
export interface Fault {
  what: string
  from: number
  to: number
  /** The worker processes it met. */
  pids: number[]
}

/** What the backend says has become of a job. */
export interface Fate {
  status: JobStatus
  /** The run whose result was kept; null when none was. */
  result: unknown
  /** Why it failed. */
  reason: string | null
}

/** What lies in the dead letter queue. */
export interface Letter {
  /** The producer's number of the job; NaN when its payload does not say. */
  job: number
  origin: JobOrigin | null
}

/** All that is known when a trial has ended, gathered outside of the system under test. */
export interface Evidence {
  queue: string
  /** The jobs whose add was answered, by their numbers: the backend's ids. */
  acknowledged: ReadonlyMap<number, string>
  /** When their adds were under way, where the backend takes no ids: one may have stored its job twice. */
  adds: ReadonlyMap<number, Span> | undefined
  runs: readonly Run[]
  faults: readonly Fault[]
  /** Of each acknowledged job; null when the backend knows no such job. Undefined: it cannot say. */
  fates: ReadonlyMap<number, Fate | null> | undefined
  letters: readonly Letter[]
  /** What the backend cannot count is left out. */
  counts: Partial<JobCounts>
  /** Jobs that one process has in flight at most: running, or finished but not settled yet. */
  mostInFlight: number
}
