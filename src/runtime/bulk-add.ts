import { errorCodes, PikkuQueueError } from './errors.ts'
import type { SendResult } from './provider.ts'

/** Thrown by `addBulk` when some of its jobs are stored and others could not be. */
export class BulkAddError extends PikkuQueueError {
  /**
   * What became of each job, in their order: `{ id }` where it is stored (in a transaction: if that
   * commits), `{ error }` where it is not.
   */
  readonly results: readonly SendResult[]

  constructor(queue: string, results: readonly SendResult[]) {
    const errors = results.flatMap((result) => ('error' in result ? [result.error] : []))
    const [first] = errors
    super(
      errorCodes.bulkIncomplete,
      `${errors.length} of ${results.length} jobs could not be added to queue "${queue}": ${first?.message ?? ''}`,
      {
        hint: 'The error’s `results` have the id or the error of each job, in their order.',
        cause: first,
      },
    )
    this.name = 'BulkAddError'
    this.results = results
  }
}

/**
 * Resolves with the ids when every job of the bulk is stored.
 * @throws what kept all of them from it, where that is one and the same; else BulkAddError.
 */
export async function allStored(queue: string, sends: Promise<string>[]): Promise<string[]> {
  const settled = await Promise.allSettled(sends)
  const ids = settled.flatMap((sent) => (sent.status === 'fulfilled' ? [sent.value] : []))
  if (ids.length === sends.length) return ids
  const results = settled.map((sent): SendResult =>
    sent.status === 'fulfilled' ? { id: sent.value } : { error: toError(sent.reason) },
  )
  const reasons = new Set(results.map((result) => 'error' in result && result.error.message))
  const [first] = results
  if (ids.length === 0 && reasons.size === 1 && first && 'error' in first) throw first.error
  throw new BulkAddError(queue, results)
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}
