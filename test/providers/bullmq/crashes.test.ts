import { describe, expect, it } from 'vitest'
import { uniquePrefix, withRedis } from '../../support/redis.ts'
import { declaration, done, openProvider, sendOne, until, untilStatus, work } from './fixture.ts'

/** As if the worker had fallen silent: the lock is gone, and stays so. */
async function crash(prefix: string, id: string): Promise<void> {
  await withRedis(async (redis) => {
    await redis.del(`${prefix}:jobs:${id}:lock`)
    await redis.hincrby(`${prefix}:jobs:${id}`, 'ats', 1)
  })
}

describe('a worker that falls silent', () => {
  it('ends the job before its attempts do, where a bound is given', async () => {
    const prefix = uniquePrefix()
    const queues = [declaration('jobs', { deadLetterQueue: 'letters', maxStalledCount: 0 })]
    const provider = await openProvider({ prefix, queues })
    const id = await sendOne(provider, { attempts: 5 })
    const { jobs } = work(
      provider,
      async () => {
        await crash(prefix, id)
        return new Promise(() => undefined)
      },
      { maxStalledCount: 0, lockDurationMs: 60_000 },
    )
    const stored = await untilStatus(provider, id, 'failed')
    expect(stored).toMatchObject({ attemptsMade: 1, maxAttempts: 5, error: { code: 'PKQ506' } })
    expect(jobs).toHaveLength(1)
    expect(await provider.counts('letters')).toMatchObject({ waiting: 1 })
  }, 40_000)

  it('has its job run again, once for each attempt, and never for a give-back', async () => {
    const prefix = uniquePrefix()
    const provider = await openProvider({ prefix })
    const id = await sendOne(provider, { attempts: 2 })
    let given = 0
    const { jobs } = work(
      provider,
      async ({ attempt }) => {
        given += 1
        if (given <= 2) return { type: 'released', delayMs: given === 1 ? 0 : 5 }
        if (attempt === 2) return done
        await crash(prefix, id)
        return new Promise(() => undefined)
      },
      { lockDurationMs: 60_000 },
    )
    expect(await untilStatus(provider, id, 'completed')).toMatchObject({ attemptsMade: 2 })
    expect(jobs.map(({ attempt }) => attempt)).toEqual([1, 1, 1, 2])
    await until(() => jobs.length === 4, 'no other run')
  }, 40_000)
})
