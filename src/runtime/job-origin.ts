import type { JobError, JobOrigin } from './types.ts'

/** Where a dead letter came from, as it was stored with it; undefined for what is none. */
export function readOrigin(value: unknown): JobOrigin | undefined {
  if (!isObject(value)) return undefined
  const { queueName, jobId, attemptsMade } = value
  if (!isName(queueName) || !isName(jobId)) return undefined
  const isCount = typeof attemptsMade === 'number' && Number.isInteger(attemptsMade)
  return {
    queueName,
    jobId,
    attemptsMade: isCount && attemptsMade > 0 ? attemptsMade : 0,
    error: readError(value.error) ?? null,
  }
}

function readError(value: unknown): JobError | undefined {
  if (!isObject(value)) return undefined
  const { name, message, code, stack } = value
  if (typeof name !== 'string' || typeof message !== 'string') return undefined
  const error: JobError = { name, message }
  if (typeof code === 'string') error.code = code
  if (typeof stack === 'string') error.stack = stack
  const cause = readError(value.cause)
  if (cause) error.cause = cause
  return error
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length >= 1 && value.length <= 255
}
