import { errorCodes, PikkuQueueError } from '../../errors.ts'
import type { OutgoingJob, SendResult } from '../../provider.ts'
import { again } from './again.ts'
import { halve, toBatches, writeRow, type Written } from './batches.ts'
import { wakeChannel } from './channels.ts'
import { isAway, isDataError } from './connection-errors.ts'
import { makeJobId, toJobKey } from './ids.ts'
import { toJsonb } from './jsonb.ts'

/** What runs a statement on the database of the queues. */
export interface Statements {
  readonly schema: string
  /** The row type is the caller's word for what its SQL returns. */
  query<Row>(text: string, values: string[]): Promise<Row[]>
}

/** A row of the insert's recordset. */
interface NewJob extends Written {
  /** The id that callers know. */
  id: string
}

/**
 * Stores the jobs, in one statement if it is not too long. Ids are made here, so a statement whose
 * reply was lost can be sent again: what is there already is not stored twice. After a statement that
 * failed, no later job is stored: it would overtake those before it.
 */
export async function sendJobs(
  database: Statements,
  queue: string,
  jobs: OutgoingJob[],
): Promise<SendResult[]> {
  const results: SendResult[] = []
  try {
    for (const batch of toBatches(toNewJobs(queue, jobs))) {
      await store(database, queue, batch, results)
    }
    return results
  } catch (error) {
    return jobs.map((_, n) => results[n] ?? { error: toError(error) })
  }
}

/** One at a time: many large jobs need not be in memory twice. `n` keeps them in their order. */
export function* toNewJobs(queue: string, jobs: OutgoingJob[]): Generator<NewJob> {
  for (const [n, { id, data, delayMs, priority, attempts }] of jobs.entries()) {
    const { uuid, key } = id === undefined ? { uuid: makeJobId(), key: null } : toJobKey(queue, id)
    const row = { n, id: uuid, key, delayMs, priority, retryLimit: attempts - 1 }
    yield { id: key ?? uuid, json: writeRow(row, 'data', toJsonb(data)) }
  }
}

async function store(
  database: Statements,
  queue: string,
  batch: NewJob[],
  results: SendResult[],
): Promise<void> {
  try {
    await insertTwice(database, queue, batch)
    for (const { id } of batch) results.push({ id })
  } catch (error) {
    if (!isDataError(error)) throw error
    if (batch.length === 1) results.push({ error: toRefusal(toError(error).message, error) })
    // One job spoils the statement for all: find out which, in their order.
    else for (const half of halve(batch)) await store(database, queue, half, results)
  }
}

/** Once more after a lost reply; and after a deadlock, which a transaction that adds the same ids may cause. */
async function insertTwice(database: Statements, queue: string, batch: NewJob[]): Promise<void> {
  const insertAgain = () => again(() => insert(database, queue, batch))
  try {
    await insertAgain()
  } catch (error) {
    if (!isAway(error)) throw error
    await insertAgain()
  }
}

export async function insert(database: Statements, queue: string, batch: NewJob[]): Promise<void> {
  const [answer] = await database.query<{ known: boolean }>(insertSql(database.schema), [
    queue,
    `[${batch.map(({ json }) => json).join()}]`,
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
 * a microsecond apart, because pg-boss runs equal priorities in the order of `created_on`; its clock
 * stands still in a transaction, so what has passed there is added. They are inserted in the order of
 * their ids: of two statements with the same ones, each in an order of its own, each would wait for
 * the other. The casts are for Prisma.
 */
function insertSql(schema: string): string {
  const now = `${schema}.job_now() + (statement_timestamp() - now())`
  return `
    WITH stored AS (
      INSERT INTO ${schema}.job (
        id, name, data, priority, start_after, created_on, keep_until, singleton_key,
        retry_limit, retry_delay, retry_backoff, expire_seconds, deletion_seconds,
        heartbeat_seconds, policy, dead_letter
      )
      SELECT
        i.id, q.name, i.data, i.priority,
        ${now} + i."delayMs" * interval '1 millisecond',
        ${now} + i.n * interval '1 microsecond',
        ${now} + i."delayMs" * interval '1 millisecond' + q.retention_seconds * interval '1 second',
        i.key, i."retryLimit", q.retry_delay, false, q.expire_seconds, q.deletion_seconds,
        q.heartbeat_seconds, q.policy, q.dead_letter
      FROM ${schema}.queue q, json_to_recordset($2::text::json) AS i (
        n int, id uuid, key text, data jsonb, "delayMs" float8, priority int, "retryLimit" int
      )
      WHERE q.name = $1
      ORDER BY i.id
      ON CONFLICT DO NOTHING
      RETURNING 1
    )
    SELECT
      EXISTS (SELECT FROM ${schema}.queue WHERE name = $1) AS known,
      CASE WHEN EXISTS (SELECT FROM stored) THEN pg_notify($3, $1)::text END AS woken`
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}

export function toRefusal(reason: string, cause?: unknown): PikkuQueueError {
  return new PikkuQueueError(
    errorCodes.invalidOption,
    `PostgreSQL cannot store the job: ${reason}`,
    { hint: 'Look at its id, delay and priority.', ...(cause !== undefined && { cause }) },
  )
}
