import type { Capabilities } from './capabilities.ts'
import type { ConnectionSettings } from './connection-settings.ts'
import type { Transaction } from './transaction.ts'
import type { JobCounts, JobError, JobOrigin, JobStatus, JsonValue, Logger } from './types.ts'

/**
 * The contract between the core and a backend. The core decides (attempts, backoff, dead letters,
 * validation, timeouts); a provider carries out.
 *
 * Terms: a *job* is one row or message. An *attempt* is one run of it, numbered from 1. A *claim* is
 * a provider's right to settle one attempt; it lapses when the worker goes silent. To *settle* is to
 * carry out an attempt's outcome.
 */
export interface QueueProvider {
  readonly name: string
  readonly capabilities: Capabilities
  /** Where it is connected to, for people: host, port, database; never a password. */
  readonly address: string

  /**
   * Connects, and creates or verifies the queues. Called once before anything else, and again where it is
   * to be used after `close`.
   * @throws PikkuQueueError for anything a user can mend: no server, wrong password, …
   */
  open(queues: QueueDeclaration[]): Promise<void>

  /**
   * Stores the jobs durably, in order. One result for each job, in the same order: its id, or the
   * error that kept it from being stored. A job whose id the queue already has is not stored again
   * and its id is returned.
   */
  send(queue: string, jobs: OutgoingJob[]): Promise<SendResult[]>

  /**
   * As `send`, inside a transaction of the caller's: its commit stores the jobs and wakes the workers.
   * Never called twice at a time for one transaction. Only where `capabilities.transactions`.
   */
  sendIn?(tx: Transaction, queue: string, jobs: OutgoingJob[]): Promise<SendResult[]>

  /**
   * An add of the job that the queue has just stored resolves when this does. For a provider that runs
   * jobs in the process that adds them; others leave it out.
   */
  added?(queue: string, id: string): Promise<void>

  /** Starts fetching. Never throws for a lost connection: it reconnects and resumes. */
  consume(queue: string, options: ConsumeOptions, deliver: Deliver): Consumer

  /** Jobs by status; `null` when there is no such job. Only where `capabilities.status`. */
  find?(queue: string, id: string): Promise<StoredJob | null>
  /**
   * Calls `onChange` soon after the job's progress or status changed, in whatever process. A hint:
   * it may come late, twice, or (after a lost connection) not at all. Returns the unsubscriber.
   */
  watch?(queue: string, id: string, onChange: () => void): Promise<() => void>
  /**
   * Milliseconds after which the core looks at a watched job although nobody called. Infinity where
   * `watch` sees to it itself that no change goes unheard for longer. Default 2000.
   */
  readonly lookAgainMs?: number
  /** Removes a job that is not active. False when there is none, or it is active. */
  remove?(queue: string, id: string): Promise<boolean>
  /** Makes a failed or discarded job wait again, its attempts counted anew. False when there is none. */
  retry?(queue: string, id: string): Promise<boolean>
  counts?(queue: string): Promise<JobCounts>

  // What operators do with a queue, dead letter queues included, whether a worker is running or not.

  /** Its numbers at this moment. */
  overview?(queue: string): Promise<QueueOverview>
  /**
   * Jobs of one status: those that wait in the order in which they will run, finished ones newest
   * first. Only where `capabilities.status`.
   */
  list?(queue: string, status: JobStatus, page: Page): Promise<StoredJob[]>
  /**
   * Workers of all processes stop taking its jobs soon, and finish what they have. It lasts until
   * `resume`, across restarts. Only where `capabilities.pause`.
   */
  pause?(queue: string): Promise<void>
  resume?(queue: string): Promise<void>
  /** Removes the jobs that wait or are delayed. Returns how many, where the backend says so. */
  drain?(queue: string): Promise<number | undefined>
  /**
   * Moves up to `limit` jobs that wait in the queue to where `place` says, oldest first; what it does
   * not place stays. Each is stored in its new place before it leaves the old one, under an id that is
   * derived from its own: a move that was killed and is begun again loses none and, where the backend
   * knows ids, doubles none.
   */
  move?(queue: string, limit: number, place: PlaceJob): Promise<MoveResult>

  /** Flushes what is under way for at most `graceMs`, then disconnects. Idempotent. */
  close(graceMs: number): Promise<void>

  /**
   * Looks over the server and the queues on it: is it one that will do, can it be trusted with jobs, is
   * all there. Instead of `open`: it connects, changes nothing and disconnects again.
   * @throws PikkuQueueError when the server cannot be asked: unreachable, wrong password, …
   */
  examine?(queues: QueueDeclaration[]): Promise<Finding[]>
}

/** One thing that was looked at, and what came of it. */
export interface Finding {
  severity: 'ok' | 'warning' | 'error'
  /** One line; never a password. */
  message: string
  /** What to do; only where it is not as it should be. */
  hint?: string
  /** Of the error that it would be at a worker's start. */
  code?: string
}

/**
 * Makes a provider; each provider's entry point exports one as `createProvider`. Its name among the
 * capabilities, where it has one, is what clients of it are typed by.
 */
