import { describe, expect, it } from 'vitest'
import { redisUrl, uniquePrefix, withRedis } from '../../support/redis.ts'
import {
  declaration,
  done,
  job,
  openProvider,
  sendOne,
  until,
  untilStatus,
  work,
} from './fixture.ts'

/** How many connections carry one of these names. */
async function connections(...names: string[]): Promise<number> {
  const list = await withRedis((redis) => redis.client('LIST'))
  return String(list)
    .split('\n')
    .filter((line) => names.some((name) => line.includes(` name=${name} `))).length
}

const workerName = (prefix: string, queue: string) =>
  `${prefix}:${Buffer.from(queue).toString('base64')}:w:test`

describe('closing', () => {
  it('leaves no connection behind; a worker has one for each queue, and one for all', async () => {
    const prefix = uniquePrefix()
    const queues = ['a', 'b', 'c'].map((name) => declaration(name))
    const provider = await openProvider({ prefix, queues })
    for (const { name } of queues) work(provider, () => done, {}, name)
    const unwatch = await provider.watch('a', 'any', () => undefined)
    const names = queues.map(({ name }) => workerName(prefix, name))
    await until(async () => (await connections(...names)) === 3, 'the waiting connections')
    unwatch()
    await provider.close(2_000)
    await until(async () => (await connections(...names)) === 0, 'them to go')
  })

  it('gives back at once what it has just fetched, for others to run', async () => {
    const prefix = uniquePrefix()
    const first = await openProvider({ prefix })
    const second = await openProvider({ prefix })
    const stuck = Promise.withResolvers<void>()
    const seen = work(
      first,
      async () => {
        await stuck.promise
        return { type: 'released', delayMs: 0 }
      },
      { concurrency: 1 },
    )
    const id = await sendOne(first, { attempts: 1 })
    await until(() => seen.jobs.length === 1, 'the job to run')
    const other = work(second)
    await sendOne(first, { data: 'marker' })
    await until(() => other.jobs.length === 1, 'the other worker to be at work')
    const marker = `${prefix}:jobs:marker`
    await until(() => withRedis(async (redis) => (await redis.exists(marker)) === 0), 'it to idle')
    const stopped = seen.consumer.stop()
    stuck.resolve()
    await stopped
    const startedAt = performance.now()
    await untilStatus(second, id, 'completed')
    // It was woken: an idle worker looks by itself only every five seconds.
    expect(performance.now() - startedAt).toBeLessThan(2_500)
  })

  it('waits for a job no longer than it may', async () => {
    const prefix = uniquePrefix()
    const provider = await openProvider({ prefix })
    await sendOne(provider)
    const { jobs } = work(provider, () => new Promise(() => undefined))
    await until(() => jobs.length === 1, 'the job to run')
    const startedAt = performance.now()
    await provider.close(300)
    expect(performance.now() - startedAt).toBeLessThan(2_000)
    expect(jobs[0]?.lost.aborted).toBe(true)
    await expect(provider.find('jobs', 'x')).rejects.toMatchObject({ code: 'PKQ408' })
  })
})

describe('many queues', () => {
  it('are opened in no time, and cost nothing until they are used', async () => {
    const prefix = uniquePrefix()
    const queues = Array.from({ length: 1_000 }, (_, n) => declaration(`queue-${n}`))
    const startedAt = performance.now()
    const provider = await openProvider({ prefix, queues, role: 'producer' })
    await provider.send('queue-999', [job()])
    expect(performance.now() - startedAt).toBeLessThan(5_000)
    const keys = await withRedis((redis) => redis.keys(`${prefix}:*`), redisUrl())
    expect(keys.every((key) => key.startsWith(`${prefix}:queue-999:`))).toBe(true)
  })
})
