import { describe, expect, it, onTestFinished } from 'vitest'
import { startRedisServer, withRedis } from '../../support/redis.ts'
import { TcpProxy } from '../../support/tcp-proxy.ts'
import {
  done,
  job,
  listeningLogger,
  openProvider,
  sendOne,
  until,
  untilStatus,
  work,
} from './fixture.ts'

const prefix = '{test}'

/** A server of one's own that keeps what it has acknowledged. */
async function start() {
  const server = await startRedisServer({
    appendOnly: true,
    settings: { appendfsync: 'always' },
  })
  onTestFinished(() => server.destroy())
  return server
}

describe('an outage', () => {
  it('delays settlements and changes none; the worker resumes by itself', async () => {
    const server = await start()
    const logger = listeningLogger()
    const provider = await openProvider({ prefix, url: server.url, logger })
    const id = await sendOne(provider, { attempts: 1 })
    const finish = Promise.withResolvers<void>()
    const seen = work(
      provider,
      async ({ data }) => {
        if (data === null) await finish.promise
        return { type: 'done', result: 'kept' }
      },
      { lockDurationMs: 30_000 },
    )
    await until(() => seen.jobs.length === 1, 'the job to run')
    await server.stop()
    finish.resolve()
    await until(() => !seen.consumer.healthy, 'the worker to notice')
    await until(() => logger.lines.some((line) => line.includes('settling a job failed')), 'a try')
    await server.start()
    expect(await untilStatus(provider, id, 'completed')).toMatchObject({
      result: 'kept',
      attemptsMade: 1,
    })
    await until(() => seen.consumer.healthy, 'the worker to be healthy')
    await sendOne(provider, { data: 1 })
    await until(() => seen.jobs.length === 2, 'the next job')
    expect(logger.lines.filter((line) => line.includes('is away'))).toHaveLength(1)
    expect(logger.lines.filter((line) => line.includes('is back'))).toHaveLength(1)
    expect(logger.lines.filter((line) => /^(warn|error)/.test(line))).toHaveLength(1)
    expect(seen.jobs[0]?.lost.aborted).toBe(false)
  })

  it('survives a server that was killed in the middle of 300 jobs of one attempt', async () => {
    const server = await start()
    const provider = await openProvider({ prefix, url: server.url })
    await provider.send(
      'jobs',
      Array.from({ length: 300 }, (_, n) => job({ data: n, attempts: 1 })),
    )
    const ran: unknown[] = []
    const stop = Promise.withResolvers<void>()
    work(
      provider,
      async ({ data }) => {
        if (ran.push(data) === 60) stop.resolve()
        await new Promise((resolve) => setTimeout(resolve, 2))
        return done
      },
      { concurrency: 8, lockDurationMs: 30_000 },
    )
    await stop.promise
    await server.kill()
    await server.start()
    await until(
      async () => (await provider.counts('jobs').catch(() => null))?.completed === 300,
      'all 300',
      40_000,
    )
    expect(new Set(ran).size).toBe(300)
  }, 60_000)

  it('that outlasts the lock aborts the job, and its outcome is not recorded', async () => {
    const server = await start()
    const provider = await openProvider({ prefix, url: server.url })
    const id = await sendOne(provider)
    let aborted = 0
    const seen = work(provider, async ({ lost, attempt }) => {
      if (attempt === 2) return { type: 'done', result: 'second' }
      await new Promise((resolve) => lost.addEventListener('abort', resolve))
      aborted += 1
      return { type: 'done', result: 'first' }
    })
    await until(() => seen.jobs.length === 1, 'the job to run')
    await server.stop()
    await until(() => aborted === 1, 'the signal', 14_000)
    await server.start()
    expect(await untilStatus(provider, id, 'completed')).toMatchObject({
      result: 'second',
      attemptsMade: 2,
    })
  }, 60_000)

  it('is noticed when the server just says nothing any more, and got over', async () => {
    const server = await start()
    const proxy = await TcpProxy.start(server.port)
    onTestFinished(() => proxy.close())
    const provider = await openProvider({ prefix, url: `redis://127.0.0.1:${proxy.port}` })
    const direct = await openProvider({ prefix, url: server.url, role: 'producer' })
    // One wait for a job is longer than the test.
    const seen = work(provider, () => done, { drainDelaySeconds: 300 })
    await sendOne(provider)
    await until(() => seen.jobs.length === 1, 'the first job')
    const waits = () =>
      withRedis(async (redis) => {
        const isBlocked = (await redis.info('clients')).includes('blocked_clients:1')
        return isBlocked && (await redis.exists(`${prefix}:jobs:marker`)) === 0
      }, server.url)
    await until(waits, 'the worker to wait')
    proxy.hang()
    await until(() => !seen.consumer.healthy, 'the worker to notice', 25_000)
    await sendOne(direct)
    proxy.passAnew()
    await until(() => seen.jobs.length === 2, 'the second job')
    await until(() => seen.consumer.healthy, 'the worker to be healthy')
  }, 60_000)

  it('is an error for a producer, which is over with the next call after it', async () => {
    const server = await start()
    const provider = await openProvider({ prefix, url: server.url, role: 'producer' })
    await server.kill()
    const startedAt = performance.now()
    expect(await provider.send('jobs', [job()])).toMatchObject([{ error: { code: 'PKQ601' } }])
    await expect(provider.find('jobs', 'x')).rejects.toMatchObject({ code: 'PKQ601' })
    expect(performance.now() - startedAt).toBeLessThan(5_000)
    await server.start()
    await sendOne(provider)
    expect(await provider.counts('jobs')).toMatchObject({ waiting: 1 })
  })

  it('ends a close in time', async () => {
    const server = await start()
    const provider = await openProvider({ prefix, url: server.url })
    await sendOne(provider)
    const finish = Promise.withResolvers<void>()
    const { jobs } = work(provider, async () => {
      await finish.promise
      return done
    })
    await until(() => jobs.length === 1, 'the job to run')
    await server.kill()
    finish.resolve()
    const startedAt = performance.now()
    await provider.close(500)
    expect(performance.now() - startedAt).toBeLessThan(3_000)
  })
})
