import { crashError } from '../../errors.ts'
import type { JobError } from '../../types.ts'

/** BullMQ's own words for it (its moveStalledJobsToWait, 6.7). */
const crashMessage = 'job stalled more than allowable limit'

/** The fields of a job that tell why its attempt failed: BullMQ's own, and the whole of it. */
export function errorFields(error: JobError): Record<string, string> {
  return {
    failedReason: error.message,
    stacktrace: JSON.stringify(error.stack === undefined ? [] : [error.stack]),
    'pikku:error': JSON.stringify(error),
  }
}

/** Reads a job's error: one of ours, or whatever another worker left there. */
export function toStoredError(job: Record<string, string>): JobError | null {
  const { failedReason, stacktrace, 'pikku:error': whole } = job
  if (failedReason === undefined) return null
  const own = whole === undefined ? undefined : parse(whole)
  if (isError(own) && own.message === failedReason) return own
  if (failedReason === crashMessage) return { ...crashError, message: failedReason }
  const error: JobError = { name: 'Error', message: failedReason }
  const stacks = stacktrace === undefined ? undefined : parse(stacktrace)
  const stack: unknown = Array.isArray(stacks) ? stacks.at(-1) : undefined
  if (typeof stack === 'string') error.stack = stack
  return error
}

function isError(value: unknown): value is JobError {
  return typeof value === 'object' && value !== null && 'message' in value && 'name' in value
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
