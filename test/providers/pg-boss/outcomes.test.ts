import { describe, expect, it } from 'vitest'
import type { Outcome } from '../../../src/runtime/provider.ts'
import { query, uniqueSchema } from '../../support/postgres.ts'
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

const error = { name: 'CardError', message: 'declined \u0000', code: 'card', stack: 'at pay' }
const stored = { ...error, message: 'declined \ufffd' }

describe('outcomes', () => {
  it('stores each job’s own result', async () => {
    const provider = await openProvider({ schema: uniqueSchema() })
    const sent = await provider.send(
      'jobs',
      Array.from({ length: 100 }, (_, n) => job({ id: `n${n}`, data: n })),
    )
    expect(sent).toHaveLength(100)
    work(provider, ({ data }) => ({ type: 'done', result: { doubled: Number(data) * 2 } }))
    await untilStatus(provider, 'n99', 'completed')
    const results = await Promise.all(
      sent.map((_, n) => untilStatus(provider, `n${n}`, 'completed')),
    )
    expect(results.map(({ result }) => result)).toEqual(sent.map((_, n) => ({ doubled: n * 2 })))
    expect(results[7]).toMatchObject({ attemptsMade: 1, error: null, maxAttempts: 3 })
    expect(results[7]?.finishedAt).toBeInstanceOf(Date)
  })

  it('runs a job again after exactly its delay, and counts every attempt', async () => {
    const provider = await openProvider({ schema: uniqueSchema() })
    const id = await sendOne(provider, { attempts: 4 })
    const { jobs, times } = work(
      provider,
      ({ attempt }) => (attempt < 4 ? { type: 'retry', error, delayMs: 150 } : done),
      { pollIntervalMs: 10_000 },
    )
    const finished = await untilStatus(provider, id, 'completed')
    expect(jobs.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4])
    expect(jobs.every(({ maxAttempts }) => maxAttempts === 4)).toBe(true)
    expect(finished.attemptsMade).toBe(4)
    const gaps = times.slice(1).map((time, n) => time - (times[n] ?? 0))
    for (const gap of gaps) {
      expect(gap).toBeGreaterThanOrEqual(150)
      expect(gap).toBeLessThan(450)
    }
  })

  it('moves what failed for good into the dead letter queue, with where it came from', async () => {
    const queues = [declaration('jobs', { deadLetterQueue: 'dead' })]
    const provider = await openProvider({ schema: uniqueSchema(), queues })
    const letters = work(provider, () => done, {}, 'dead')
    const id = await sendOne(provider, { id: 'pay/1', data: { amount: 5 }, priority: 3 })
    work(provider, ({ attempt }): Outcome =>
      attempt === 1 ? { type: 'retry', error, delayMs: 0 } : { type: 'dead', error },
    )
    const failed = await untilStatus(provider, id, 'failed')
    expect(failed).toMatchObject({ attemptsMade: 2, error: stored })
    await until(() => letters.jobs.length === 1, 'the dead letter')
    const [letter] = letters.jobs
    expect(letter).toMatchObject({
      queueName: 'dead',
      attempt: 1,
      data: { amount: 5 },
      origin: { queueName: 'jobs', jobId: 'pay/1', attemptsMade: 2, error: stored },
    })
    expect(letter?.id).not.toBe(id)
    const found = await untilStatus(provider, letter?.id ?? '', 'completed', 'dead')
    expect(found.origin).toEqual(letter?.origin)
  })

  it('leaves dead letters that pg-boss itself can redrive', async () => {
    const schema = uniqueSchema()
    const queues = [declaration('jobs', { deadLetterQueue: 'dead' })]
    const provider = await openProvider({ schema, queues })
    const id = await sendOne(provider, { id: 'mine', data: 7 })
    const { consumer } = work(provider, () => ({ type: 'dead', error }))
    await untilStatus(provider, id, 'failed')
    await consumer.stop()

    const { PgBoss } = await import('pg-boss')
    const { databaseUrl } = await import('../../support/postgres.ts')
    const boss = new PgBoss({ connectionString: databaseUrl(), schema, supervise: false })
    await boss.start()
    try {
      expect(await boss.redrive('dead')).toBe(1)
      expect(await boss.detectSchemaDrift()).toMatchObject({ ok: true })
    } finally {
      await boss.stop()
    }
    const { jobs } = work(provider)
    await until(() => jobs.length === 1, 'the redriven job')
    expect(jobs[0]).toMatchObject({ data: 7, attempt: 1 })
    // It is a job of its own: the failed one keeps the caller's id.
    expect(jobs[0]?.id).not.toBe('mine')
    expect(await provider.find('jobs', 'mine')).toMatchObject({ status: 'failed' })
  })

  it('does not count an attempt that was given back', async () => {
    const provider = await openProvider({ schema: uniqueSchema() })
    const id = await sendOne(provider)
    let releases = 0
    const { jobs } = work(provider, ({ attempt }): Outcome => {
      if (releases < 2) {
        releases += 1
        return { type: 'released', delayMs: 0 }
      }
      if (attempt === 1) {
        releases = 0
        return { type: 'retry', error, delayMs: 0 }
      }
      return done
    })
    const finished = await untilStatus(provider, id, 'completed')
    expect(jobs.map(({ attempt }) => attempt)).toEqual([1, 1, 1, 2, 2, 2])
    expect(finished.attemptsMade).toBe(2)
  })

  it('cannot settle a job whose claim went to another', async () => {
    const schema = uniqueSchema()
    const logger = listeningLogger()
    const slow = await openProvider({ schema, logger })
    const id = await sendOne(slow)
    const { promise: finish, resolve: letFinish } = Promise.withResolvers<void>()
    const stale = work(slow, async (): Promise<Outcome> => {
      await finish
      return { type: 'done', result: 'stale' }
    })
    await until(() => stale.jobs.length === 1, 'the first claim')
    // Given back and claimed again by another worker: same job, same attempt, another claim.
    await stale.consumer.stop()
    await query(
      `UPDATE ${schema}.job SET state = 'created', started_on = NULL WHERE state = 'active'`,
    )
    const other = await openProvider({ schema })
    const { promise: second, resolve: letSecond } = Promise.withResolvers<void>()
    const fresh = work(other, async (): Promise<Outcome> => {
      await second
      return { type: 'done', result: 'fresh' }
    })
    await until(() => fresh.jobs.length === 1, 'the second claim')
    expect(fresh.jobs[0]?.attempt).toBe(1)
    letFinish()
    await until(
      () => logger.lines.some((line) => line.includes('claim on a job was lost')),
      'the lost claim to be reported',
    )
    expect(await slow.find('jobs', id)).toMatchObject({ status: 'active', result: null })
    letSecond()
    expect((await untilStatus(slow, id, 'completed')).result).toBe('fresh')
    expect(stale.jobs[0]?.lost.aborted).toBe(true)
    const lost = logger.lines.filter((line) => line.includes('claim on a job'))
    expect(lost).toEqual([expect.stringContaining('"worker":"test"')])
  })
})
