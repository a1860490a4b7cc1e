import { describe, expect, it, onTestFinished } from 'vitest'
import { newSchemaName, startThrowawayServer } from '../../support/postgres.ts'
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

async function start() {
  const server = await startThrowawayServer()
  onTestFinished(() => server.destroy())
  return server
}

describe('an outage', () => {
  it('delays settlements and changes none; the worker resumes by itself', async () => {
    const server = await start()
    const logger = listeningLogger()
    const provider = await openProvider({ schema: newSchemaName(), url: server.url, logger })
    const id = await sendOne(provider, { attempts: 1 })
    const finish = Promise.withResolvers<void>()
    const seen = work(provider, async ({ data }) => {
      if (data === null) await finish.promise
      return { type: 'done', result: 'kept' }
    })
    await until(() => seen.jobs.length === 1, 'the job to run')
    await server.stop()
    finish.resolve()
    await until(() => !seen.consumer.healthy, 'the worker to notice')
    await until(() => logger.lines.some((line) => line.includes('settling jobs failed')), 'a try')
    await server.start()
    expect(await untilStatus(provider, id, 'completed')).toMatchObject({
      result: 'kept',
      attemptsMade: 1,
    })
    await until(() => seen.consumer.healthy, 'the worker to be healthy')
    await provider.send('jobs', [job({ data: 1 })])
    await until(() => seen.jobs.length === 2, 'the next job')
    expect(logger.lines.filter((line) => line.includes('is away'))).toHaveLength(1)
    expect(logger.lines.filter((line) => line.includes('is back'))).toHaveLength(1)
    expect(seen.jobs[0]?.lost.aborted).toBe(false)
  })

  it('survives a server that was killed in the middle of 200 jobs', async () => {
    const server = await start()
    const provider = await openProvider({ schema: newSchemaName(), url: server.url })
    await provider.send(
      'jobs',
      Array.from({ length: 200 }, (_, n) => job({ data: n })),
    )
    let runs = 0
    const stop = Promise.withResolvers<void>()
    work(
      provider,
      async () => {
        runs += 1
        if (runs === 60) stop.resolve()
        await new Promise((resolve) => setTimeout(resolve, 5))
        return done
      },
      { concurrency: 4 },
    )
    await stop.promise
    await server.kill()
    await server.start()
    await until(
      async () => (await provider.counts('jobs').catch(() => null))?.completed === 200,
      'all 200',
      40_000,
    )
  }, 60_000)

  it('that outlasts the claim aborts the job, and its outcome is not recorded', async () => {
    const server = await start()
    const provider = await openProvider({ schema: newSchemaName(), url: server.url })
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

  it('that outlasts the claims of jobs that only waited costs them no attempt', async () => {
    const server = await start()
    const provider = await openProvider({ schema: newSchemaName(), url: server.url })
    await provider.send(
      'jobs',
      Array.from({ length: 6 }, () => job({ attempts: 1 })),
    )
    const first = Promise.withResolvers<void>()
    const { jobs } = work(
      provider,
      async () => {
        if (jobs.length === 1) await first.promise
        return done
      },
      { concurrency: 1, prefetch: 5 },
    )
    await until(async () => (await provider.counts('jobs')).active === 1, 'the job to run')
    await server.stop()
    await until(() => jobs[0]?.lost.aborted === true, 'the claims to lapse', 14_000)
    first.resolve()
    await server.start()
    await until(
      async () => (await provider.counts('jobs').catch(() => null))?.completed === 5,
      'the others',
    )
    expect(await provider.counts('jobs')).toMatchObject({ failed: 1 })
  }, 60_000)

  it('ends a close in time', async () => {
    const server = await start()
    const provider = await openProvider({ schema: newSchemaName(), url: server.url })
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

  it('is an error for a producer', async () => {
    const server = await start()
    const provider = await openProvider({
      schema: newSchemaName(),
      url: server.url,
      role: 'producer',
    })
    await server.kill()
    expect(await provider.send('jobs', [job()])).toMatchObject([{ error: { code: 'PKQ601' } }])
    await expect(provider.find('jobs', 'x')).rejects.toMatchObject({ code: 'PKQ601' })
  })
})
