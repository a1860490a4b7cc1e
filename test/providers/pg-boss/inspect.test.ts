import { describe, expect, it } from 'vitest'
import { query, uniqueSchema } from '../../support/postgres.ts'
import { done, job, openProvider, sendOne, until, untilStatus, work } from './fixture.ts'

const error = { name: 'Error', message: 'no' }

describe('inspect', () => {
  it('finds nothing where there is nothing', async () => {
    const provider = await openProvider({ schema: uniqueSchema() })
    expect(await provider.find('jobs', 'unknown')).toBeNull()
    expect(await provider.remove('jobs', 'unknown')).toBe(false)
    expect(await provider.retry('jobs', 'unknown')).toBe(false)
  })

  it('tells waiting from delayed, and counts them', async () => {
    const provider = await openProvider({ schema: uniqueSchema() })
    const waiting = await sendOne(provider, { data: { a: 1 }, attempts: 5 })
    const delayed = await sendOne(provider, { delayMs: 60_000 })
    expect(await provider.find('jobs', waiting)).toMatchObject({
      status: 'waiting',
      data: { a: 1 },
      attemptsMade: 0,
      maxAttempts: 5,
      startedAt: null,
      delayedUntil: null,
      progress: null,
      result: null,
      error: null,
      origin: null,
    })
    expect(await provider.find('jobs', delayed)).toMatchObject({ status: 'delayed' })
    expect(await provider.counts('jobs')).toEqual({
      waiting: 1,
      delayed: 1,
      active: 0,
      completed: 0,
      failed: 0,
      discarded: 0,
    })
  })

  it('shows an active job with the attempt that runs, and does not remove it', async () => {
    const provider = await openProvider({ schema: uniqueSchema() })
    const id = await sendOne(provider)
    const { promise, resolve } = Promise.withResolvers<void>()
    work(provider, async ({ attempt }) => {
      if (attempt === 1) return { type: 'retry', error, delayMs: 0 }
      await promise
      return done
    })
    await until(async () => (await provider.find('jobs', id))?.attemptsMade === 2, 'attempt two')
    const active = await untilStatus(provider, id, 'active')
    expect(active.startedAt).toBeInstanceOf(Date)
    expect(await provider.counts('jobs')).toMatchObject({ active: 1 })
    expect(await provider.remove('jobs', id)).toBe(false)
    resolve()
    await untilStatus(provider, id, 'completed')
    expect(await provider.remove('jobs', id)).toBe(true)
    expect(await provider.find('jobs', id)).toBeNull()
  })

  it('makes a failed and a discarded job wait again, attempts counted anew', async () => {
    const provider = await openProvider({ schema: uniqueSchema() })
    const [failing, discarding] = ['failing', 'discarding']
    await provider.send('jobs', [job({ id: failing }), job({ id: discarding })])
    const first = work(provider, ({ id }) => ({
      type: id === failing ? 'dead' : 'discarded',
      error,
    }))
    await untilStatus(provider, failing, 'failed')
    await untilStatus(provider, discarding, 'discarded')
    await first.consumer.stop()

    expect(await provider.retry('jobs', failing)).toBe(true)
    expect(await provider.retry('jobs', discarding)).toBe(true)
    expect(await provider.retry('jobs', failing)).toBe(false)
    expect(await provider.find('jobs', failing)).toMatchObject({
      status: 'waiting',
      attemptsMade: 0,
      error: null,
      finishedAt: null,
    })
    const again = work(provider)
    await untilStatus(provider, failing, 'completed')
    await untilStatus(provider, discarding, 'completed')
    expect(again.jobs.map(({ attempt }) => attempt)).toEqual([1, 1])
  })

  it('reads what pg-boss itself leaves as an error', async () => {
    const schema = uniqueSchema()
    const provider = await openProvider({ schema })
    const id = await sendOne(provider)
    await query(
      `UPDATE ${schema}.job SET state = 'failed', started_on = now(), completed_on = now(),
       output = '{ "value": { "message": "job heartbeat timeout" } }'`,
    )
    expect(await provider.find('jobs', id)).toMatchObject({
      status: 'failed',
      error: { code: 'PKQ506', message: 'job heartbeat timeout' },
    })
  })
})
