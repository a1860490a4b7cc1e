import type { DeliveredJob, StoredJob } from '../../provider.ts'
import type { JobError, JobOrigin, JsonValue } from '../../types.ts'

export type Ended = 'completed' | 'failed' | 'discarded'

/** A job as it is kept. What a queue would carry is kept as text, and read anew each time. */
export interface MemoryJob {
  readonly id: string
  readonly queueName: string
  readonly data: string
  readonly priority: number
  readonly maxAttempts: number
  readonly group: string | undefined
  readonly origin: JobOrigin | null
  readonly createdAt: number
  state: 'pending' | 'active' | Ended
  dueAt: number
  attemptsMade: number
  progress: string
  result: string
  error: JobError | null
  startedAt: number | null
  finishedAt: number | null
}

export type NewJob = Pick<
  MemoryJob,
  'id' | 'queueName' | 'data' | 'priority' | 'maxAttempts' | 'group' | 'origin'
> & { createdAt: number; dueAt: number }

export function newJob(job: NewJob): MemoryJob {
  return {
    ...job,
    state: 'pending',
    attemptsMade: 0,
    progress: 'null',
    result: 'null',
    error: null,
    startedAt: null,
    finishedAt: null,
  }
}

export const isPending = ({ state }: MemoryJob): boolean => state === 'pending'

export function toStored(job: MemoryJob, now: number): StoredJob {
  const isDelayed = isPending(job) && job.dueAt > now
  return {
    id: job.id,
    queueName: job.queueName,
    data: read(job.data),
    status: job.state !== 'pending' ? job.state : isDelayed ? 'delayed' : 'waiting',
    progress: read(job.progress),
    result: read(job.result),
    error: job.error && structuredClone(job.error),
    attemptsMade: job.attemptsMade,
    maxAttempts: job.maxAttempts,
    createdAt: new Date(job.createdAt),
    startedAt: toDate(job.startedAt),
    finishedAt: toDate(job.finishedAt),
    delayedUntil: isDelayed ? new Date(job.dueAt) : null,
    origin: job.origin && structuredClone(job.origin),
  }
}

export function toDelivered(
  job: MemoryJob,
  updateProgress: (progress: JsonValue) => Promise<void>,
): DeliveredJob {
  return {
    id: job.id,
    queueName: job.queueName,
    data: read(job.data),
    attempt: job.attemptsMade,
    maxAttempts: job.maxAttempts,
    createdAt: new Date(job.createdAt),
    origin: job.origin ? structuredClone(job.origin) : undefined,
    // Nobody else can take a job over.
    lost: new AbortController().signal,
    updateProgress,
  }
}

const read = (text: string): JsonValue => JSON.parse(text) as JsonValue

const toDate = (ms: number | null): Date | null => (ms === null ? null : new Date(ms))
