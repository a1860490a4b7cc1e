import { messageOf } from './error-parts.ts'
import { withoutOwnFrames } from './own-frames.ts'
import type { JobError } from './types.ts'

/**
 * Every error the runtime raises itself. Codes are permanent: a code is never given a new meaning.
 *
 * PKQ4xx the client and payloads · PKQ5xx the worker · PKQ6xx connections and providers ·
 * PKQ7xx the dashboard
 */
export const errorCodes = {
  invalidPayload: 'PKQ401',
  unknownQueue: 'PKQ402',
  jobFailed: 'PKQ403',
  jobDiscarded: 'PKQ404',
  waitTimeout: 'PKQ405',
  invalidOption: 'PKQ406',
  jobNotFound: 'PKQ407',
  clientClosed: 'PKQ408',
  notSupported: 'PKQ409',
  payloadTooLarge: 'PKQ410',
  bulkIncomplete: 'PKQ411',
  unrecoverable: 'PKQ501',
  attemptTimeout: 'PKQ502',
  duplicateQueue: 'PKQ503',
  failedByFunction: 'PKQ504',
  nothingToDo: 'PKQ505',
  workerCrashed: 'PKQ506',
  services: 'PKQ507',
  invalidResult: 'PKQ508',
  loadFailed: 'PKQ509',
  endlessJobs: 'PKQ510',
  healthPort: 'PKQ511',
  unreachable: 'PKQ601',
  authentication: 'PKQ602',
  missingPackage: 'PKQ603',
  unknownProvider: 'PKQ604',
  badConnection: 'PKQ605',
  engineFolder: 'PKQ606',
  engineStart: 'PKQ607',
  providerRefused: 'PKQ608',
  openDashboard: 'PKQ701',
  cannotListen: 'PKQ702',
} as const

export type ErrorCode = (typeof errorCodes)[keyof typeof errorCodes]

/** What is recorded of an attempt whose worker went silent: it counts, like any other. */
export const crashError: JobError = {
  name: 'WorkerCrashedError',
  message: 'the worker that ran this job went silent',
  code: errorCodes.workerCrashed,
}

/** An error with a permanent code and a hint that says what to do. */
export class PikkuQueueError extends Error {
  readonly code: ErrorCode
  /** What to do about it. */
  declare readonly hint?: string

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.name = 'PikkuQueueError'
    this.code = code
    if (options.hint !== undefined) this.hint = options.hint
  }
}

/** Throw it from a function to fail the job at once, whatever attempts are left. */
export class UnrecoverableError extends PikkuQueueError {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(errorCodes.unrecoverable, message, options)
    this.name = 'UnrecoverableError'
  }
}

/** Thrown by `waitForCompletion` when the job failed for good. */
export class JobFailedError extends PikkuQueueError {
  /** Why the last attempt failed. */
  readonly jobError: JobError | null

  constructor(queue: string, id: string, jobError: JobError | null) {
    super(
      errorCodes.jobFailed,
      `job ${id} of queue "${queue}" failed: ${jobError?.message ?? 'no reason was recorded'}`,
    )
    this.name = 'JobFailedError'
    this.jobError = jobError
  }
}

/** Thrown by `waitForCompletion` when the function discarded the job. */
export class JobDiscardedError extends PikkuQueueError {
  readonly reason: string | undefined

  constructor(queue: string, id: string, reason: string | undefined) {
    super(
      errorCodes.jobDiscarded,
      `job ${id} of queue "${queue}" was discarded${reason ? `: ${reason}` : ''}`,
    )
    this.name = 'JobDiscardedError'
    this.reason = reason
  }
}

/** Thrown by `waitForCompletion` when the job has not ended in time. The job goes on. */
export class WaitTimeoutError extends PikkuQueueError {
  /** @param trouble Why the server could not be asked in the end, if that was so; the `cause`. */
  constructor(queue: string, id: string, timeoutMs: number, trouble?: unknown) {
    super(
      errorCodes.waitTimeout,
      `job ${id} of queue "${queue}" has not ended within ${timeoutMs} ms`,
      trouble === undefined
        ? {
            hint: 'The job goes on. Wait longer with { timeout }, or check that a worker is running.',
          }
        : {
            hint: `It may have: the server could not be asked in the end. ${messageOf(trouble)}`,
            cause: trouble,
          },
    )
    this.name = 'WaitTimeoutError'
  }
}

/** A payload or result that does not fit its contract. */
export class ValidationError extends PikkuQueueError {
  readonly issues: readonly ValidationIssue[]

  constructor(subject: string, issues: readonly ValidationIssue[]) {
    const shown = issues.slice(0, 5).map((issue) => `${issue.path || '(root)'} ${issue.reason}`)
    if (issues.length > 5) shown.push(`and ${issues.length - 5} more`)
    super(errorCodes.invalidPayload, `${subject} does not fit its type: ${shown.join('; ')}`)
    this.name = 'ValidationError'
    this.issues = issues
  }
}

export interface ValidationIssue {
  /** Where in the value, as a property path: `items[2].price`; empty for the whole. */
  path: string
  /** What was expected there; never the value itself, which may be secret. */
  reason: string
}

const maxStackLength = 8_000
const maxCauses = 5

/** Turns whatever was thrown into plain data that can be stored with the job. */
export function toJobError(thrown: unknown, depth = 0): JobError {
  if (!(thrown instanceof Error)) {
    return { name: 'Error', message: asText(thrown) }
  }
  // Their types say string; what libraries assign to them is another matter.
  const { name, message, stack }: { name: unknown; message: unknown; stack?: unknown } = thrown
  const error: JobError = { name: asText(name), message: asText(message) }
  if ('code' in thrown && typeof thrown.code === 'string') error.code = thrown.code
  if (typeof stack === 'string') error.stack = withoutOwnFrames(stack).slice(0, maxStackLength)
  if (thrown.cause !== undefined && depth < maxCauses) {
    error.cause = toJobError(thrown.cause, depth + 1)
  }
  return error
}

function asText(value: unknown): string {
  if (typeof value === 'string') return value
  try {
    // undefined for a function or symbol, whatever its type says.
    const text: unknown = JSON.stringify(value)
    return typeof text === 'string' ? text : String(value)
  } catch {
    return Object.prototype.toString.call(value)
  }
}
