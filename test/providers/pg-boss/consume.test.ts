import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { query, uniqueSchema } from '../../support/postgres.ts'
import { declaration, done, job, openProvider, sendOne, until, work } from './fixture.ts'

/** Jobs in the worker's hands, those that wait there included. */
async function claimed(schema: string): Promise<number> {
  return (await query(`SELECT FROM ${schema}.job WHERE state = 'active'`)).length
}

const many = (length: number) => Array.from({ length }, (_, n) => job({ data: n }))

describe('consume', () => {
  it('drains 1,000 no-op jobs in a few seconds', async () => {
    const provider = await openProvider({ schema: uniqueSchema() })
    await provider.send('jobs', many(1_000))
    const startedAt = performance.now()
    const { jobs } = work(provider)
    await until(async () => (await provider.counts('jobs')).completed === 1_000, 'all completed')
    expect(performance.now() - startedAt).toBeLessThan(5_000)
    expect(new Set(jobs.map(({ id }) => id)).size).toBe(1_000)
  })

  it('says until when a job is held', async () => {
    const provider = await openProvider({ schema: uniqueSchema() })
    await sendOne(provider)
    const { jobs } = work(provider)
    await until(() => jobs.length === 1, 'the job')
    const held = (jobs[0]?.heldUntil ?? 0) - performance.now()
    expect(held).toBeGreaterThan(0)
    expect(held).toBeLessThanOrEqual(10_000)
  })

  it('reaches the concurrency and keeps to it and to the prefetch', async () => {
    const schema = uniqueSchema()
    const provider = await openProvider({ schema })
    await provider.send('jobs', many(60))
    let mostClaimed = 0
    const seen = work(
      provider,
      async () => {
        mostClaimed = Math.max(mostClaimed, await claimed(schema))
        return done
      },
      { concurrency: 4, prefetch: 3 },
    )
    await until(() => seen.jobs.length === 60, '60 jobs')
    expect(seen.most).toBe(4)
    expect(mostClaimed).toBeGreaterThan(4)
    // Those whose settlement is on its way are still active in the database.
    expect(mostClaimed).toBeLessThanOrEqual(4 + 3 + 4)
  })

  it('does not hoard slow jobs: another worker gets its share', async () => {
    const schema = uniqueSchema()
    const [one, two] = [await openProvider({ schema }), await openProvider({ schema })]
    await one.send('jobs', many(12))
    const slow = async () => {
      await delay(400)
      return done
    }
    const a = work(one, slow, { concurrency: 3 })
    await until(() => a.jobs.length === 3, 'the first worker to be busy')
    const b = work(two, slow, { concurrency: 3 })
    await until(() => a.jobs.length + b.jobs.length === 12, '12 jobs')
    expect(b.jobs.length).toBeGreaterThanOrEqual(5)
  })

  it('gives back what it fetched ahead when jobs turn slow', async () => {
    const schema = uniqueSchema()
    const [one, two] = [await openProvider({ schema }), await openProvider({ schema })]
    await one.send('jobs', many(1_000))
    const stop = Promise.withResolvers<void>()
    const a = work(
      one,
      async ({ data }) => {
        if (Number(data) >= 500) await stop.promise
        return done
      },
      { concurrency: 2 },
    )
    await until(() => a.jobs.some(({ data }) => Number(data) >= 501), 'the slow jobs')
    const b = work(two, () => done, { concurrency: 2 })
    await until(() => a.jobs.length + b.jobs.length === 1_000, 'all jobs, run by the other', 10_000)
    expect(b.jobs.every(({ attempt }) => attempt === 1)).toBe(true)
    stop.resolve()
  })

  it('is woken at once by a job of another process', async () => {
    const schema = uniqueSchema()
    const worker = await openProvider({ schema })
    const client = await openProvider({ schema, role: 'producer' })
    const { jobs, times } = work(worker, () => done, { pollIntervalMs: 60_000 })
    // Connecting wakes the worker, too; after a few jobs only NOTIFY is left.
    for (let n = 1; n <= 5; n += 1) {
      await delay(50)
      const sentAt = performance.now()
      await sendOne(client)
      await until(() => jobs.length === n, `job ${n}`, 5_000)
      expect((times[n - 1] ?? 0) - sentAt).toBeLessThan(1_000)
    }
  })

  it('stops: running jobs end and are settled, the rest is given back uncounted', async () => {
    const schema = uniqueSchema()
    const provider = await openProvider({ schema })
    await provider.send('jobs', many(20))
    const finish = Promise.withResolvers<void>()
    const seen = work(
      provider,
      async () => {
        await finish.promise
        return done
      },
      { concurrency: 2, prefetch: 10 },
    )
    await until(async () => (await claimed(schema)) === 12, 'a full buffer')
    // What a worker has only reserved still waits, and may be removed.
    expect(await provider.counts('jobs')).toMatchObject({ active: 2, waiting: 18 })
    await seen.consumer.stop()
    expect(await claimed(schema)).toBe(2)
    expect(await provider.counts('jobs')).toMatchObject({ active: 2, waiting: 18 })
    finish.resolve()
    await until(async () => (await provider.counts('jobs')).completed === 2, 'both to be settled')
    expect(seen.jobs).toHaveLength(2)
    const next = work(provider, () => done)
    await until(() => next.jobs.length === 18, 'the rest')
    expect(next.jobs.every(({ attempt }) => attempt === 1)).toBe(true)
  })

  it('settles what has finished before it closes', async () => {
    const schema = uniqueSchema()
    const worker = await openProvider({ schema })
    const client = await openProvider({ schema, role: 'producer' })
    await client.send('jobs', many(300))
    const { jobs } = work(worker)
    await until(() => jobs.length > 50, 'some jobs')
    await worker.close(5_000)
    await worker.close(5_000)
    const counts = await client.counts('jobs')
    expect(counts).toMatchObject({ active: 0, completed: jobs.length })
    expect(counts.waiting).toBe(300 - jobs.length)
  })

  it('serves a hundred queues', async () => {
    const names = Array.from({ length: 100 }, (_, n) => `queue.${n}`)
    const queues = names.map((name) => declaration(name))
    const provider = await openProvider({ schema: uniqueSchema(), queues })
    const works = names.map((name) => work(provider, () => done, {}, name))
    for (const name of names) await provider.send(name, many(3))
    await until(() => works.every(({ jobs }) => jobs.length === 3), '300 jobs')
  })
})
