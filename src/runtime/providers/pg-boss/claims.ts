import type { JobOrigin } from '../../types.ts'

/**
 * A claim is this worker's right to one attempt of a job. It is *reserved* at first: the row is
 * active, but has no start, and a crash costs it nothing. It *starts* just before the function runs;
 * the start is its `token`, another one each time, so that neither a lapsed claim nor a settlement
 * whose reply was lost can touch a later one. Two that believe to hold the same reservation do no
 * harm: only one of them can start it.
 */
export interface Claim {
  queue: string
  uuid: string
  /** The id that callers know. */
  id: string
  /** pg-boss's retry_count. */
  retryCount: number
  /** started_on as text, to the microsecond; null while reserved. */
  token: string | null
  visibilityMs: number
  /** Monotonic time up to which the claim is known to have been alive. */
  renewedAt: number
  lost: AbortController
}

/** A claimed job on its way to the function. */
export interface ClaimedJob {
  claim: Claim
  data: unknown
  maxAttempts: number
  createdAt: Date
  origin: JobOrigin | undefined
}

/** The columns of a claim in a statement's recordset, numbered so that the answer can name them. */
export interface ClaimRow {
  n: number
  queue: string
  id: string
  retryCount: number
  token: string | null
}

export function toClaimRow(claim: Claim, n: number): ClaimRow {
  const { queue, uuid, retryCount, token } = claim
  return { n, queue, id: uuid, retryCount, token }
}

export const claimColumns = `n int, queue text, id uuid, "retryCount" int, token timestamptz`

/** Joins the job's row `j` to the claim's row `i`, if the claim still holds. */
export const claimHolds = `
  j.name = i.queue AND j.id = i.id AND j.state = 'active'
  AND j.retry_count = i."retryCount" AND j.started_on IS NOT DISTINCT FROM i.token`
