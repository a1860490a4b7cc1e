import { crashError } from '../../errors.ts'
import type { JobError } from '../../types.ts'

/** pg-boss's own words for a lapsed heartbeat and an expired job (its plans.js, 12.38). */
const crashMessages = ['job heartbeat timeout', 'job timed out']

/**
 * Reads a job's stored `output` as an error: one of ours, or whatever pg-boss or a foreign worker
 * left there.
 */
export function toStoredError(output: unknown): JobError | null {
  if (output === null || output === undefined) return null
  const inner = isObject(output) && 'value' in output ? output.value : output
  if (!isObject(inner)) return { name: 'Error', message: String(inner) }
  const { name, message, code, stack, cause } = inner
  if (typeof message !== 'string') return { name: 'Error', message: JSON.stringify(inner) }
  if (crashMessages.includes(message)) return { ...crashError, message }
  const error: JobError = { name: typeof name === 'string' ? name : 'Error', message }
  if (typeof code === 'string') error.code = code
  if (typeof stack === 'string') error.stack = stack
  const inherited = isObject(cause) ? toStoredError(cause) : null
  if (inherited) error.cause = inherited
  return error
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
