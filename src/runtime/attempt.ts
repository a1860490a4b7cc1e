import { type Clock, systemClock } from './clock.ts'
import { errorCodes, PikkuQueueError } from './errors.ts'
import type { DeliveredJob, Outcome } from './provider.ts'
import { messageOf } from './error-parts.ts'
import type { JsonValue, Logger, QueueInteraction } from './types.ts'

/** Why an attempt was broken off before its function had ended. */
export type Interruption = 'timeout' | 'shutdown' | 'lost'

/**
 * One run of a job while it lasts: its abort signal, and the verdict the function itself may give
 * through `fail` or `discard`.
 */
export class Attempt {
  readonly job: DeliveredJob
  /** What `fail` or `discard` recorded; stands even if the function caught what they threw. */
  verdict: Verdict | undefined
  /** The signal has told the function of a shutdown, and it may still finish. */
  windingDown = false
  /** Its outcome is decided, whether or not its function has returned. */
  ended = false
  readonly #controller = new AbortController()
  #interruption: Interruption | undefined
  #onInterrupted: ((cause: Interruption) => void) | undefined
  readonly #onLost = () => {
    this.interrupt('lost')
  }
  readonly #onWindDown = () => {
    this.windDown()
  }
  readonly #cancelTimeout: (() => void) | undefined

  constructor(job: DeliveredJob, timeoutMs: number | undefined, clock: Clock = systemClock) {
    this.job = job
    job.lost.addEventListener('abort', this.#onLost)
    if (job.lost.aborted) this.interrupt('lost')
    job.windDown?.addEventListener('abort', this.#onWindDown)
    if (job.windDown?.aborted) this.windDown()
    if (timeoutMs !== undefined) {
      this.#cancelTimeout = clock.after(timeoutMs, () => {
        this.interrupt('timeout')
      })
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Calls back when the attempt is broken off, or at once if it has been. */
  whenInterrupted(callback: (cause: Interruption) => void): void {
    if (this.#interruption) callback(this.#interruption)
    else this.#onInterrupted = callback
  }

  /** Tells the function to stop; whatever it throws from now on is no failure. */
  windDown(): void {
    this.windingDown = true
    this.#controller.abort(interruptionReason('shutdown'))
  }

  /** Breaks the attempt off, whether or not the function notices. */
  interrupt(cause: Interruption): void {
    if (this.#interruption) return
    this.#interruption = cause
    // Told first, so that what the function throws on the abort comes too late to count.
    this.#onInterrupted?.(cause)
    this.#controller.abort(interruptionReason(cause))
  }

  /** Its outcome is decided: releases the timer and listener; the signal stays as it is. */
  end(): void {
    this.ended = true
    this.#cancelTimeout?.()
    this.job.lost.removeEventListener('abort', this.#onLost)
    this.job.windDown?.removeEventListener('abort', this.#onWindDown)
  }
}

export type Verdict = { type: 'fail' | 'discard'; error: Error }

function interruptionReason(cause: Interruption): Error {
  switch (cause) {
    case 'timeout':
      return new DOMException('the attempt took longer than its timeout', 'TimeoutError')
    case 'shutdown':
      return new DOMException('the worker is shutting down', 'AbortError')
    case 'lost':
      return new DOMException('the job was given to another worker', 'AbortError')
  }
}

/** What publishing progress takes. */
export interface ProgressContext {
  logger: Logger
  /** The progress as JSON. @throws ValidationError when it does not fit its type. */
  encode: (progress: unknown) => JsonValue
}

/** The queue's side of the interaction, for one attempt. */
export function createQueueInteraction(
  attempt: Attempt,
  context: ProgressContext,
): QueueInteraction {
  const { job, signal } = attempt
  // A plain object, without accessors: users take it apart, and it is made for each job.
  return {
    queueName: job.queueName,
    jobId: job.id,
    attempt: job.attempt,
    maxAttempts: job.maxAttempts,
    origin: job.origin,
    signal,
    updateProgress: (progress) => updateProgress(attempt, progress, context),
    fail: (reason) => {
      throw record(attempt, 'fail', new PikkuQueueError(errorCodes.failedByFunction, reason))
    },
    discard: (reason = '') => {
      throw record(attempt, 'discard', new PikkuQueueError(errorCodes.jobDiscarded, reason))
    },
  }
}

/** Only while the attempt lasts: what comes later would hide the progress of the next. */
async function updateProgress(
  { job, ended }: Attempt,
  progress: unknown,
  { logger, encode }: ProgressContext,
): Promise<void> {
  if (ended) return
  if (!job.updateProgress) {
    warnOnce(logger, job.queueName)
    return
  }
  try {
    await job.updateProgress(encode(progress))
  } catch (error) {
    logger.warn('progress could not be stored', {
      queue: job.queueName,
      jobId: job.id,
      error: messageOf(error),
    })
  }
}

function record(attempt: Attempt, type: Verdict['type'], error: Error): Error {
  attempt.verdict ??= { type, error }
  return error
}

const warned = new Set<string>()

function warnOnce(logger: Logger, queue: string): void {
  if (warned.has(queue)) return
  warned.add(queue)
  logger.warn('progress is not stored: this provider cannot', { queue })
}

/** The error of an attempt that ran out of time. */
export function timeoutError(timeoutMs: number): Error {
  return new PikkuQueueError(
    errorCodes.attemptTimeout,
    `the attempt took longer than its timeout of ${timeoutMs} ms`,
  )
}

/** Given back untouched, its attempt not counted. */
export const released: Outcome = { type: 'released', delayMs: 0 }
