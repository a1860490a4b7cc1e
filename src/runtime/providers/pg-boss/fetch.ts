import { type ClaimedJob, claimColumns, claimHolds, toClaimRow } from './claims.ts'
import type { Database } from './database.ts'
import { toCallerId } from './ids.ts'
import { fromJsonb } from './jsonb.ts'
import { toOrigin, type OriginColumns, originColumns } from './origin.ts'

interface FetchedRow extends OriginColumns {
  id: string
  key: string | null
  data: unknown
  retryCount: number
  retryLimit: number
  token: string | null
  createdOn: number
}

export interface FetchRequest {
  queue: string
  limit: number
  /** How many of them start at once; the rest is reserved. */
  start: number
  /** The worker's own visibility timeout holds from here on, whatever the producer knew. */
  visibilitySeconds: number
}

/**
 * Claims due jobs, in the order they should run: pg-boss's own fetch for a standard queue
 * (fetchNextJob in its plans.js, 12.38), returning what a claim needs.
 */
export async function fetchJobs(
  database: Database,
  { queue, limit, start, visibilitySeconds }: FetchRequest,
): Promise<ClaimedJob[]> {
  const renewedAt = performance.now()
  const rows = await database.query<FetchedRow>(fetchSql(database.schema), [
    queue,
    limit,
    start,
    visibilitySeconds,
  ])
  return rows.map((row) => ({
    claim: {
      queue,
      uuid: row.id,
      id: toCallerId(queue, row.id, row.key),
      retryCount: row.retryCount,
      token: row.token,
      visibilityMs: visibilitySeconds * 1000,
      renewedAt,
      lost: new AbortController(),
    },
    data: fromJsonb(row.data),
    maxAttempts: row.retryLimit + 1,
    createdAt: new Date(row.createdOn),
    origin: toOrigin(row) ?? undefined,
  }))
}

function fetchSql(schema: string): string {
  return `
    WITH next AS (
      SELECT id, priority, created_on FROM ${schema}.job
      WHERE name = $1 AND state < 'active' AND NOT blocked AND start_after <= ${schema}.job_now()
      ORDER BY priority DESC, created_on
      LIMIT $2
      FOR UPDATE SKIP LOCKED
    ),
    ranked AS (
      SELECT id, row_number() OVER (ORDER BY priority DESC, created_on) AS n FROM next
    ),
    claimed AS (
      UPDATE ${schema}.job j SET
        state = 'active',
        started_on = CASE WHEN r.n <= $3 THEN ${schema}.job_now() END,
        heartbeat_on = ${schema}.job_now(),
        heartbeat_seconds = $4,
        retry_count = CASE WHEN started_on IS NULL THEN retry_count ELSE retry_count + 1 END
      FROM ranked r
      WHERE j.name = $1 AND j.id = r.id
      RETURNING j.*
    )
    SELECT
      id, singleton_key AS key, data, retry_count AS "retryCount", retry_limit AS "retryLimit",
      started_on::text AS token,
      (extract(epoch FROM created_on) * 1000)::float8 AS "createdOn",
      ${originColumns}
    FROM claimed
    ORDER BY priority DESC, created_on`
}

/**
 * Starts reserved jobs: from here on, the attempt counts. Returns those that were still ours.
 */
export async function startJobs(database: Database, jobs: ClaimedJob[]): Promise<ClaimedJob[]> {
  const rows = await database.query<{ n: number; token: string }>(startSql(database.schema), [
    JSON.stringify(jobs.map(({ claim }, n) => toClaimRow(claim, n))),
  ])
  const tokens = new Map(rows.map(({ n, token }) => [n, token]))
  return jobs.filter(({ claim }, n) => {
    claim.token = tokens.get(n) ?? null
    return claim.token !== null
  })
}

function startSql(schema: string): string {
  return `
    UPDATE ${schema}.job j SET started_on = ${schema}.job_now()
    FROM json_to_recordset($1::text::json) AS i (${claimColumns})
    WHERE ${claimHolds}
    RETURNING i.n, j.started_on::text AS token`
}
