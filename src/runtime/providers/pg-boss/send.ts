import { errorCodes, PikkuQueueError } from '../../errors.ts'
import type { OutgoingJob, SendResult } from '../../provider.ts'
import { wakeChannel } from './channels.ts'
import { isAway, isDataError } from './connection-errors.ts'
import type { Database } from './database.ts'
import { makeJobId, toJobKey } from './ids.ts'
import { toJsonb } from './jsonb.ts'

/** A row of the insert's recordset; `n` keeps jobs of one call in their order. */
interface NewJob {
  n: number
  id: string
  key: string | null
  data: unknown
  delayMs: number
  priority: number
  retryLimit: number
}

/**
 * Stores the jobs in one statement. Ids are made here, so a statement whose reply was lost can be
 * sent again: what is there already is not stored twice.
 */
export async function sendJobs(
  database: Database,
  queue: string,
  jobs: OutgoingJob[],
): Promise<SendResult[]> {
  if (jobs.length === 0) return []
  const rows = jobs.map((job, n) => toNewJob(queue, job, n))
  const results = rows.map((row): SendResult => ({ id: row.key ?? row.id }))
  try {
    await insertTwice(database, queue, rows)
    return results
  } catch (error) {
    if (!isDataError(error)) return rows.map(() => ({ error: toError(error) }))
    if (rows.length === 1) return [{ error: toRefusal(error) }]
    // One job spoils the statement for all: find out which.
    return (await Promise.all(jobs.map((job) => sendJobs(database, queue, [job])))).flat()
  }
}

function toNewJob(queue: string, job: OutgoingJob, n: number): NewJob {
  const { uuid, key } =
    job.id === undefined ? { uuid: makeJobId(), key: null } : toJobKey(queue, job.id)
  return {
    n,
    id: uuid,
    key,
    data: toJsonb(job.data),
    delayMs: job.delayMs,
    priority: job.priority,
    retryLimit: job.attempts - 1,
  }
}

async function insertTwice(database: Database, queue: string, rows: NewJob[]): Promise<void> {
  try {
    await insert(database, queue, rows)
  } catch (error) {
    if (!isAway(error)) throw error
    await insert(database, queue, rows)
  }
}

async function insert(database: Database, queue: string, rows: NewJob[]): Promise<void> {
  const [answer] = await database.query<{ known: boolean }>(insertSql(database.schema), [
    queue,
    JSON.stringify(rows),
    wakeChannel(database.schema),
  ])
  if (!answer?.known) {
    throw new PikkuQueueError(
      errorCodes.unknownQueue,
      `queue "${queue}" is not in pg-boss's schema "${database.schema}"`,
      { hint: 'Was it deleted? Open the client or the worker anew and it is created.' },
    )
  }
}

/**
 * Workers are woken for delayed jobs too: they learn when the next one is due. Jobs of one call are
 * a microsecond apart, because pg-boss runs equal priorities in the order of `created_on`.
 */
function insertSql(schema: string): string {
  return `
    WITH stored AS (
      INSERT INTO ${schema}.job (
        id, name, data, priority, start_after, created_on, keep_until, singleton_key,
        retry_limit, retry_delay, retry_backoff, expire_seconds, deletion_seconds,
        heartbeat_seconds, policy, dead_letter
      )
      SELECT
        i.id, q.name, i.data, i.priority,
        ${schema}.job_now() + i."delayMs" * interval '1 millisecond',
        ${schema}.job_now() + i.n * interval '1 microsecond',
        ${schema}.job_now() + i."delayMs" * interval '1 millisecond' + q.retention_seconds * interval '1 second',
        i.key, i."retryLimit", q.retry_delay, false, q.expire_seconds, q.deletion_seconds,
        q.heartbeat_seconds, q.policy, q.dead_letter
      FROM ${schema}.queue q, json_to_recordset($2::text::json) AS i (
        n int, id uuid, key text, data jsonb, "delayMs" float8, priority int, "retryLimit" int
      )
      WHERE q.name = $1
      ORDER BY i.n
      ON CONFLICT DO NOTHING
      RETURNING 1
    )
    SELECT
      EXISTS (SELECT FROM ${schema}.queue WHERE name = $1) AS known,
      CASE WHEN EXISTS (SELECT FROM stored) THEN pg_notify($3, $1) END`
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}

function toRefusal(error: unknown): PikkuQueueError {
  return new PikkuQueueError(
    errorCodes.invalidOption,
    `PostgreSQL cannot store the job: ${toError(error).message}`,
    { hint: 'Look at its id, delay and priority.', cause: error },
  )
}
