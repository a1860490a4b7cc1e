import type { JobJson } from 'bullmq'
import { crashError } from '../../errors.ts'
import { readOrigin } from '../../job-origin.ts'
import type { JobError, JobOrigin } from '../../types.ts'
import { toCallerId } from './ids.ts'
import type { Queue } from './queues.ts'
import { toStoredError } from './stored-error.ts'

/**
 * A claim is this worker's right to one attempt of a job: a lock in Redis, with a token and a time
 * after which it lapses. BullMQ counts a job's starts and stalls, which tells one claim from the next
 * even when both are of one token.
 */
export interface Claim {
  queue: Queue
  /** The id that callers know. */
  id: string
  /** What the job's key ends with. */
  key: string
  /** The consumer's name, for the log. */
  worker: string
  token: string
  /** How often the job was started, this time included; how often a worker fell silent over it. */
  starts: number
  stalls: number
  /** 1 on the first run; crashes count. */
  attempt: number
  lockMs: number
  /** Monotonic time at which the lock is known to have been renewed. */
  renewedAt: number
  lost: AbortController
  /** Its function has ended: only the settlement's own answer says whether the claim held. */
  isSettling: boolean
}

/** A fetched job on its way to the function. */
export interface ClaimedJob {
  claim: Claim
  job: JobJson
  maxAttempts: number
  origin: JobOrigin | undefined
  /** Why it may not run: mostly because workers fell silent over it once too often. */
  doom: JobError | null
}

export function toClaimedJob(
  job: JobJson,
  key: string,
  token: string,
  worker: { queue: Queue; name: string; lockMs: number; attempts: number; fetchedAt: number },
): ClaimedJob {
  const maxAttempts = attemptsOf(job.opts, worker.attempts)
  const attempt = job.attemptsMade + job.stalledCounter + 1
  return {
    claim: {
      queue: worker.queue,
      id: toCallerId(key),
      key,
      worker: worker.name,
      token,
      starts: job.attemptsStarted,
      stalls: job.stalledCounter,
      attempt,
      lockMs: worker.lockMs,
      renewedAt: worker.fetchedAt,
      lost: new AbortController(),
      isSettling: false,
    },
    job,
    maxAttempts,
    // A dead letter has it among its options, which BullMQ hands on as they are.
    origin: readOrigin(Reflect.get(job.opts, 'origin')),
    doom: doomOf(job, attempt > maxAttempts),
  }
}

/** BullMQ itself marks jobs that are to fail as soon as they are fetched. */
function doomOf({ deferredFailure }: JobJson, exhausted: boolean): JobError | null {
  if (deferredFailure !== undefined) return toStoredError({ failedReason: deferredFailure })
  return exhausted ? crashError : null
}

/** @param usual for a job that says nothing; BullMQ writes that as 0. */
export function attemptsOf({ attempts }: { attempts?: number }, usual: number): number {
  return attempts !== undefined && attempts > 0 ? attempts : usual
}
