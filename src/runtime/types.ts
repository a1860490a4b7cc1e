import type { Transaction } from './transaction.ts'

/** Anything that survives `JSON.parse(JSON.stringify(value))` unchanged: what providers carry. */
export type JsonValue =
  null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue }

/** How long to wait before the next attempt. */
export interface BackoffOptions {
  /**
   * `fixed`: always `delay`. `linear`: `delay` × number of failed attempts.
   * `exponential`: `delay` × 2^(failed attempts − 1).
   */
  type: 'fixed' | 'linear' | 'exponential'
  /** Milliseconds, 0 or more. Default 1000. */
  delay?: number | undefined
  /** Upper bound of one wait in milliseconds, before jitter. Default: one hour. */
  maxDelay?: number | undefined
  /** 0 to 1: the share of the wait that is random. 0.5 waits between 50 % and 100 %. Default 0. */
  jitter?: number | undefined
}

/** Options of a queue worker, as given in `wireQueueWorker({ config })`. */
export interface WorkerConfig {
  /** Jobs this worker runs at the same time on this queue, 1 to 1000. Default 10. */
  batchSize?: number | undefined
  /** Jobs fetched ahead of the running ones, 0 to 1000. Default: grows with the observed speed. */
  prefetch?: number | undefined
  /** Milliseconds between two looks at an empty queue, on providers that poll. Default 1000. */
  pollInterval?: number | undefined
  /** Seconds after which a job whose worker went silent is given back. Default 30. */
  visibilityTimeout?: number | undefined
  /** Milliseconds a job stays locked without a renewal, on providers that lock. Default 30000. */
  lockDuration?: number | undefined
  /** Seconds of one wait for a job when the queue is empty, on providers that long-poll. Default 5. */
  drainDelay?: number | undefined
  /** Completed jobs to keep, newest first. 0 keeps none. Default 1000. */
  removeOnComplete?: number | undefined
  /** Failed and discarded jobs to keep, newest first. 0 keeps none. Default 5000. */
  removeOnFail?: number | undefined
  /** Times a job may be taken over from a dead worker before it fails, where it is counted apart. */
  maxStalledCount?: number | undefined
  /** Name of this worker in logs and in the backend's own tools. Default: the queue's name. */
  name?: string | undefined
  /** `false`: set the worker up but process nothing until it is started. Default true. */
  autorun?: boolean | undefined
  /** Runs of a job in total, the first one included, 1 to 1000. Default 3. */
  attempts?: number | undefined
  /** Wait between attempts. Default: exponential from one second. */
  backoff?: BackoffOptions | undefined
  /** Queue that receives the jobs which failed for good. Default: none. */
  deadLetterQueue?: string | undefined
  /** Milliseconds one attempt may take before its signal is aborted and it fails. Default: none. */
  timeout?: number | undefined
}

export type WorkerOption = keyof WorkerConfig

/** Options of one job, as given at `add`; they win over the worker's config. */
export interface JobOptions {
  /** An id of your own, 1 to 255 characters: adding it twice to a queue runs it once. */
  jobId?: string | undefined
  /** Milliseconds from now before the job may run. Default 0. */
  delay?: number | undefined
  /** Higher runs first, on every provider. `low` −10, `normal` 0 (default), `high` 10. */
  priority?: number | 'low' | 'normal' | 'high' | undefined
  /** Runs in total, the first one included, 1 to 1000. */
  attempts?: number | undefined
  /** The same as `attempts` − 1. */
  retries?: number | undefined
  backoff?: BackoffOptions | undefined
  /** Milliseconds one attempt may take. */
  timeout?: number | undefined
  /**
   * Jobs of one group run in the order they were added, one at a time. 1 to 128 characters: letters,
   * digits and punctuation of ASCII. On FIFO queues of SQS; without one, the queue is one group.
   */
  group?: string | undefined
  /**
   * A transaction of yours on the same database (of pg, Drizzle, Knex, Kysely or Prisma): the job is
   * stored in it, runs after its commit and vanishes with its rollback. An add that is refused before
   * anything is sent, or whose `jobId` exists already, leaves it as it was; after a statement that the
   * server refused, PostgreSQL can only roll it back. On PostgreSQL.
   */
  tx?: Transaction | undefined
}

export type JobStatus = 'waiting' | 'delayed' | 'active' | 'completed' | 'failed' | 'discarded'

/** An error as it is stored with a job: plain data, readable from any language. */
export interface JobError {
  name: string
  message: string
  /** The error's own `code`, when it had one. */
  code?: string
  /** Down to the last frame of the user's code, where there is one. */
  stack?: string
  cause?: JobError
}

/** A job as the client shows it. */
export interface Job<Data = unknown, Result = unknown, Progress = unknown> {
  id: string
  queueName: string
  data: Data
  status: JobStatus
  /** What `updateProgress` was last called with, or null. */
  progress: Progress | null
  /** What the function returned; null until it has, or when it returns nothing. */
  result: Result | null
  /** Why the last attempt failed, or why the job was discarded; null when it did not. */
  error: JobError | null
  attemptsMade: number
  maxAttempts: number
  createdAt: Date
  startedAt: Date | null
  finishedAt: Date | null
  delayedUntil: Date | null
  /** For a job in a dead letter queue: the job it was. */
  origin: JobOrigin | null
}

/** Where a dead letter came from and why. */
export interface JobOrigin {
  queueName: string
  jobId: string
  attemptsMade: number
  error: JobError | null
}

export type JobCounts = Record<JobStatus, number>

/** The queue's side of a function's `interaction`. */
export interface QueueInteraction<Progress = unknown> {
  readonly queueName: string
  readonly jobId: string
  /** 1 on the first run. */
  readonly attempt: number
  readonly maxAttempts: number
  /** For a dead letter: the job it was and why it failed. */
  readonly origin?: JobOrigin | undefined
  /** Aborted when the attempt's timeout passes, the worker shuts down or the job's lease is lost. */
  readonly signal: AbortSignal
  /**
   * Publishes progress: of the function's type of it, else whatever has a form in JSON. Never fails the
   * job: what does not fit is not published, and the log says so. After the attempt has ended, be it by
   * its timeout, it does nothing.
   */
  updateProgress(progress: Progress): Promise<void>
  /** Ends this attempt as failed with the reason; it is retried as if the function had thrown. */
  fail(reason: string): never
  /** Ends the job: no retry, no dead letter. */
  discard(reason?: string): never
}

export interface Interaction<Progress = unknown> {
  /** Set when the function was called by a queue. */
  queue?: QueueInteraction<Progress>
}

export interface Logger {
  debug(message: string, details?: Record<string, unknown>): void
  info(message: string, details?: Record<string, unknown>): void
  warn(message: string, details?: Record<string, unknown>): void
  error(message: string, details?: Record<string, unknown>): void
}
