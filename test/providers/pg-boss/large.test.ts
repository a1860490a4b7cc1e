import pg from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import { toBatches } from '../../../src/runtime/providers/pg-boss/batches.ts'
import { type BossDatabase, Database } from '../../../src/runtime/providers/pg-boss/database.ts'
import { sendJobs } from '../../../src/runtime/providers/pg-boss/send.ts'
import type { JobError, JsonValue } from '../../../src/runtime/types.ts'
import { databaseUrl, query, uniqueSchema } from '../../support/postgres.ts'
import { silentLogger } from '../../support/silent-logger.ts'
import {
  declaration,
  done,
  job,
  listeningLogger,
  openProvider,
  sendOne,
  until,
  untilStatus,
  work,
} from './fixture.ts'

const megabytes = (n: number) => 'x'.repeat(n * 1024 * 1024)
/** A database that remembers how long the JSON of each statement was. */
function listeningDatabase(schema: string) {
  const pool = new pg.Pool({ connectionString: databaseUrl() })
  onTestFinished(() => pool.end())
  const lengths: number[] = []
  const boss: BossDatabase = {
    async executeSql(text, values = []) {
      lengths.push(Math.max(...values.map((value) => String(value).length)))
      return pool.query(text, values)
    },
  }
  return { database: new Database(boss, { schema, server: 'here' }, silentLogger), lengths }
}

/** Lets settlements fail, those of some jobs or all, in a way that is neither the data nor the server. */
async function breakSettling(schema: string, condition: string): Promise<() => Promise<unknown>> {
  await query(`CREATE SEQUENCE ${schema}.tries`)
  await query(`
    CREATE FUNCTION ${schema}.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM nextval('${schema}.tries');
      RAISE EXCEPTION 'not now' USING ERRCODE = '55000';
    END $$`)
  await query(`
    CREATE TRIGGER refuse BEFORE UPDATE ON ${schema}.job FOR EACH ROW
    WHEN (NEW.state = 'completed' AND ${condition}) EXECUTE FUNCTION ${schema}.refuse()`)
  // Dropping the trigger would wait for the table, which the worker does not leave alone.
  return () =>
    query(`
      CREATE OR REPLACE FUNCTION ${schema}.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RETURN NEW;
      END $$`)
}

async function tries(schema: string): Promise<number> {
  const [row] = await query<{ n: number }>(
    `SELECT last_value::int AS n FROM ${schema}.tries WHERE is_called`,
  )
  return row?.n ?? 0
}

describe('batches', () => {
  const row = (length: number) => ({ json: 'x'.repeat(length) })

  it('hold all rows, in order, and neither too many nor too long ones', () => {
    const rows = [row(1), row(9_000_000), row(5_000_000), row(2), row(4_000_000), row(3), row(4)]
    const lengths = [...toBatches(rows, 2)].map((batch) => batch.map(({ json }) => json.length))
    expect(lengths).toEqual([[1], [9_000_000], [5_000_000, 2], [4_000_000, 3], [4]])
    expect([...toBatches([])]).toEqual([])
  })
})

describe('large jobs', () => {
  it('are sent in as many statements as they need, in order', async () => {
    const schema = uniqueSchema()
    await openProvider({ schema })
    const { database, lengths } = listeningDatabase(schema)
    const jobs = Array.from({ length: 5 }, (_, n) => job({ id: `${n}`, data: megabytes(3) }))
    expect(await sendJobs(database, 'jobs', jobs)).toEqual(jobs.map(({ id }) => ({ id })))
    expect(lengths.map((length) => Math.round(length / 1024 ** 2))).toEqual([6, 6, 3])
    const rows = await query<{ key: string }>(
      `SELECT singleton_key AS key FROM ${schema}.job ORDER BY created_on`,
    )
    expect(rows.map(({ key }) => key)).toEqual(['0', '1', '2', '3', '4'])
  })

  it('do not hold up the settlement of others', async () => {
    const provider = await openProvider({
      schema: uniqueSchema(),
      queues: [declaration('jobs'), declaration('small')],
    })
    await provider.send(
      'jobs',
      Array.from({ length: 8 }, () => job()),
    )
    const together = Promise.withResolvers<void>()
    const { jobs } = work(provider, async () => {
      await together.promise
      return { type: 'done', result: megabytes(4) }
    })
    const small = await sendOne(provider, {}, 'small')
    work(
      provider,
      async () => {
        await together.promise
        return done
      },
      {},
      'small',
    )
    await until(() => jobs.length === 8, 'all to run')
    together.resolve()
    await untilStatus(provider, small, 'completed', 'small')
    expect((await provider.counts('jobs')).completed).toBeLessThan(8)
    await until(async () => (await provider.counts('jobs')).completed === 8, 'the large ones')
  })
})

describe('a settlement that fails', () => {
  it('keeps the worker from running more, and is made up for', async () => {
    const schema = uniqueSchema()
    const logger = listeningLogger()
    const provider = await openProvider({ schema, logger })
    const mend = await breakSettling(schema, 'true')
    await provider.send(
      'jobs',
      Array.from({ length: 1_000 }, () => job({ attempts: 1 })),
    )
    const { jobs } = work(provider, () => done, { concurrency: 5, prefetch: 5 })
    await until(async () => (await tries(schema)) > 50, 'some tries')
    expect(jobs.length).toBeLessThan(250)
    await mend()
    await until(async () => (await provider.counts('jobs')).completed === 1_000, 'all jobs')
    expect(jobs).toHaveLength(1_000)
    expect(logger.lines.some((line) => line.includes('refuses the outcome'))).toBe(true)
  })

  it('does not hold up those that ended with it', async () => {
    const schema = uniqueSchema()
    const provider = await openProvider({ schema })
    const mend = await breakSettling(schema, `NEW.singleton_key = 'n3'`)
    await provider.send(
      'jobs',
      Array.from({ length: 8 }, (_, n) => job({ id: `n${n}` })),
    )
    const together = Promise.withResolvers<void>()
    const { jobs } = work(provider, async () => {
      if (jobs.length === 8) together.resolve()
      await together.promise
      return { type: 'done', result: 'kept' }
    })
    await until(async () => (await provider.counts('jobs')).completed === 7, 'the others')
    await mend()
    expect(await untilStatus(provider, 'n3', 'completed')).toMatchObject({ result: 'kept' })
  })
})

describe('what has no JSON', () => {
  it('is left out of the settlement', async () => {
    const logger = listeningLogger()
    const provider = await openProvider({ schema: uniqueSchema(), logger })
    const loop: JsonValue[] = []
    loop.push(loop)
    const id = await sendOne(provider)
    work(provider, () => ({ type: 'done', result: loop }))
    expect(await untilStatus(provider, id, 'completed')).toMatchObject({ result: null })
    expect(logger.lines).toContainEqual(
      expect.stringMatching(/^error PostgreSQL cannot store what the job left.*"worker":"test"/),
    )
  })

  it('is read as text in an error', async () => {
    const provider = await openProvider({ schema: uniqueSchema() })
    const id = await sendOne(provider)
    const error = { name: 'Error', message: ['must be', 'text'] } as unknown as JobError
    work(provider, () => ({ type: 'dead', error }))
    expect(await untilStatus(provider, id, 'failed')).toMatchObject({
      error: { message: 'must be,text' },
    })
  })
})
