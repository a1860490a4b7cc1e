import type { QueueOverview } from '../../provider.ts'
import { wakeChannel } from './channels.ts'
import type { Database } from './database.ts'
import { toCounts, type StatusRow, statusColumn } from './inspect.ts'
import { pausedTable, progressTable } from './tables.ts'

interface OverviewRow extends StatusRow {
  /** Unix milliseconds. */
  since: number
}

export async function lookOver(database: Database, queue: string): Promise<QueueOverview> {
  const { schema } = database
  const [rows, paused] = await Promise.all([
    database.query<OverviewRow>(
      `SELECT ${statusColumn(schema)} AS status, count(*)::int AS count,
         (extract(epoch FROM min(greatest(created_on, start_after))) * 1000)::float8 AS since
       FROM ${schema}.job WHERE name = $1 GROUP BY 1`,
      [queue],
      { long: true },
    ),
    database.query(`SELECT FROM ${pausedTable(schema)} WHERE queue = $1`, [queue]),
  ])
  const waiting = rows.find(({ status }) => status === 'waiting')
  return {
    counts: toCounts(rows),
    oldestWaitingSince: waiting ? new Date(waiting.since) : null,
    paused: paused.length > 0,
  }
}

export async function pauseQueue(database: Database, queue: string): Promise<void> {
  await database.query(
    `INSERT INTO ${pausedTable(database.schema)} (queue) VALUES ($1) ON CONFLICT DO NOTHING`,
    [queue],
  )
}

export async function resumeQueue(database: Database, queue: string): Promise<void> {
  const { schema } = database
  await database.query(
    `WITH resumed AS (DELETE FROM ${pausedTable(schema)} WHERE queue = $1 RETURNING queue)
     SELECT pg_notify($2, queue) FROM resumed`,
    [queue, wakeChannel(schema)],
  )
}

const perStatement = 5_000

/** Jobs that are only reserved have not begun, and go as well. */
export async function drainQueue(database: Database, queue: string): Promise<number> {
  const { schema } = database
  let drained = 0
  for (;;) {
    const [answer] = await database.query<{ removed: number }>(
      `WITH surplus AS (
         SELECT id FROM ${schema}.job
         WHERE name = $1 AND (state < 'active' OR state = 'active' AND started_on IS NULL)
         LIMIT $2
         FOR UPDATE SKIP LOCKED
       ),
       removed AS (
         DELETE FROM ${schema}.job j USING surplus s WHERE j.name = $1 AND j.id = s.id RETURNING j.id
       ),
       forgotten AS (
         DELETE FROM ${progressTable(schema)} p USING removed r
         WHERE p.queue = $1 AND p.job_id = r.id
       )
       SELECT count(*)::int AS removed FROM removed`,
      [queue, perStatement],
      { long: true },
    )
    const { removed = 0 } = answer ?? {}
    drained += removed
    if (removed < perStatement) return drained
  }
}
