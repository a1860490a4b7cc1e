import type { Page, StoredJob } from '../../provider.ts'
import type { JobCounts, JobStatus, JsonValue } from '../../types.ts'
import { hintChannel, wakeChannel } from './channels.ts'
import type { Database } from './database.ts'
import { toCallerId, toJobKey } from './ids.ts'
import { fromJsonb } from './jsonb.ts'
import { type OriginColumns, originColumns, toOrigin } from './origin.ts'
import { progressTable } from './tables.ts'
import { toStoredError } from './stored-error.ts'

/** A row in terms of ours: due or not, started or not, and its times as milliseconds. */
interface JobRow extends OriginColumns {
  id: string
  data: unknown
  status: JobStatus
  output: JsonValue
  progress: JsonValue
  retryCount: number
  retryLimit: number
  createdOn: number
  startedOn: number | null
  completedOn: number | null
  startAfter: number
}

/** A job that a worker has only reserved still waits. */
export const statusColumn = (schema: string) => `
  CASE state
    WHEN 'active' THEN CASE WHEN started_on IS NULL THEN 'waiting' ELSE 'active' END
    WHEN 'completed' THEN 'completed'
    WHEN 'failed' THEN 'failed'
    WHEN 'cancelled' THEN 'discarded'
    ELSE CASE WHEN start_after > ${schema}.job_now() THEN 'delayed' ELSE 'waiting' END
  END`

const milliseconds = (column: string) => `(extract(epoch FROM ${column}) * 1000)::float8`

const selectJobs = (schema: string) => `
  SELECT
    id, singleton_key AS key, data, output, ${statusColumn(schema)} AS status,
    retry_count AS "retryCount", retry_limit AS "retryLimit",
    ${milliseconds('created_on')} AS "createdOn",
    ${milliseconds('started_on')} AS "startedOn",
    ${milliseconds('completed_on')} AS "completedOn",
    ${milliseconds('start_after')} AS "startAfter",
    ${originColumns},
    p.progress
  FROM ${schema}.job j
  LEFT JOIN ${progressTable(schema)} p ON p.queue = j.name AND p.job_id = j.id
  WHERE j.name = $1`

/** By their UUIDs. */
export async function findJobs(
  database: Database,
  queue: string,
  uuids: readonly string[],
): Promise<Map<string, StoredJob>> {
  const rows = await database.query<JobRow>(
    `${selectJobs(database.schema)} AND j.id = ANY($2::uuid[])`,
    [queue, uuids],
  )
  return new Map(rows.map((row) => [row.id, toStoredJob(queue, row)]))
}

/** Which of a queue's rows are of that status, and their order. */
const listing: Record<JobStatus, (schema: string) => string> = {
  waiting: (schema) => `
    (state < 'active' AND start_after <= ${schema}.job_now() OR state = 'active' AND started_on IS NULL)
    ORDER BY priority DESC, created_on, id`,
  delayed: (schema) => `
    state < 'active' AND start_after > ${schema}.job_now() ORDER BY start_after, id`,
  active: () => `state = 'active' AND started_on IS NOT NULL ORDER BY started_on, id`,
  completed: () => `state = 'completed' ORDER BY completed_on DESC, id DESC`,
  failed: () => `state = 'failed' ORDER BY completed_on DESC, id DESC`,
  discarded: () => `state = 'cancelled' ORDER BY completed_on DESC, id DESC`,
}

export async function listJobs(
  database: Database,
  queue: string,
  status: JobStatus,
  { offset, limit }: Page,
): Promise<StoredJob[]> {
  const { schema } = database
  const rows = await database.query<JobRow>(
    `${selectJobs(schema)} AND ${listing[status](schema)} OFFSET $2 LIMIT $3`,
    [queue, offset, limit],
    { long: true },
  )
  return rows.map((row) => toStoredJob(queue, row))
}

function toStoredJob(queue: string, row: JobRow): StoredJob {
  const done = row.status === 'completed'
  return {
    id: toCallerId(queue, row.id, row.key),
    queueName: queue,
    data: fromJsonb(row.data),
    status: row.status,
    progress: toJsonValue(fromJsonb(row.progress)),
    result: done ? toJsonValue(fromJsonb(row.output)) : null,
    error: done ? null : toStoredError(row.output),
    // A claim counts from the second on; without a start, the attempt it counted has not begun.
    attemptsMade: row.startedOn === null ? row.retryCount : row.retryCount + 1,
    maxAttempts: row.retryLimit + 1,
    createdAt: new Date(row.createdOn),
    startedAt: toDate(row.startedOn),
    finishedAt: toDate(row.completedOn),
    delayedUntil: row.status === 'delayed' ? new Date(row.startAfter) : null,
    origin: toOrigin(row),
  }
}

function toDate(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms)
}

/** jsonb gives nothing else. */
function toJsonValue(value: unknown): JsonValue {
  return (value ?? null) as JsonValue
}

export async function removeJob(database: Database, queue: string, id: string): Promise<boolean> {
  const { schema } = database
  const { uuid } = toJobKey(queue, id)
  const removed = await database.query(
    `WITH removed AS (
       DELETE FROM ${schema}.job WHERE name = $1 AND id = $2 AND (state <> 'active' OR started_on IS NULL)
       RETURNING id
     ),
     forgotten AS (
       DELETE FROM ${progressTable(schema)} p USING removed WHERE p.queue = $1 AND p.job_id = removed.id
     )
     SELECT pg_notify($3, $1 || E'\\n' || removed.id::text) FROM removed`,
    [queue, uuid, hintChannel(schema)],
  )
  return removed.length > 0
}

export async function retryJob(database: Database, queue: string, id: string): Promise<boolean> {
  const { schema } = database
  const { uuid } = toJobKey(queue, id)
  const retried = await database.query(
    `WITH retried AS (
       UPDATE ${schema}.job SET
         state = 'created', retry_count = 0, started_on = NULL, completed_on = NULL, output = NULL,
         start_after = ${schema}.job_now()
       WHERE name = $1 AND id = $2 AND state IN ('failed', 'cancelled')
       RETURNING id
     ),
     forgotten AS (
       DELETE FROM ${progressTable(schema)} p USING retried WHERE p.queue = $1 AND p.job_id = retried.id
     )
     SELECT pg_notify($3, $1 || E'\\n' || retried.id::text), pg_notify($4, $1) FROM retried`,
    [queue, uuid, hintChannel(schema), wakeChannel(schema)],
  )
  return retried.length > 0
}

export interface StatusRow {
  status: JobStatus
  count: number
}

export async function countJobs(database: Database, queue: string): Promise<JobCounts> {
  const { schema } = database
  const rows = await database.query<StatusRow>(
    `SELECT ${statusColumn(schema)} AS status, count(*)::int AS count
     FROM ${schema}.job WHERE name = $1 GROUP BY 1`,
    [queue],
    { long: true },
  )
  return toCounts(rows)
}

export function toCounts(rows: readonly StatusRow[]): JobCounts {
  const counts: JobCounts = {
    waiting: 0,
    delayed: 0,
    active: 0,
    completed: 0,
    failed: 0,
    discarded: 0,
  }
  for (const { status, count } of rows) counts[status] = count
  return counts
}
