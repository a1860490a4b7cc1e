import { describe, expect, it, onTestFinished } from 'vitest'
import { newSchemaName, query, startThrowawayServer, uniqueSchema } from '../../support/postgres.ts'
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
import { startWire } from './wire.ts'

const setRefuse = (schema: string, body: string): Promise<unknown> =>
  query(`
    CREATE OR REPLACE FUNCTION ${schema}.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      ${body}
      RETURN NEW;
    END $$`)

/** Has the settling of jobs whose payload is "poison" refused, as by a trigger of the user's. */
async function poison(schema: string): Promise<void> {
  await setRefuse(
    schema,
    `IF NEW.data = '"poison"' AND NEW.state > 'active' THEN RAISE EXCEPTION 'over quota'; END IF;`,
  )
  await query(`
    CREATE TRIGGER refuse BEFORE UPDATE ON ${schema}.job
    FOR EACH ROW EXECUTE FUNCTION ${schema}.refuse()`)
}

/** To drop the trigger would lock the table, which deadlocks with a worker that is settling. */
async function cure(schema: string): Promise<void> {
  await setRefuse(schema, '')
}

const refusals = (logger: { lines: string[] }) =>
  logger.lines.filter((line) => line.startsWith('error PostgreSQL refuses the outcome of a job'))

describe('an outcome that PostgreSQL refuses', () => {
  it('holds nothing else up, is told of again, and is kept until it is taken', async () => {
    const schema = uniqueSchema()
    const logger = listeningLogger()
    const queues = [declaration('jobs'), declaration('others')]
    const provider = await openProvider({ schema, logger, queues })
    await poison(schema)
    const [bad = '', ...good] = await Promise.all(
      ['poison', 1, 2, 3].map((data) => sendOne(provider, { data, attempts: 1 })),
    )
    const seen = work(provider, () => ({ type: 'done', result: 'kept' }))
    const others = work(provider, () => done, {}, 'others')
    for (const id of good) await untilStatus(provider, id, 'completed')
    await until(() => refusals(logger).length > 0, 'word of it')

    // Neighbours and other queues go on, what arrives later too.
    const sent = await Promise.all([
      ...Array.from({ length: 20 }, (_, data) => sendOne(provider, { data })),
      sendOne(provider, {}, 'others'),
    ])
    const other = sent.pop() ?? ''
    for (const id of sent) await untilStatus(provider, id, 'completed')
    await untilStatus(provider, other, 'completed', 'others')
    expect(others.consumer.healthy).toBe(true)

    // So does the search for jobs whose workers went silent.
    const [crashed] = await query<{ id: string }>(
      `INSERT INTO ${schema}.job (name, state, started_on, heartbeat_on, heartbeat_seconds, retry_limit, policy)
       SELECT 'others', 'active', now() - interval '1 minute', now() - interval '1 minute', 10, 2, 'standard'
       RETURNING id`,
    )
    await untilStatus(provider, crashed?.id ?? '', 'completed', 'others')

    await until(() => refusals(logger).length > 1, 'word of it again')
    expect(refusals(logger)[0]).toContain('"reason":"over quota"')
    expect(refusals(logger).join()).not.toMatch(/"refusals":[23],/)
    await cure(schema)
    expect(await untilStatus(provider, bad, 'completed')).toMatchObject({
      result: 'kept',
      attemptsMade: 1,
    })
    expect(seen.jobs.filter(({ id }) => id === bad)).toHaveLength(1)
  }, 60_000)

  it('is tried again when the worker ends', async () => {
    const schema = uniqueSchema()
    const logger = listeningLogger()
    const provider = await openProvider({ schema, logger })
    await poison(schema)
    const id = await sendOne(provider, { data: 'poison' })
    work(provider)
    await until(() => refusals(logger).length > 0, 'word of it')
    await cure(schema)
    await provider.close(5_000)
    const rows = await query(`SELECT state FROM ${schema}.job WHERE id = $1`, [id])
    expect(rows).toEqual([{ state: 'completed' }])
  })

  it('is told of when the worker ends without it', async () => {
    const schema = uniqueSchema()
    const logger = listeningLogger()
    const provider = await openProvider({ schema, logger })
    await poison(schema)
    await sendOne(provider, { data: 'poison' })
    work(provider)
    await until(() => refusals(logger).length > 0, 'word of it')
    await provider.close(200)
    expect(logger.lines).toContain(
      'error the outcomes of jobs could not be stored; they will run again {"jobs":1}',
    )
  })
})

describe('a server that is read-only', () => {
  it('is away: outcomes wait for it together, and are settled when it takes writes', async () => {
    const server = await startThrowawayServer()
    onTestFinished(() => server.destroy())
    const wire = await startWire(server.url)
    const logger = listeningLogger()
    const provider = await openProvider({ schema: newSchemaName(), url: wire.url, logger })
    const finish = Promise.withResolvers<void>()
    await provider.send(
      'jobs',
      Array.from({ length: 30 }, () => job({ attempts: 1 })),
    )
    const { jobs, consumer } = work(
      provider,
      async () => {
        await finish.promise
        return done
      },
      { concurrency: 30 },
    )
    await until(() => jobs.length === 30, 'the jobs to run')
    const settlements = () => wire.sent("SET state = 'completed'")
    const setReadOnly = async (on: boolean) => {
      await query(`ALTER SYSTEM SET default_transaction_read_only = ${on}`, [], server.url)
      await query('SELECT pg_reload_conf()', [], server.url)
    }
    await setReadOnly(true)
    await until(async () => {
      const [row] = await query<{ on: string }>(
        `SELECT current_setting('default_transaction_read_only') AS on`,
        [],
        server.url,
      )
      return row?.on === 'on'
    }, 'the server to be read-only')
    finish.resolve()
    await until(() => settlements() >= 4, 'some tries')
    // Halved down to single rows, thirty would be settled with sixty statements in one try.
    expect(settlements()).toBeLessThan(10)
    expect(consumer.healthy).toBe(false)
    // It answers what only asks.
    expect(await provider.counts('jobs')).toMatchObject({ active: 30 })
    expect(consumer.healthy).toBe(false)
    await setReadOnly(false)
    await until(async () => (await provider.counts('jobs')).completed === 30, 'the outcomes')
    await until(() => consumer.healthy, 'the worker to be healthy')
    expect(logger.lines.filter((line) => line.includes('is read-only; waiting'))).toHaveLength(1)
    expect(logger.lines.filter((line) => line.includes('is back'))).toHaveLength(1)
    expect(logger.lines.filter((line) => line.startsWith('error'))).toEqual([])
  }, 60_000)
})
