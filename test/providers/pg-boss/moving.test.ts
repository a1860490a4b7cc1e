import { PgBoss } from 'pg-boss'
import { describe, expect, it, onTestFinished } from 'vitest'
import { databaseUrl, query, uniqueSchema } from '../../support/postgres.ts'
import {
  dead,
  declaration,
  done,
  openProvider,
  sendOne,
  until,
  untilStatus,
  work,
} from './fixture.ts'

/** What docs/recipes/from-pg-boss.md says of a program that has used pg-boss by itself until now. */
async function startBoss(schema: string): Promise<PgBoss> {
  const boss = new PgBoss({ connectionString: databaseUrl(), schema })
  await boss.start()
  onTestFinished(() => boss.stop({ graceful: false }))
  return boss
}

const idOf = (id: string | null): string => {
  if (id === null) throw new Error('pg-boss stored nothing')
  return id
}

describe('a program of pg-boss', () => {
  it('has the jobs that it has left done: failed once, delayed and by priority', async () => {
    const schema = uniqueSchema()
    const boss = await startBoss(schema)
    await boss.createQueue('jobs')
    await boss.send('jobs', { n: 'low' }, { priority: -1 })
    await boss.send('jobs', { n: 'high' }, { priority: 5, retryLimit: 6 })
    const later = idOf(await boss.send('jobs', { n: 'later' }, { startAfter: 1 }))
    const tried = idOf(await boss.send('jobs', { n: 'tried' }, { priority: 9 }))
    await boss.fetch('jobs')
    await boss.fail('jobs', tried, { message: 'busy' })

    const provider = await openProvider({ schema })
    const { jobs } = work(provider, () => done, { concurrency: 1 })
    await untilStatus(provider, later, 'completed')
    expect(jobs.map(({ data, attempt, maxAttempts }) => [data, attempt, maxAttempts])).toEqual([
      [{ n: 'tried' }, 2, 3],
      [{ n: 'high' }, 1, 7],
      [{ n: 'low' }, 1, 3],
      [{ n: 'later' }, 1, 3],
    ])
  })

  it('has its jobs buried where the wiring says, those that it has left and those that it adds', async () => {
    const schema = uniqueSchema()
    const boss = await startBoss(schema)
    await boss.createQueue('jobs')
    const left = idOf(await boss.send('jobs', { n: 'left' }))
    const queues = [declaration('jobs', { deadLetterQueue: 'dead' })]
    const provider = await openProvider({ schema, queues })
    const added = idOf(await boss.send('jobs', { n: 'added' }))
    work(provider, () => dead)
    await untilStatus(provider, left, 'failed')
    await untilStatus(provider, added, 'failed')
    const letters = await provider.list('dead', 'waiting', { offset: 0, limit: 10 })
    expect(letters.map(({ origin }) => origin?.jobId).sort()).toEqual([left, added].sort())
  })

  it('goes on adding, and sees what became of its jobs', async () => {
    const schema = uniqueSchema()
    const boss = await startBoss(schema)
    const provider = await openProvider({ schema })
    work(provider, () => ({ type: 'done', result: { sent: true } }))
    const id = idOf(await boss.send('jobs', { n: 1 }))
    await untilStatus(provider, id, 'completed')
    expect(await boss.findJobs('jobs', { id })).toMatchObject([
      { state: 'completed', output: { sent: true } },
    ])
  })

  it('does not lose jobs that take longer than it would have let them', async () => {
    const schema = uniqueSchema()
    const boss = await startBoss(schema)
    await boss.createQueue('jobs')
    const long = idOf(await boss.send('jobs', { n: 'long' }, { expireInSeconds: 1 }))
    const provider = await openProvider({ schema })
    const supervised = Promise.withResolvers<void>()
    const { jobs } = work(provider, async () => {
      await supervised.promise
      return done
    })
    await until(() => jobs.length === 1, 'it to begin')
    // By pg-boss's own clock, its second is over.
    await query(`UPDATE ${schema}.job SET started_on = started_on - interval '5 seconds'`)
    await query(`UPDATE ${schema}.queue SET monitor_on = NULL, maintain_on = NULL`)
    await boss.supervise('jobs')
    const [row] = await query(`SELECT state FROM ${schema}.job WHERE id = '${long}'`)
    expect(row).toEqual({ state: 'active' })
    supervised.resolve()
  })

  it('may go on working beside us, each job once', async () => {
    const schema = uniqueSchema()
    const provider = await openProvider({ schema })
    const boss = await startBoss(schema)
    const ids: string[] = []
    for (let n = 0; n < 40; n += 1) ids.push(await sendOne(provider, { data: { n } }))
    const ran: string[] = []
    await boss.work('jobs', { batchSize: 5, pollingIntervalSeconds: 0.5 }, (batch) => {
      ran.push(...batch.map(({ id }) => id))
      return Promise.resolve()
    })
    await until(() => ran.length > 0, 'their worker to begin')
    const ours = work(provider, () => done)
    await until(() => ran.length + ours.jobs.length >= 40, 'all jobs')
    await until(async () => (await provider.counts('jobs')).completed === 40, 'all to be completed')
    expect([...ran, ...ours.jobs.map(({ id }) => id)].sort()).toEqual(ids.sort())
    expect(ours.jobs).not.toEqual([])
  })

  it('is refused a queue whose policy holds jobs back', async () => {
    const schema = uniqueSchema()
    const boss = await startBoss(schema)
    await boss.createQueue('jobs', { policy: 'singleton' })
    await expect(openProvider({ schema, queues: [declaration('jobs')] })).rejects.toMatchObject({
      code: 'PKQ608',
    })
  })
})
