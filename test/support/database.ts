import pg from 'pg'
import { onTestFinished } from 'vitest'
import { databaseUrl, query } from './postgres.ts'

let counter = 0

/** The URL of a new, empty database of the test run's server; dropped when the test has finished. */
export async function createDatabase(): Promise<string> {
  counter += 1
  const name = `pikku_e2e_${process.pid}_${counter}`
  await query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`)
  onTestFinished(async () => {
    await query(`DROP DATABASE ${pg.escapeIdentifier(name)} WITH (FORCE)`)
  })
  const url = new URL(databaseUrl())
  url.pathname = `/${name}`
  return url.href
}
