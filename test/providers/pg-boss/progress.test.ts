import { describe, expect, it } from 'vitest'
import type { JsonValue } from '../../../src/runtime/types.ts'
import { query, uniqueSchema } from '../../support/postgres.ts'
import { done, openProvider, sendOne, until, untilStatus, work } from './fixture.ts'

describe('progress', () => {
  it('is seen live by another process, and goes with the job', async () => {
    const schema = uniqueSchema()
    const worker = await openProvider({ schema })
    const client = await openProvider({ schema, role: 'producer' })
    const id = await sendOne(client, { id: 'report' })
    const seen: unknown[] = []
    let changes = 0
    await client.watch('jobs', id, () => void (changes += 1))
    changes = 0 // connecting may hint, too

    const steps = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    work(worker, async (job) => {
      for (const [n, step] of steps.entries()) {
        await job.updateProgress?.({ percent: n * 50, note: 'ä' })
        await step.promise
      }
      return done
    })
    for (const [n, step] of steps.entries()) {
      await until(() => changes > n, 'a hint')
      const found = await client.find('jobs', id)
      seen.push(found?.progress, found?.status)
      changes = n + 1
      step.resolve()
    }
    expect(seen).toEqual([
      { percent: 0, note: 'ä' },
      'active',
      { percent: 50, note: 'ä' },
      'active',
    ])
    await until(() => changes > steps.length, 'the hint that it has ended')
    await untilStatus(client, id, 'completed')
    expect((await client.find('jobs', id))?.progress).toEqual({ percent: 50, note: 'ä' })

    expect(await client.remove('jobs', id)).toBe(true)
    expect(await query(`SELECT * FROM ${schema}.pikku_progress`)).toEqual([])
  })

  it('keeps the newest of many updates, and tells every caller', async () => {
    const schema = uniqueSchema()
    const provider = await openProvider({ schema })
    const id = await sendOne(provider)
    work(provider, async (job) => {
      await Promise.all(Array.from({ length: 200 }, async (_, n) => job.updateProgress?.(n)))
      return done
    })
    expect((await untilStatus(provider, id, 'completed')).progress).toBe(199)
  })

  it('rejects what has no JSON, and stores what others report at the same time', async () => {
    const provider = await openProvider({ schema: uniqueSchema() })
    const [bad, good] = [await sendOne(provider), await sendOne(provider)]
    const loop: JsonValue[] = []
    loop.push(loop)
    const together = Promise.withResolvers<void>()
    const refused: string[] = []
    const { jobs } = work(provider, async (job) => {
      if (jobs.length === 2) together.resolve()
      await together.promise
      await job.updateProgress?.(job.id === bad ? loop : 50).catch(() => refused.push(job.id))
      return done
    })
    expect(await untilStatus(provider, good, 'completed')).toMatchObject({ progress: 50 })
    expect(await untilStatus(provider, bad, 'completed')).toMatchObject({ progress: null })
    expect(refused).toEqual([bad])
  })

  it('takes no progress from an attempt that was lost', async () => {
    const schema = uniqueSchema()
    const provider = await openProvider({ schema })
    const id = await sendOne(provider)
    const { promise, resolve } = Promise.withResolvers<void>()
    const { jobs } = work(provider, async () => {
      await promise
      return done
    })
    await until(() => jobs.length === 1, 'the claim')
    await query(`UPDATE ${schema}.job SET started_on = now()`)
    await jobs[0]?.updateProgress?.('stale')
    expect(await provider.find('jobs', id)).toMatchObject({ status: 'active', progress: null })
    resolve()
  })

  it('stops calling a watcher that left', async () => {
    const provider = await openProvider({ schema: uniqueSchema() })
    const [a, b] = [await sendOne(provider, { id: 'a' }), await sendOne(provider, { id: 'b' })]
    const calls: string[] = []
    const leave = await provider.watch('jobs', a, () => void calls.push('a'))
    await provider.watch('jobs', b, () => void calls.push('b'))
    leave()
    calls.length = 0 // connecting may hint, too
    work(provider)
    await until(() => calls.includes('b'), 'the hint for b')
    expect(calls).not.toContain('a')
  })
})
