import type { Database } from './database.ts'

/** pg-boss has no progress; this table beside its own holds the last one of each job. */
export function progressTable(schema: string): string {
  return `${schema}.pikku_progress`
}

/** Nor can its queues be paused; this one holds those that are. */
export function pausedTable(schema: string): string {
  return `${schema}.pikku_paused`
}

/** Creates our tables where they are missing; a user who may not create finds them created once. */
export async function createTables(database: Database): Promise<void> {
  const { schema } = database
  const [found] = await database.query<{ exist: boolean }>(
    `SELECT to_regclass($1) IS NOT NULL AND to_regclass($2) IS NOT NULL AS exist`,
    [progressTable(schema), pausedTable(schema)],
  )
  if (found?.exist) return
  await database.query(`
    CREATE TABLE IF NOT EXISTS ${progressTable(schema)} (
      queue text NOT NULL,
      job_id uuid NOT NULL,
      progress jsonb,
      updated_on timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (queue, job_id)
    )`)
  await database.query(`
    CREATE TABLE IF NOT EXISTS ${pausedTable(schema)} (
      queue text PRIMARY KEY,
      paused_on timestamptz NOT NULL DEFAULT now()
    )`)
}
