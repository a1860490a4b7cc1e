import type { JobOrigin } from '../../types.ts'
import { toCallerId } from './ids.ts'
import { toStoredError } from './stored-error.ts'

/** Where a dead letter came from, as pg-boss keeps it. */
export interface OriginColumns {
  key: string | null
  sourceName: string | null
  sourceId: string | null
  sourceRetryCount: number | null
  sourceOutput: unknown
}

export const originColumns = `
  source_name AS "sourceName", source_id AS "sourceId",
  source_retry_count AS "sourceRetryCount", source_output AS "sourceOutput"`

export function toOrigin(row: OriginColumns): JobOrigin | null {
  if (row.sourceName === null || row.sourceId === null) return null
  return {
    queueName: row.sourceName,
    jobId: toCallerId(row.sourceName, row.sourceId, row.key),
    attemptsMade: (row.sourceRetryCount ?? 0) + 1,
    error: toStoredError(row.sourceOutput),
  }
}
