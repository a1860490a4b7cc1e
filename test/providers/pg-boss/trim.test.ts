import { describe, expect, it } from 'vitest'
import { uniqueSchema } from '../../support/postgres.ts'
import { declaration, done, job, openProvider, until, work } from './fixture.ts'

const error = { name: 'Error', message: 'no' }

describe('finished jobs', () => {
  it('are kept up to the number asked for, newest first', async () => {
    const queues = [declaration('jobs', { keepCompleted: 10, keepFailed: 0 })]
    const provider = await openProvider({ schema: uniqueSchema(), queues })
    const jobs = Array.from({ length: 60 }, (_, n) => job({ id: `n${n}`, data: n }))
    await provider.send('jobs', jobs)
    work(
      provider,
      async ({ data, updateProgress }) => {
        await updateProgress?.(1)
        const n = Number(data)
        if (n < 40) return done
        return n < 50 ? { type: 'dead', error } : { type: 'discarded', error }
      },
      { concurrency: 1 },
    )
    await until(async () => {
      const counts = await provider.counts('jobs')
      return counts.waiting + counts.active + counts.failed + counts.discarded === 0
    }, 'failed and discarded jobs to go')
    await until(async () => (await provider.counts('jobs')).completed === 10, 'ten to be left')
    // Those that were settled in one statement are equally new.
    expect(await provider.find('jobs', 'n9')).toBeNull()
    expect(await provider.find('jobs', 'n39')).toMatchObject({ status: 'completed', progress: 1 })
  })
})
