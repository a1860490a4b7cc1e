import pg from 'pg'
import { inject, onTestFinished } from 'vitest'

export { startThrowawayServer, type ThrowawayServer } from './throwaway-server.ts'

/** Connection string of the run's PostgreSQL. Shared by all test files: use a schema of your own. */
export function databaseUrl(): string {
  return inject('databaseUrl')
}

let counter = 0

/** A schema name that no other test uses. Nothing is created; see `dropSchema`. */
export function newSchemaName(): string {
  counter += 1
  return `test_${process.pid}_${counter}_${Math.random().toString(36).slice(2, 8)}`
}

/** A schema name of the running test's own; the schema is dropped when the test has finished. */
export function uniqueSchema(): string {
  const schema = newSchemaName()
  onTestFinished(() => dropSchema(schema))
  return schema
}

/** Drops a schema with everything in it, whether it exists or not. */
export async function dropSchema(schema: string): Promise<void> {
  await query(`DROP SCHEMA IF EXISTS ${pg.escapeIdentifier(schema)} CASCADE`)
}

/** Runs the body in a transaction on a connection of its own; rolls it back when the body throws. */
export async function inTransaction(
  url: string,
  body: (tx: pg.Client) => Promise<void>,
): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query('BEGIN')
    await body(client)
    await client.query('COMMIT')
  } finally {
    // A connection that ends before it has committed rolls back.
    await client.end()
  }
}

/** Runs one statement on a connection of its own. */
export async function query<Row extends pg.QueryResultRow>(
  text: string,
  values: unknown[] = [],
  url: string = databaseUrl(),
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Row>(text, values)).rows
  } finally {
    await client.end()
  }
}
