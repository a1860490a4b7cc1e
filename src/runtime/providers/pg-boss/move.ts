import type { MoveResult, PlacedJob, PlaceJob } from '../../provider.ts'
import { toBatches, writeRow, type Written } from './batches.ts'
import { wakeChannel } from './channels.ts'
import type { Database } from './database.ts'
import { toCallerId, toJobKey } from './ids.ts'
import { fromJsonb, toJsonb } from './jsonb.ts'
import { type OriginColumns, originColumns, toOrigin } from './origin.ts'
import { progressTable } from './tables.ts'

const perPage = 100

interface WaitingRow extends OriginColumns {
  id: string
  data: unknown
  createdOn: number
  /** To the microsecond, for the next page. */
  place: string
}

/** Page for page: what is not placed, or not any more to be had, is left behind and not looked at again. */
export async function moveJobs(
  database: Database,
  queue: string,
  limit: number,
  place: PlaceJob,
): Promise<MoveResult> {
  const result = { moved: 0, left: 0 }
  let last: WaitingRow | undefined
  while (result.moved < limit) {
    const rows = await nextRows(database, queue, last, Math.min(perPage, limit - result.moved))
    last = rows.at(-1)
    if (!last) break
    const moved = await moveRows(database, queue, placeRows(queue, rows, place))
    result.moved += moved
    result.left += rows.length - moved
  }
  return result
}

function nextRows(
  database: Database,
  queue: string,
  last: WaitingRow | undefined,
  limit: number,
): Promise<WaitingRow[]> {
  const { schema } = database
  return database.query<WaitingRow>(
    `SELECT id, singleton_key AS key, data, created_on::text AS place,
       (extract(epoch FROM created_on) * 1000)::float8 AS "createdOn",
       ${originColumns}
     FROM ${schema}.job
     WHERE name = $1 AND state < 'active' AND start_after <= ${schema}.job_now()
       AND (created_on, id) > (COALESCE($2::timestamptz, '-infinity'), COALESCE($3::uuid, $4::uuid))
     ORDER BY created_on, id
     LIMIT $5`,
    [queue, last?.place ?? null, last?.id ?? null, firstUuid, limit],
    { long: true },
  )
}

const firstUuid = '00000000-0000-0000-0000-000000000000'

type Move = [row: WaitingRow, placed: PlacedJob]

/** Of several that are to have one id, the first. */
function placeRows(queue: string, rows: readonly WaitingRow[], place: PlaceJob): Move[] {
  const moves = new Map<string, Move>()
  for (const row of rows) {
    const placed = place({
      id: toCallerId(queue, row.id, row.key),
      queueName: queue,
      data: fromJsonb(row.data),
      createdAt: new Date(row.createdOn),
      origin: toOrigin(row),
    })
    const key = placed && `${placed.queue}\n${placed.id}`
    if (placed && key !== undefined && !moves.has(key)) moves.set(key, [row, placed])
  }
  return [...moves.values()]
}

async function moveRows(
  database: Database,
  queue: string,
  moves: readonly Move[],
): Promise<number> {
  let moved = 0
  for (const batch of toBatches(moves.map(toInput))) {
    const [answer] = await database.query<{ moved: number }>(
      moveSql(database.schema),
      [queue, `[${batch.map(({ json }) => json).join()}]`, wakeChannel(database.schema)],
      { long: true },
    )
    moved += answer?.moved ?? 0
  }
  return moved
}

function toInput([{ id }, { queue, id: newId, data, attempts }]: Move, n: number): Written {
  const { uuid, key } = toJobKey(queue, newId)
  const renewed = data !== undefined
  const row = { n, id, queue, newId: uuid, key, retryLimit: attempts - 1, renewed }
  return { json: renewed ? writeRow(row, 'data', toJsonb(data)) : JSON.stringify(row) }
}

/**
 * All of it or nothing: the new row comes into being in the statement that deletes the old one. Whoever
 * works on the old one has it, and keeps it; the same goes where there is a job of the new id already.
 * $1 queue, $2 the moves, $3 the channel that wakes workers.
 */
function moveSql(schema: string): string {
  return `
    WITH input AS (
      SELECT * FROM json_to_recordset($2::text::json) AS i (
        n int, id uuid, queue text, "newId" uuid, key text, data jsonb, "retryLimit" int,
        renewed bool
      )
    ),
    candidates AS (
      SELECT i.*, j.data AS old_data, j.priority, j.source_root_id, j.source_id
      FROM input i
      JOIN ${schema}.job j ON j.name = $1 AND j.id = i.id AND j.state < 'active'
      FOR UPDATE OF j SKIP LOCKED
    ),
    stored AS (
      INSERT INTO ${schema}.job (
        id, name, data, priority, start_after, created_on, keep_until, singleton_key,
        retry_limit, retry_delay, retry_backoff, expire_seconds, deletion_seconds,
        heartbeat_seconds, policy, dead_letter, source_root_id
      )
      SELECT
        c."newId", q.name, CASE WHEN c.renewed THEN c.data ELSE c.old_data END, c.priority,
        ${schema}.job_now(), ${schema}.job_now() + c.n * interval '1 microsecond',
        ${schema}.job_now() + q.retention_seconds * interval '1 second',
        c.key, c."retryLimit", q.retry_delay, false, q.expire_seconds, q.deletion_seconds,
        q.heartbeat_seconds, q.policy, q.dead_letter, COALESCE(c.source_root_id, c.source_id)
      FROM candidates c JOIN ${schema}.queue q ON q.name = c.queue
      ORDER BY c."newId"
      ON CONFLICT DO NOTHING
      RETURNING name, id
    ),
    removed AS (
      DELETE FROM ${schema}.job j USING candidates c, stored s
      WHERE j.name = $1 AND j.id = c.id AND s.name = c.queue AND s.id = c."newId"
      RETURNING j.id
    ),
    forgotten AS (
      DELETE FROM ${progressTable(schema)} p USING removed r WHERE p.queue = $1 AND p.job_id = r.id
    )
    SELECT
      (SELECT count(*)::int FROM stored) AS moved,
      (SELECT count(pg_notify($3, t.name)) FROM (SELECT DISTINCT name FROM stored) t)`
}
