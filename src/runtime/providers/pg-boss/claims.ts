import type { JobOrigin } from '../../types.ts'

/**
 * A claim is this worker's right to one attempt of a job. It is *reserved* at first: the row is
 * active, but has no start and no heartbeat_seconds, so that pg-boss leaves it alone, and a crash
 * costs it nothing. It *starts* just before the function runs; the start is its `token`, another one
 * each time, so that neither a lapsed claim nor a settlement whose reply was lost can touch a later
 * one. Two that believe to hold the same reservation do no harm: only one of them can start it.
 */
export interface Claim {
  queue: string
  uuid: string
  /** The id that callers know. */
  id: string
  /** The consumer's name, for the log. */
  worker: string
  /** pg-boss's retry_count. */
  retryCount: number
  /** started_on as text, to the microsecond; null before a start was asked for. */
  token: string | null
  /** The start is known to have taken place. */
  started: boolean
  visibilitySeconds: number
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
  started: boolean
  visibilitySeconds: number
}

export function toClaimRow(claim: Claim, n: number): ClaimRow {
  const { queue, uuid, retryCount, token, started, visibilitySeconds } = claim
  return { n, queue, id: uuid, retryCount, token, started, visibilitySeconds }
}

export const claimColumns = `
  n int, queue text, id uuid, "retryCount" int, token timestamptz, started bool,
  "visibilitySeconds" int`

/** Joins the job's row `j` to the claim's row `i`, whether the attempt has started or not. */
const sameAttempt = `
  j.name = i.queue AND j.id = i.id AND j.state = 'active' AND j.retry_count = i."retryCount"`

/** If the claim still holds. A start that was asked for may have taken place without our knowing. */
export const claimHolds = `
  ${sameAttempt} AND (j.started_on = i.token OR j.started_on IS NULL AND NOT i.started)`

/** The same to a heartbeat, which may overlap the start: it does not know its token then. */
export const claimLives = `
  ${sameAttempt} AND (j.started_on = i.token OR NOT i.started)`
