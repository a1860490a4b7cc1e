import { describe, expect, it, onTestFinished } from 'vitest'
import type { Outcome } from '../../../src/runtime/provider.ts'
import { startRedisServer, uniquePrefix, withRedis } from '../../support/redis.ts'
import {
  dead,
  declaration,
  done,
  job,
  listeningLogger,
  openProvider,
  sendOne,
  until,
  untilStatus,
  work,
} from './fixture.ts'
import { lockMs } from '../../support/provider-work.ts'
import { startWire } from './wire.ts'

const retry: Outcome = { type: 'retry', error: { name: 'Error', message: 'later' }, delayMs: 0 }

it('a delivery says until when the job is held', async () => {
  const provider = await openProvider({ prefix: uniquePrefix() })
  await sendOne(provider)
  const { jobs } = work(provider)
  await until(() => jobs.length === 1, 'the job')
  const held = (jobs[0]?.heldUntil ?? 0) - performance.now()
  expect(held).toBeGreaterThan(0)
  expect(held).toBeLessThanOrEqual(lockMs)
})

// A name that is but the queue's would be stored and read again with every job, and tell nothing.
it.each([
  ['its worker by the name it was given', 'reports', ['reports', 'reports']],
  ['no worker that was given none', 'jobs', [null, null]],
])('a job notes %s', async (_, workerName, noted) => {
  const prefix = uniquePrefix()
  const provider = await openProvider({ prefix })
  // The second one comes with the settlement of the first.
  const ids = [await sendOne(provider), await sendOne(provider)]
  work(provider, () => done, { workerName, concurrency: 1 })
  for (const id of ids) await untilStatus(provider, id, 'completed')
  const found = await withRedis((redis) =>
    Promise.all(ids.map((id) => redis.hget(`${prefix}:jobs:${id}`, 'pb'))),
  )
  expect(found).toEqual(noted)
})

describe('a settlement', () => {
  it.each<[string, string, Outcome, object]>([
    ['success', 'returnvalue', { type: 'done', result: 'paid' }, { completed: 3, failed: 0 }],
    ['failure', 'failedReason', dead, { completed: 2, failed: 1 }],
    ['retry', 'stacktrace', retry, { completed: 3, failed: 0 }],
  ])('whose reply is lost took place: %s', async (_, text, outcome, counts) => {
    const prefix = uniquePrefix()
    const wire = await startWire()
    const logger = listeningLogger()
    const queues = [declaration('jobs', { deadLetterQueue: 'letters' })]
    const provider = await openProvider({ prefix, url: wire.url, logger, queues })
    const producer = await openProvider({ prefix, role: 'producer' })
    const lost = wire.loseReply(text)
    // One attempt each: a job that is fetched together with the lost reply must not pay for it.
    const attempts = outcome === retry ? 2 : 1
    await producer.send(
      'jobs',
      [0, 1, 2].map((data) => job({ data, attempts })),
    )
    const { jobs } = work(
      provider,
      ({ data, attempt }) => (data === 0 && attempt === 1 ? outcome : done),
      { concurrency: 1, lockDurationMs: 30_000 },
    )
    await lost
    await until(
      async () =>
        (await producer.counts('jobs')).waiting + (await producer.counts('jobs')).active === 0,
      'the queue to be empty',
    )
    expect(await producer.counts('jobs')).toMatchObject(counts)
    expect(jobs.map(({ data, attempt }) => [data, attempt])).toEqual(
      outcome === retry
        ? expect.arrayContaining([
            [0, 1],
            [0, 2],
            [1, 1],
            [2, 1],
          ])
        : [
            [0, 1],
            [1, 1],
            [2, 1],
          ],
    )
    expect(jobs).toHaveLength(outcome === retry ? 4 : 3)
    expect((await producer.counts('letters')).waiting).toBe(outcome === dead ? 1 : 0)
    expect(logger.lines.join('\n')).not.toContain('was lost')
  })

  it('of a lock that has lapsed counts, as long as nobody else has taken the job', async () => {
    const prefix = uniquePrefix()
    const provider = await openProvider({ prefix })
    const id = await sendOne(provider, { attempts: 1 })
    work(
      provider,
      async () => {
        await withRedis((redis) => redis.del(`${prefix}:jobs:${id}:lock`))
        return { type: 'done', result: 'late' }
      },
      { lockDurationMs: 30_000 },
    )
    expect(await untilStatus(provider, id, 'completed')).toMatchObject({ result: 'late' })
  })

  it('of a job that another has taken is refused, and its signal aborted', async () => {
    const prefix = uniquePrefix()
    const logger = listeningLogger()
    const provider = await openProvider({ prefix, logger })
    const id = await sendOne(provider)
    const taken = Promise.withResolvers<void>()
    const { jobs } = work(provider, async ({ attempt, lost }) => {
      if (attempt > 1) return { type: 'done', result: 'theirs' }
      await withRedis((redis) => redis.set(`${prefix}:jobs:${id}:lock`, 'another'))
      await new Promise((resolve) => lost.addEventListener('abort', resolve))
      await withRedis((redis) => redis.del(`${prefix}:jobs:${id}:lock`))
      taken.resolve()
      return { type: 'done', result: 'ours' }
    })
    await taken.promise
    expect(await untilStatus(provider, id, 'completed')).toMatchObject({ result: 'theirs' })
    expect(jobs).toHaveLength(2)
    expect(
      logger.lines.filter((line) => line.includes('the claim on a job was lost')),
    ).toHaveLength(1)
  })

  it('does without the scripts that the server has forgotten', async () => {
    const url = await serverOfItsOwn()
    const queues = [declaration('jobs', { deadLetterQueue: 'letters' })]
    const provider = await openProvider({ prefix: uniquePrefix(), queues, url })
    work(
      provider,
      async ({ data }) => {
        await withRedis((redis) => redis.script('FLUSH'), url)
        return data === 'bad' ? dead : done
      },
      { concurrency: 1 },
    )
    for (const data of ['good', 'bad', 'good', 'bad']) {
      const id = await sendOne(provider, { data, attempts: 1 })
      await untilStatus(provider, id, data === 'bad' ? 'failed' : 'completed')
    }
    expect(await provider.counts('letters')).toMatchObject({ waiting: 2 })
  })

  it('is retried while the server refuses to write, and stays what it was', async () => {
    const url = await serverOfItsOwn()
    const provider = await openProvider({ prefix: uniquePrefix(), url })
    const id = await sendOne(provider, { attempts: 1 })
    const limited = Promise.withResolvers<void>()
    work(
      provider,
      async () => {
        await withRedis((redis) => redis.config('SET', 'min-replicas-to-write', 1), url)
        limited.resolve()
        return { type: 'done', result: 'paid' }
      },
      { lockDurationMs: 30_000 },
    )
    await limited.promise
    await until(async () => (await provider.find('jobs', id))?.status === 'active', 'the job')
    await withRedis((redis) => redis.config('SET', 'min-replicas-to-write', 0), url)
    expect(await untilStatus(provider, id, 'completed')).toMatchObject({
      result: 'paid',
      attemptsMade: 1,
    })
  })
})

/** For what would disturb the tests of other files, which share theirs. */
async function serverOfItsOwn(): Promise<string> {
  const server = await startRedisServer()
  onTestFinished(() => server.destroy())
  return server.url
}
