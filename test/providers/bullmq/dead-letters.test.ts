import { Queue, Worker } from 'bullmq'
import { describe, expect, it, onTestFinished } from 'vitest'
import { toBurial } from '../../../src/runtime/providers/bullmq/outcomes.ts'
import { scripts } from '../../../src/runtime/providers/bullmq/scripts.ts'
import { redisUrl, uniquePrefix, withRedis } from '../../support/redis.ts'
import {
  dead,
  declaration,
  done,
  openProvider,
  sendOne,
  until,
  untilStatus,
  work,
} from './fixture.ts'

const queues = [declaration('jobs', { deadLetterQueue: 'letters' }), declaration('letters')]

/** A producer and worker that know nothing of us. */
function foreign(prefix: string) {
  const { hostname, port } = new URL(redisUrl())
  const options = { prefix, connection: { host: hostname, port: Number(port) } }
  const queue = new Queue('jobs', options)
  onTestFinished(() => queue.close())
  const runOne = async (run: () => Promise<unknown>) => {
    const worker = new Worker('jobs', run, options)
    const ended = new Promise((resolve) => {
      worker.on('failed', resolve).on('completed', resolve)
    })
    await ended
    await worker.close()
  }
  return { queue, runOne }
}

describe('a dead letter', () => {
  it('is made of a job that failed by another worker, once', async () => {
    const prefix = uniquePrefix()
    const { queue, runOne } = foreign(prefix)
    await queue.add('any', { to: 'ada' }, { jobId: 'theirs' })
    await runOne(() => Promise.reject(new TypeError('not ours')))
    const provider = await openProvider({ prefix, queues })
    work(provider)
    const letters = work(provider, () => done, {}, 'letters')
    await until(() => letters.jobs.length === 1, 'the letter')
    expect(letters.jobs[0]).toMatchObject({
      data: { to: 'ada' },
      attempt: 1,
      maxAttempts: 3,
      origin: {
        queueName: 'jobs',
        jobId: 'theirs',
        attemptsMade: 1,
        error: { message: 'not ours' },
      },
    })
    const [letter] = letters.jobs
    await untilStatus(provider, letter?.id ?? '', 'completed', 'letters')
    expect(await provider.remove('letters', letter?.id ?? '')).toBe(true)
    await provider.close(2_000)

    // Another worker looks at all of them anew.
    await withRedis((redis) => redis.del(`${prefix}:jobs:pikku:swept`))
    const next = await openProvider({ prefix, queues })
    work(next)
    await until(
      () => withRedis(async (redis) => (await redis.exists(`${prefix}:jobs:pikku:swept`)) === 1),
      'the sweep',
    )
    expect(await next.counts('letters')).toMatchObject({ waiting: 0, completed: 0 })
  })

  it('is made once, however many see the failure', async () => {
    const prefix = uniquePrefix()
    const { queue, runOne } = foreign(prefix)
    await queue.add('any', 1, { jobId: 'theirs' })
    await runOne(() => Promise.reject(new Error('not ours')))
    const provider = await openProvider({ prefix, queues })
    const origin = { queueName: 'jobs', jobId: 'theirs', attemptsMade: 1, error: null }
    const burial = () =>
      toBurial(
        { prefix: `${prefix}:jobs:`, key: 'theirs', token: '', kind: 'failed' },
        { prefix: `${prefix}:letters:` },
        origin,
      )
    const { lua, keys } = scripts['pikku:bury']
    await withRedis(async (redis) => {
      expect(await redis.eval(lua, keys, ...burial())).toBe(1)
      expect(await redis.eval(lua, keys, ...burial())).toBe(0)
    })
    expect(await provider.counts('letters')).toMatchObject({ waiting: 1 })
  })

  it('is not made of jobs that ended by our hand', async () => {
    const prefix = uniquePrefix()
    const provider = await openProvider({ prefix, queues })
    work(provider, ({ data }) =>
      data === 'discard' ? { type: 'discarded', error: { name: 'Error', message: 'no' } } : dead,
    )
    await untilStatus(provider, await sendOne(provider, { data: 'discard' }), 'discarded')
    await untilStatus(provider, await sendOne(provider, { data: 'fail' }), 'failed')
    const next = await openProvider({ prefix, queues })
    work(next)
    await until(
      () => withRedis(async (redis) => (await redis.exists(`${prefix}:jobs:pikku:swept`)) === 1),
      'the sweep',
    )
    expect(await next.counts('letters')).toMatchObject({ waiting: 1 })
    expect(await next.counts('jobs')).toMatchObject({ failed: 1, discarded: 1 })
  })

  it('is made anew when the job is run again by hand and fails again', async () => {
    const prefix = uniquePrefix()
    const provider = await openProvider({ prefix, queues })
    const { jobs } = work(provider, () => dead)
    const id = await sendOne(provider, { attempts: 1 })
    await untilStatus(provider, id, 'failed')
    expect(await provider.retry('jobs', id)).toBe(true)
    await until(() => jobs.length === 2, 'the second run')
    await untilStatus(provider, id, 'failed')
    expect(jobs.map(({ attempt }) => attempt)).toEqual([1, 1])
    expect(await provider.counts('letters')).toMatchObject({ waiting: 2 })
  })

  it('is there as soon as its job is not: keeping no failed jobs loses none', async () => {
    const prefix = uniquePrefix()
    const [jobs, letters] = queues
    if (!jobs || !letters) throw new Error('no queues')
    const provider = await openProvider({ prefix, queues: [{ ...jobs, keepFailed: 0 }, letters] })
    work(provider, () => dead)
    const id = await sendOne(provider, { data: 'kept' })
    await until(async () => (await provider.find('jobs', id)) === null, 'the job to go')
    expect(await provider.counts('letters')).toMatchObject({ waiting: 1 })
  })
})

describe('the events of a dead letter queue', () => {
  it.each([
    ['as many as BullMQ keeps', undefined, 10_000],
    ['as many as its owner wants', 500, 500],
  ])('are kept bounded where nobody works on it: %s', async (_, wanted, most) => {
    const prefix = uniquePrefix()
    const letters = `${prefix}:letters:`
    await withRedis(async (redis) => {
      if (wanted !== undefined) await redis.hset(`${letters}meta`, 'opts.maxLenEvents', wanted)
      const pipeline = redis.pipeline()
      for (let n = 0; n < 2 * most; n += 1) pipeline.xadd(`${letters}events`, '*', 'event', 'added')
      await pipeline.exec()
    })
    const provider = await openProvider({ prefix, queues })
    work(provider, () => dead)
    await untilStatus(provider, await sendOne(provider), 'failed')
    const kept = await withRedis((redis) => redis.xlen(`${letters}events`))
    expect(kept).toBeGreaterThanOrEqual(most)
    // Redis trims by the hundred.
    expect(kept).toBeLessThanOrEqual(most + 100)
  })
})

describe('jobs of another producer', () => {
  it('run by their own options, under their own ids', async () => {
    const prefix = uniquePrefix()
    const { queue } = foreign(prefix)
    const { id } = await queue.add('any', { n: 1 }, { attempts: 7 })
    await queue.add('any', 'not an object')
    const provider = await openProvider({ prefix, queues })
    const { jobs } = work(provider)
    await until(() => jobs.length === 2, 'both')
    expect(jobs).toMatchObject([
      { id, data: { n: 1 }, maxAttempts: 7 },
      { data: 'not an object', maxAttempts: 3 },
    ])
    expect(await untilStatus(provider, id ?? '', 'completed')).toMatchObject({ id })
  })
})
