import { randomInt } from 'node:crypto'
import { type ClaimedJob, claimColumns, claimHolds, toClaimRow } from './claims.ts'
import { type Database, unixMs } from './database.ts'
import { expireSeconds } from './declare.ts'
import { toCallerId } from './ids.ts'
import { fromJsonb } from './jsonb.ts'
import { toOrigin, type OriginColumns, originColumns } from './origin.ts'
import { pausedTable } from './tables.ts'

interface FetchedRow extends OriginColumns {
  id: string
  key: string | null
  data: unknown
  retryCount: number
  retryLimit: number
  token: string | null
  createdOn: number
  now: number
}

export interface FetchRequest {
  queue: string
  /** The consumer's name. */
  worker: string
  limit: number
  /** How many of them start at once; the rest is reserved. */
  start: number
  /** Names those starts, together with `mark`; another one for each fetch. */
  token: string
  /** Tells this fetch from one that another worker made in the same microsecond. */
  mark: number
  /** The worker's own visibility timeout holds from here on, whatever the producer knew. */
  visibilitySeconds: number
}

/**
 * Kept in `expire_seconds`, after which pg-boss would take a job even from who lives: this side of it,
 * one number is as good as another.
 */
export function makeMark(): number {
  return expireSeconds - randomInt(100_000)
}

/** Claims due jobs, in the order they should run. */
export async function fetchJobs(database: Database, request: FetchRequest): Promise<ClaimedJob[]> {
  const { queue, limit, start, token, mark, visibilitySeconds } = request
  const values = [queue, limit, start, visibilitySeconds, token, mark]
  return claimJobs(database, request, fetchSql(database.schema), values)
}

/** Finds the jobs that a fetch started whose reply was lost. What it only reserved will lapse. */
export async function recoverJobs(
  database: Database,
  request: FetchRequest,
): Promise<ClaimedJob[]> {
  const values = [request.queue, request.token, request.mark]
  return claimJobs(database, request, recoverSql(database.schema), values)
}

async function claimJobs(
  database: Database,
  { queue, worker, visibilitySeconds }: FetchRequest,
  text: string,
  values: unknown[],
): Promise<ClaimedJob[]> {
  const renewedAt = performance.now()
  const rows = await database.query<FetchedRow>(text, values)
  if (rows[0]) database.clock.set(rows[0].now)
  return rows.map((row) => ({
    claim: {
      queue,
      uuid: row.id,
      id: toCallerId(queue, row.id, row.key),
      worker,
      retryCount: row.retryCount,
      token: row.token,
      started: row.token !== null,
      visibilitySeconds,
      renewedAt,
      lost: new AbortController(),
    },
    data: fromJsonb(row.data),
    maxAttempts: row.retryLimit + 1,
    createdAt: new Date(row.createdOn),
    origin: toOrigin(row) ?? undefined,
  }))
}

/**
 * pg-boss's own fetch for a standard queue (fetchNextJob in its plans.js, 12.38), returning what a
 * claim needs. Nothing starts before it was created: what is younger than our idea of the time is only
 * reserved, so that each start bears the token of the fetch that made it.
 */
function fetchSql(schema: string): string {
  return `
    WITH next AS (
      SELECT id, priority, created_on FROM ${schema}.job
      WHERE name = $1 AND state < 'active' AND NOT blocked AND start_after <= ${schema}.job_now()
        AND NOT EXISTS (SELECT FROM ${pausedTable(schema)} WHERE queue = $1)
      ORDER BY priority DESC, created_on
      LIMIT $2
      FOR UPDATE SKIP LOCKED
    ),
    ranked AS (
      SELECT id, created_on <= $5::timestamptz
        AND row_number() OVER (ORDER BY priority DESC, created_on) <= $3 AS starts
      FROM next
    ),
    claimed AS (
      UPDATE ${schema}.job j SET
        state = 'active',
        started_on = CASE WHEN r.starts THEN $5::timestamptz END,
        heartbeat_on = ${schema}.job_now(),
        heartbeat_seconds = CASE WHEN r.starts THEN $4::int END,
        expire_seconds = $6,
        retry_count = CASE WHEN started_on IS NULL THEN retry_count ELSE retry_count + 1 END
      FROM ranked r
      WHERE j.name = $1 AND j.id = r.id
      RETURNING j.*
    )
    ${selectClaimed}`
}

function recoverSql(schema: string): string {
  return `
    WITH claimed AS (
      UPDATE ${schema}.job SET heartbeat_on = ${schema}.job_now()
      WHERE name = $1 AND state = 'active' AND started_on = $2::timestamptz AND expire_seconds = $3
      RETURNING *
    )
    ${selectClaimed}`
}

const selectClaimed = `
  SELECT
    id, singleton_key AS key, data, retry_count AS "retryCount", retry_limit AS "retryLimit",
    started_on::text AS token,
    (extract(epoch FROM created_on) * 1000)::float8 AS "createdOn",
    ${unixMs} AS now,
    ${originColumns}
  FROM claimed
  ORDER BY priority DESC, created_on`

/**
 * Starts reserved jobs: from here on, the attempt counts. Returns those that were still ours. When
 * the reply was lost it can be asked again: what it has started has its token.
 */
export async function startJobs<Job extends ClaimedJob>(
  database: Database,
  jobs: Job[],
): Promise<Job[]> {
  for (const { claim, createdAt } of jobs) claim.token ??= database.clock.next(createdAt)
  const rows = await database.query<{ n: number }>(startSql(database.schema), [
    JSON.stringify(jobs.map(({ claim }, n) => toClaimRow(claim, n))),
  ])
  const started = new Set(rows.map(({ n }) => n))
  return jobs.filter(({ claim }, n) => {
    claim.started = started.has(n)
    return claim.started
  })
}

function startSql(schema: string): string {
  return `
    UPDATE ${schema}.job j SET
      started_on = i.token, heartbeat_on = ${schema}.job_now(),
      heartbeat_seconds = i."visibilitySeconds"
    FROM json_to_recordset($1::text::json) AS i (${claimColumns})
    WHERE ${claimHolds}
    RETURNING i.n`
}
