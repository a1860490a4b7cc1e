import pg from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Database, unixMs } from '../../../src/runtime/providers/pg-boss/database.ts'
import {
  fetchJobs,
  type FetchRequest,
  makeMark,
  recoverJobs,
  startJobs,
} from '../../../src/runtime/providers/pg-boss/fetch.ts'
import { databaseUrl, query, uniqueSchema } from '../../support/postgres.ts'
import {
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

/** Of one attempt only: whatever costs one shows. */
const once = (length: number) => Array.from({ length }, (_, n) => job({ data: n, attempts: 1 }))

/** A part of each statement that nothing else says. */
const statements = {
  fetch: 'row_number() OVER',
  start: 'started_on = i.token, heartbeat_on',
  beat: 'SET heartbeat_on = ',
}

/** The statements of a worker whose clock is late by so much. */
async function anotherWorker(schema: string, lateMs = 0) {
  const pool = new pg.Pool({ connectionString: databaseUrl(), max: 1 })
  onTestFinished(() => pool.end())
  const server = { executeSql: (text: string, values?: unknown[]) => pool.query(text, values) }
  const database = new Database(server, { schema, server: 'the server' }, listeningLogger())
  const [answer] = await database.query<{ now: number }>(`SELECT ${unixMs} AS now`)
  database.clock.set((answer?.now ?? 0) - lateMs)
  return {
    database,
    request: (): FetchRequest => ({
      ...{ queue: 'jobs', worker: 'test', limit: 10, start: 10, visibilitySeconds: 30 },
      ...{ token: database.clock.next(), mark: makeMark() },
    }),
  }
}

describe('a claim', () => {
  it('survives a heartbeat that overlaps its start', async () => {
    const schema = uniqueSchema()
    const wire = await startWire()
    const provider = await openProvider({ schema, url: wire.url })
    const finish = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    await provider.send('jobs', once(2))
    const { jobs } = work(
      provider,
      async ({ data }) => {
        await finish[Number(data)]?.promise
        return done
      },
      { concurrency: 1, prefetch: 1 },
    )
    await until(() => jobs.length === 1, 'the first job')
    const letGo = await wire.hold(statements.beat)
    finish[0]?.resolve()
    await until(() => jobs.length === 2, 'the second job, which was reserved')
    await until(async () => (await provider.counts('jobs')).completed === 1, 'the first to end')
    await query(`UPDATE ${schema}.job SET heartbeat_on = NULL WHERE state = 'active'`)
    letGo()
    await until(async () => {
      const beats = await query(`SELECT FROM ${schema}.job WHERE heartbeat_on IS NOT NULL`)
      return beats.length === 2
    }, 'the beat')
    finish[1]?.resolve()
    await until(async () => (await provider.counts('jobs')).completed === 2, 'both to be settled')
    expect(jobs.some(({ lost }) => lost.aborted)).toBe(false)
  })

  it('is not lost with the reply to its start', async () => {
    const wire = await startWire()
    const provider = await openProvider({ schema: uniqueSchema(), url: wire.url })
    await provider.send('jobs', once(3))
    const lost = wire.loseReply(statements.start)
    const { jobs } = work(provider, () => done, { concurrency: 1, prefetch: 5 })
    await lost
    await until(async () => (await provider.counts('jobs')).completed === 3, 'all jobs', 5_000)
    expect(jobs.map(({ data, attempt }) => [data, attempt])).toEqual([
      [0, 1],
      [1, 1],
      [2, 1],
    ])
  })

  it('is not lost with the reply to its fetch', async () => {
    const wire = await startWire()
    const provider = await openProvider({ schema: uniqueSchema(), url: wire.url })
    await provider.send('jobs', once(20))
    const lost = wire.loseReply(statements.fetch)
    const { jobs } = work(provider, () => done, { concurrency: 10 })
    await lost
    await until(async () => (await provider.counts('jobs')).completed === 20, 'all jobs', 5_000)
    expect(jobs.map(({ attempt }) => attempt)).toEqual(Array(20).fill(1))
  })

  it('whose start was asked for is given back uncounted by a worker that stops', async () => {
    const schema = uniqueSchema()
    const wire = await startWire()
    const provider = await openProvider({ schema, url: wire.url })
    await provider.send('jobs', once(20))
    const lost = wire.loseReply(statements.fetch)
    const { consumer } = work(provider, () => done, { concurrency: 10 })
    await lost
    await consumer.stop()
    const { waiting, completed, active } = await provider.counts('jobs')
    expect({ all: waiting + completed, active }).toEqual({ all: 20, active: 0 })
  })

  it('of another worker is not recovered with a lost fetch, however far their clocks differ', async () => {
    const schema = uniqueSchema()
    const provider = await openProvider({ schema })
    const one = await anotherWorker(schema)
    const late = await anotherWorker(schema, 40)
    const lost = one.request()
    expect(await fetchJobs(one.database, lost)).toEqual([])
    // A job that is younger than the late worker's idea of the time.
    await sendOne(provider)
    const others = { ...late.request(), mark: lost.mark }
    const claimed = await fetchJobs(late.database, others)
    const started = await startJobs(late.database, claimed)
    expect([...claimed, ...started]).toHaveLength(2)
    expect(await recoverJobs(one.database, lost)).toEqual([])
  })

  it('of another worker is not recovered, even if both fetched in the same microsecond', async () => {
    const schema = uniqueSchema()
    const provider = await openProvider({ schema })
    await sendOne(provider)
    const [one, other] = [await anotherWorker(schema), await anotherWorker(schema)]
    const mine = one.request()
    const others = { ...other.request(), token: mine.token }
    expect(await fetchJobs(other.database, others)).toMatchObject([{ claim: { started: true } }])
    expect(await recoverJobs(one.database, mine)).toEqual([])
    expect(await recoverJobs(other.database, others)).toHaveLength(1)
  })

  it('starts no earlier than its job was made, and ends no earlier than it started', async () => {
    const provider = await openProvider({ schema: uniqueSchema() })
    work(provider, () => done, { concurrency: 1, prefetch: 5 })
    for (let n = 0; n < 20; n += 1) {
      const stored = await untilStatus(provider, await sendOne(provider), 'completed')
      const times = [stored.createdAt, stored.startedAt, stored.finishedAt].map(Number)
      expect(times).toEqual(times.toSorted((a, b) => a - b))
    }
  })
})

describe('a delivery', () => {
  it('that comes to nothing is given back, and ends nothing else', async () => {
    const logger = listeningLogger()
    const provider = await openProvider({ schema: uniqueSchema(), logger })
    const id = await sendOne(provider, { attempts: 1 })
    const { jobs } = work(provider, () => (jobs.length === 1 ? (undefined as never) : done))
    await untilStatus(provider, id, 'completed')
    expect(jobs.map(({ attempt }) => attempt)).toEqual([1, 1])
    expect(logger.lines).toContainEqual(
      expect.stringMatching(/^error a delivery was rejected; .*"worker":"test"/),
    )
  })
})
