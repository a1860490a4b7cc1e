import { unwrap } from './envelope.ts'
import { ValidationError } from './errors.ts'
import type { Payloads, PayloadSide } from './payload.ts'
import type { StoredJob } from './provider.ts'
import type { Job } from './types.ts'

/** The job with its payload, result and progress as the types of its queue say. */
export function viewJob<Input, Output, Progress>(
  stored: StoredJob,
  payloads: Payloads,
): Job<Input, Output, Progress> {
  const show = <T>(side: PayloadSide, json: unknown) =>
    showAs<T>(payloads, stored.queueName, side, json)
  return {
    ...stored,
    data: show('input', unwrap(stored.data).payload),
    progress: stored.progress === null ? null : show('progress', stored.progress),
    result: stored.status === 'completed' ? show('output', stored.result) : null,
  }
}

/**
 * Typed by the contract that the generated types were printed from, and validated against it. A value
 * that does not fit (of a job of another version, say) is shown as it is stored.
 */
export function showAs<T>(payloads: Payloads, queue: string, side: PayloadSide, json: unknown): T {
  try {
    return payloads.decode(queue, side, json) as T
  } catch (error) {
    if (error instanceof ValidationError) return json as T
    throw error
  }
}
