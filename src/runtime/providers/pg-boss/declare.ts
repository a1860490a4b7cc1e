import { defaultAttempts } from '../../defaults.ts'
import { errorCodes, PikkuQueueError } from '../../errors.ts'
import type { QueueDeclaration } from '../../provider.ts'
import { again } from './again.ts'
import type { Database } from './database.ts'

/** Waiting jobs are never deleted: 68 years, the most that the column holds. */
const retentionSeconds = 2_147_483_647
/** Heartbeats find crashes, so a job may run long: 24 days, the most that a JavaScript timer holds. */
export const expireSeconds = 2_147_483

/** For a dead letter queue that nobody declared. */
const undeclared = { attempts: defaultAttempts, crashDelayMs: 1_000, visibilityTimeoutSeconds: 30 }

interface QueueRow {
  name: string
  retryLimit: number
  retryDelay: number
  heartbeatSeconds: number
  deadLetter: string | null
}

/**
 * Creates the queues that are missing, dead letter queues included, and (as a worker) brings the
 * settings of the others up to date. A handful of statements however many queues there are.
 * @throws PikkuQueueError PKQ608 for a queue of a policy that would hold jobs back.
 */
export async function declareQueues(
  database: Database,
  declarations: QueueDeclaration[],
  role: 'worker' | 'producer',
): Promise<void> {
  const rows = toRows(declarations)
  const existing = await findQueues(database, [...rows.keys()])
  for (const { name, policy } of existing.values()) refuseForeignPolicy(name, policy)

  const missing = [...rows.values()].filter((row) => !existing.has(row.name))
  await createQueues(database, missing)
  // A producer knows less than the worker that runs the queue; it only completes what it created.
  const own =
    role === 'producer' ? missing : [...rows.values()].filter((row) => isDeclared(row.name))
  await again(() => updateQueues(database, own))

  function isDeclared(name: string): boolean {
    return !existing.has(name) || declarations.some((declaration) => declaration.name === name)
  }
}

function toRows(declarations: QueueDeclaration[]): Map<string, QueueRow> {
  const rows = new Map<string, QueueRow>()
  for (const { deadLetterQueue } of declarations) {
    if (deadLetterQueue) rows.set(deadLetterQueue, toRow({ ...undeclared, name: deadLetterQueue }))
  }
  for (const declaration of declarations) rows.set(declaration.name, toRow(declaration))
  return rows
}

type RowSource = Pick<
  QueueDeclaration,
  'name' | 'attempts' | 'crashDelayMs' | 'visibilityTimeoutSeconds' | 'deadLetterQueue'
>

function toRow(source: RowSource): QueueRow {
  return {
    name: source.name,
    retryLimit: source.attempts - 1,
    retryDelay: Math.ceil(source.crashDelayMs / 1000),
    heartbeatSeconds: toVisibilitySeconds(source.visibilityTimeoutSeconds),
    deadLetter: source.deadLetterQueue ?? null,
  }
}

/** pg-boss counts in whole seconds. */
export function toVisibilitySeconds(wanted: number): number {
  return Math.ceil(wanted)
}

async function findQueues(
  database: Database,
  names: string[],
): Promise<Map<string, { name: string; policy: string }>> {
  const rows = await database.query<{ name: string; policy: string }>(
    `SELECT name, policy FROM ${database.schema}.queue WHERE name = ANY($1::text[])`,
    [names],
    { long: true },
  )
  return new Map(rows.map((row) => [row.name, row]))
}

/** Without their dead letter queues, which may come later in the list. */
async function createQueues(database: Database, rows: QueueRow[]): Promise<void> {
  if (rows.length === 0) return
  await database.query(
    `SELECT ${database.schema}.create_queue(q.name, $2::text::jsonb)
     FROM unnest($1::text[]) AS q (name)`,
    [
      rows.map((row) => row.name),
      JSON.stringify({ policy: 'standard', notify: true, retentionSeconds, deleteAfterSeconds: 0 }),
    ],
    { long: true },
  )
}

async function updateQueues(database: Database, rows: QueueRow[]): Promise<void> {
  if (rows.length === 0) return
  const wanted = `
    i."retryLimit", i."retryDelay", false, i."heartbeatSeconds", i."deadLetter",
    ${expireSeconds}, ${retentionSeconds}, 0, true`
  const columns = `
    retry_limit, retry_delay, retry_backoff, heartbeat_seconds, dead_letter,
    expire_seconds, retention_seconds, deletion_seconds, notify`
  await database.query(
    `UPDATE ${database.schema}.queue q
     SET (${columns}, updated_on) = ROW(${wanted}, ${database.schema}.job_now())
     FROM json_to_recordset($1::text::json) AS i (
       name text, "retryLimit" int, "retryDelay" int, "heartbeatSeconds" int, "deadLetter" text
     )
     WHERE q.name = i.name
       AND ROW(${columns.replace(/\b[a-z_]+/g, (column) => `q.${column}`)})
         IS DISTINCT FROM ROW(${wanted})`,
    [JSON.stringify(rows)],
    { long: true },
  )
}

function refuseForeignPolicy(name: string, policy: string): void {
  if (policy === 'standard') return
  throw new PikkuQueueError(
    errorCodes.providerRefused,
    `queue "${name}" exists in pg-boss with the policy "${policy}", which holds jobs back`,
    {
      hint: 'Use another name, another schema, or delete the queue: only "standard" is supported.',
    },
  )
}
