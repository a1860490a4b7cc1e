import pg from 'pg'
import { expect, it } from 'vitest'
import { databaseUrl, query, startThrowawayServer, uniqueSchema } from './postgres.ts'

it('the run has a PostgreSQL, and each test may have a schema of its own', async () => {
  const schema = uniqueSchema()
  await query(`CREATE SCHEMA ${schema}`)
  await query(`CREATE TABLE ${schema}.t AS SELECT 1 AS one`)
  expect(await query(`SELECT one FROM ${schema}.t`)).toEqual([{ one: 1 }])
  expect(databaseUrl()).toMatch(/^postgres/)
})

it('a throwaway server can be killed and started again with its data', async () => {
  const server = await startThrowawayServer()
  try {
    await query('CREATE TABLE t AS SELECT 42 AS answer', [], server.url)
    await server.kill()
    await expect(query('SELECT 1', [], server.url)).rejects.toThrow(/ECONNREFUSED/)
    expect(await server.pid()).toBeUndefined()
    await server.start()
    expect(await query('SELECT answer FROM t', [], server.url)).toEqual([{ answer: 42 }])
    await server.stop()
    expect(await server.pid()).toBeUndefined()
  } finally {
    await server.destroy()
  }
})

it('a killed throwaway server answers nobody any more', async () => {
  const server = await startThrowawayServer()
  try {
    const client = new pg.Client({ connectionString: server.url })
    client.on('error', () => undefined)
    await client.connect()
    let over = false
    const counted = client
      .query('SELECT count(*) FROM generate_series(1, 5000000)')
      .catch(() => undefined)
      .finally(() => (over = true))
    await server.kill()
    // What was sent before the end is read now.
    await new Promise(setImmediate)
    expect(over).toBe(true)
    await counted
  } finally {
    await server.destroy()
  }
})