export type CreateProvider<Connection = unknown, Name extends string = string> = (options: {
  connection?: Connection | undefined
  /** The project's own, from pikku.config.json, for what neither the connection nor the environment says. */
  settings?: ConnectionSettings | undefined
  /** Producers give up on an unreachable server at once; workers keep trying. */
  role: 'worker' | 'producer'
  /** Shown in the backend's own tools. */
  applicationName?: string
  /** Create queues that are missing, where they have to be made beforehand. Default false. */
  createQueues?: boolean
  logger: Logger
}) => QueueProvider & { readonly name: Name }

/** What the core tells a provider of each queue. Defaults are resolved already. */
export interface QueueDeclaration {
  name: string
  /** Total runs, for jobs that say nothing themselves. */
  attempts: number
  /** Milliseconds; the wait that a provider uses when a worker died and the core could not decide. */
  crashDelayMs: number
  /** Made with the provider's defaults when it is missing and not declared itself; else left alone. */
  deadLetterQueue?: string | undefined
  visibilityTimeoutSeconds: number
  lockDurationMs: number
  /** Finished jobs to keep. */
  keepCompleted: number
  keepFailed: number
  maxStalledCount?: number | undefined
}

export interface OutgoingJob {
  /** The caller's own id, or undefined: the provider makes one. */
  id?: string | undefined
  /** What the queue carries: the payload, or the core's envelope around it. */
  data: JsonValue
  delayMs: number
  /** Higher first. */
  priority: number
  /** Total runs. */
  attempts: number
  /** Jobs of one group run in order. Only where `capabilities.group`. */
  group?: string | undefined
}

export type SendResult = { id: string } | { error: Error }

export interface ConsumeOptions {
  concurrency: number
  /** Undefined: the provider chooses, and adapts. */
  prefetch?: number | undefined
  pollIntervalMs: number
  visibilityTimeoutSeconds: number
  lockDurationMs: number
  drainDelaySeconds: number
  maxStalledCount?: number | undefined
  workerName: string
}

export interface Consumer {
  /** Stops fetching and gives back what was fetched but not delivered. Idempotent. */
  stop(): Promise<void>
  /** False while the backend is unreachable. */
  readonly healthy: boolean
  /**
   * How often the backend has answered when it was asked for jobs, or whether there are any. Where this
   * stands still for longer than the queue is polled, though jobs wait and there is room for them, the
   * consumer is wedged. Absent where nobody is asked.
   */
  readonly answers?: number
}

/** The core's answer to a job. Never rejects; resolves soon after shutdown or a lost claim. */
export type Deliver = (job: DeliveredJob) => Promise<Outcome>

export interface DeliveredJob {
  id: string
  queueName: string
  /** Hostile until the core has validated it. */
  data: unknown
  /** 1 on the first run; crashes of earlier workers count. */
  attempt: number
  maxAttempts: number
  createdAt: Date
  origin?: JobOrigin | undefined
  /** Aborted when the claim is known to be lost; whatever the outcome, it will not be settled. */
  lost: AbortSignal
  /**
   * When the claim lapses unless it is renewed, on the clock of `performance.now()`. A process that
   * was stopped for longer must not begin what others may have begun by now. Default: never.
   */
  heldUntil?: number | undefined
  /**
   * Aborted when the provider's own time runs out: the function is told, as at a shutdown, and may
   * still finish until `lost` breaks it off. Only where that time is known.
   */
  windDown?: AbortSignal | undefined
  /** Absent where progress cannot be stored. Rejects when the backend is away. */
  updateProgress?: ((progress: JsonValue) => Promise<void>) | undefined
}

/**
 * What becomes of an attempt. A settlement that fails is tried again until the claim lapses; it never
 * turns into another outcome.
 */
export type Outcome =
  | { type: 'done'; result: JsonValue }
  | { type: 'retry'; error: JobError; delayMs: number }
  /** Failed for good: into the dead letter queue (when declared) before it leaves its own. */
  | { type: 'dead'; error: JobError }
  | { type: 'discarded'; error: JobError }
  /** Given back as if it had not been fetched: the attempt is not counted. */
  | { type: 'released'; delayMs: number }

export interface QueueOverview {
  /** What the backend cannot count is left out. On SQS the numbers are approximate. */
  counts: Partial<JobCounts>
  /**
   * Since when the job has been waiting that has done so for longest: since it was added, or since its
   * delay ended. Null when none waits, undefined where the backend cannot tell.
   */
  oldestWaitingSince?: Date | null | undefined
  paused: boolean
}

export interface Page {
  /** Jobs to leave out at the beginning. */
  offset: number
  limit: number
}

/** Where a job goes: the core's decision. Undefined: it stays. */
export type PlaceJob = (job: MovableJob) => PlacedJob | undefined

export type MovableJob = Pick<StoredJob, 'id' | 'queueName' | 'data' | 'createdAt' | 'origin'>

/** The job that takes another's place in a queue, its attempts counted anew. */
export interface PlacedJob {
  queue: string
  id: string
  /** Undefined: as the other's, to the byte. */
  data?: JsonValue | undefined
  /** Total runs. */
  attempts: number
}

export interface MoveResult {
  moved: number
  /** Looked at, and left where it was. */
  left: number
}

/** A job as a provider stores it. */
export interface StoredJob {
  id: string
  queueName: string
  data: unknown
  status: JobStatus
  progress: JsonValue
  result: JsonValue
  error: JobError | null
  attemptsMade: number
  maxAttempts: number
  createdAt: Date
  startedAt: Date | null
  finishedAt: Date | null
  delayedUntil: Date | null
  origin: JobOrigin | null
}
