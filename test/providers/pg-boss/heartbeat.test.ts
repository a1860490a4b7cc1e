import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { query, uniqueSchema } from '../../support/postgres.ts'
import { done, openProvider, sendOne, until, work } from './fixture.ts'

describe('the heartbeat', () => {
  it('keeps a job that runs for longer than the visibility timeout, and one that waits', async () => {
    const schema = uniqueSchema()
    const [one, two] = [await openProvider({ schema }), await openProvider({ schema })]
    const ids = [await sendOne(one, { id: 'long' }), await sendOne(one, { id: 'buffered' })]
    const run = async () => {
      await delay(13_000)
      return done
    }
    const a = work(one, run, { concurrency: 1, prefetch: 1 })
    await until(
      async () => (await query(`SELECT FROM ${schema}.job WHERE state = 'active'`)).length === 2,
      'both to be claimed',
    )
    const b = work(two, () => done)
    for (const id of ids) {
      await until(
        async () => (await one.find('jobs', id))?.status === 'completed',
        `${id} to be completed`,
        29_000,
      )
    }
    expect(a.jobs.map(({ id, attempt }) => [id, attempt])).toEqual([
      ['long', 1],
      ['buffered', 1],
    ])
    expect(b.jobs).toEqual([])
  }, 40_000)

  it('tells a job whose claim is gone', async () => {
    const schema = uniqueSchema()
    const worker = await openProvider({ schema })
    await sendOne(worker)
    let lost = false
    const { jobs } = work(worker, async (delivered) => {
      await new Promise((resolve) => delivered.lost.addEventListener('abort', resolve))
      lost = true
      return done
    })
    await until(() => jobs.length === 1, 'the claim')
    await query(`UPDATE ${schema}.job SET retry_count = retry_count + 1`)
    await until(() => lost, 'the signal', 8_000)
  })
})
