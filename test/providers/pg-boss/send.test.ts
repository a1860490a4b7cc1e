import { describe, expect, it } from 'vitest'
import { query, uniqueSchema } from '../../support/postgres.ts'
import { done, job, openProvider, sendOne, until, untilStatus, work } from './fixture.ts'

describe('send', () => {
  it('runs jobs in the order they were sent, higher priorities first', async () => {
    const provider = await openProvider({ schema: uniqueSchema() })
    const priorities = [0, 10, -10, 0, 5, 10]
    await provider.send(
      'jobs',
      priorities.map((priority, n) => job({ priority, data: n })),
    )
    const { jobs } = work(provider, () => done, { concurrency: 1 })
    await until(() => jobs.length === 6, 'six jobs')
    expect(jobs.map(({ data }) => data)).toEqual([1, 5, 4, 0, 3, 2])
  })

  it('keeps 500 jobs of one call in order', async () => {
    const provider = await openProvider({ schema: uniqueSchema() })
    await provider.send(
      'jobs',
      Array.from({ length: 500 }, (_, n) => job({ data: n })),
    )
    const { jobs } = work(provider)
    await until(() => jobs.length === 500, '500 jobs')
    expect(jobs.map(({ data }) => data)).toEqual(Array.from({ length: 500 }, (_, n) => n))
  })

  it.each([250, 600])('starts a job of %i ms delay on time', async (delayMs) => {
    const provider = await openProvider({ schema: uniqueSchema() })
    const { jobs, times } = work(provider, () => done, { pollIntervalMs: 5_000 })
    await sendOne(provider) // the worker is up and idle once this has run
    await until(() => jobs.length === 1, 'the first job')
    const sentAt = performance.now()
    await sendOne(provider, { delayMs })
    await until(() => jobs.length === 2, 'the delayed job')
    const waited = (times[1] ?? 0) - sentAt
    expect(waited).toBeGreaterThanOrEqual(delayMs)
    expect(waited).toBeLessThan(delayMs + 400)
  })

  it('runs a job once, however many producers add its id at once', async () => {
    const schema = uniqueSchema()
    const [one, two] = [await openProvider({ schema }), await openProvider({ schema })]
    const id = 'order:4711/ä "quoted" ' + 'x'.repeat(200)
    const sends = Array.from({ length: 20 }, (_, n) =>
      (n % 2 ? one : two).send('jobs', [job({ id, data: n })]),
    )
    expect(await Promise.all(sends)).toEqual(sends.map(() => [{ id }]))
    expect(await one.counts('jobs')).toMatchObject({ waiting: 1 })

    const { jobs } = work(one)
    const stored = await untilStatus(two, id, 'completed')
    expect(stored.id).toBe(id)
    expect(jobs.map((delivered) => delivered.id)).toEqual([id])
    await sendOne(one, { id })
    expect(await one.counts('jobs')).toMatchObject({ waiting: 0, completed: 1 })
  })

  it('uses an id that is a UUID as it is, and keeps its spelling', async () => {
    const provider = await openProvider({ schema: uniqueSchema() })
    const upper = '0F8FAD5B-D9CB-469F-A165-70867728950E'
    expect(await sendOne(provider, { id: upper })).toBe(upper)
    expect((await provider.find('jobs', upper.toLowerCase()))?.id).toBe(upper)
  })

  it.each([
    [null],
    [true],
    [0],
    ['text \u0000 and \ud800 half'],
    [[1, [2, { a: null }]]],
    [{ $json: '1' }],
    [{ deep: { 'key\u0000': ['\\u0000'] }, big: 1e300 }],
  ])('carries %j unchanged', async (data) => {
    const provider = await openProvider({ schema: uniqueSchema() })
    const id = await sendOne(provider, { data })
    expect((await provider.find('jobs', id))?.data).toEqual(data)
    const { jobs } = work(provider, (delivered) => ({
      type: 'done',
      result: delivered.data as typeof data,
    }))
    const stored = await untilStatus(provider, id, 'completed')
    expect(jobs[0]?.data).toEqual(data)
    expect(stored.result).toEqual(data)
  })

  it('refuses the one job that cannot be stored, and stores its neighbours', async () => {
    const provider = await openProvider({ schema: uniqueSchema() })
    const results = await provider.send('jobs', [
      job({ id: 'a' }),
      job({ id: 'b\u0000' }),
      job({ id: 'c' }),
    ])
    expect(results[0]).toEqual({ id: 'a' })
    expect(results[1]).toMatchObject({ error: { code: 'PKQ406' } })
    expect(results[2]).toEqual({ id: 'c' })
    expect(await provider.counts('jobs')).toMatchObject({ waiting: 2 })
  })

  it('keeps the order of the others when it refuses one', async () => {
    const schema = uniqueSchema()
    const provider = await openProvider({ schema })
    const ids = Array.from({ length: 200 }, (_, n) => (n === 150 ? 'bad\u0000' : `${n}`))
    const results = await provider.send(
      'jobs',
      ids.map((id) => job({ id })),
    )
    const good = ids.filter((id) => id !== 'bad\u0000')
    expect(results.filter((result) => 'error' in result)).toHaveLength(1)
    const rows = await query<{ key: string }>(
      `SELECT singleton_key AS key FROM ${schema}.job ORDER BY created_on`,
    )
    expect(rows.map(({ key }) => key)).toEqual(good)
  })

  it('says so when the queue does not exist', async () => {
    const provider = await openProvider({ schema: uniqueSchema() })
    expect(await provider.send('other', [job()])).toMatchObject([{ error: { code: 'PKQ402' } }])
  })
})
