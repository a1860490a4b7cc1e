import { Queue, Worker } from 'bullmq'
import { describe, expect, it, onTestFinished } from 'vitest'
import { QueueClient } from '../../../src/runtime/client.ts'
import { redisUrl, uniquePrefix } from '../../support/redis.ts'
import { dead, done, openProvider, sendOne, until, untilStatus, work } from './fixture.ts'

/** What docs/recipes/from-bullmq.md says of a program that has used BullMQ by itself until now. */
function optionsOf(prefix: string) {
  const { hostname, port } = new URL(redisUrl())
  return { prefix, connection: { host: hostname, port: Number(port) } }
}

function queueOf(prefix: string): Queue {
  const queue = new Queue('jobs', optionsOf(prefix))
  onTestFinished(() => queue.close())
  return queue
}

const contracts = {
  queues: { jobs: { input: {}, output: { type: 'null', 'x-type': 'undefined' }, defaults: {} } },
  $defs: {},
} as const

describe('a program of BullMQ', () => {
  it('keeps its own jobs under another prefix', async () => {
    const theirs = queueOf(uniquePrefix())
    await theirs.add('send', { n: 1 })
    const provider = await openProvider({ prefix: uniquePrefix() })
    const { jobs } = work(provider)
    await untilStatus(provider, await sendOne(provider, { data: 'ours' }), 'completed')
    expect(jobs.map(({ data }) => data)).toEqual(['ours'])
    expect(await theirs.getWaitingCount()).toBe(1)
  })

  it('has its jobs done under our prefix: delayed ones, prioritised ones and numbered ones', async () => {
    const prefix = uniquePrefix()
    const queue = queueOf(prefix)
    await queue.add('send', 'second', { priority: 10 })
    await queue.add('send', 'first', { priority: 1 })
    const later = await queue.add('send', 'later', { delay: 500, backoff: 60_000, attempts: 2 })
    const provider = await openProvider({ prefix })
    const { jobs } = work(
      provider,
      ({ data, attempt }) =>
        data === 'later' && attempt === 1
          ? { type: 'retry', error: { name: 'Error', message: 'busy' }, delayMs: 10 }
          : done,
      { concurrency: 1 },
    )
    await untilStatus(provider, later.id ?? '', 'completed')
    expect(jobs.map(({ data, attempt, maxAttempts }) => [data, attempt, maxAttempts])).toEqual([
      ['first', 1, 3],
      ['second', 1, 3],
      ['later', 1, 2],
      ['later', 2, 2],
    ])
  })

  it('sees what became of them', async () => {
    const prefix = uniquePrefix()
    const queue = queueOf(prefix)
    const provider = await openProvider({ prefix })
    work(provider, ({ data }) => (data === 'bad' ? dead : { type: 'done', result: { sent: true } }))
    const [good, bad] = [await queue.add('send', 'good'), await queue.add('send', 'bad')]
    await untilStatus(provider, good.id ?? '', 'completed')
    await untilStatus(provider, bad.id ?? '', 'failed')
    expect(await queue.getJob(good.id ?? '')).toMatchObject({ returnvalue: { sent: true } })
    await queue.add('send', 'not kept', { removeOnComplete: true })
    await until(async () => (await provider.counts('jobs')).waiting === 0, 'it to be fetched')
    await until(async () => (await provider.counts('jobs')).active === 0, 'it to end')
    expect(await provider.counts('jobs')).toMatchObject({ completed: 1, failed: 1 })
    expect(await queue.getJob(bad.id ?? '')).toMatchObject({ failedReason: 'declined' })
  })

  it('may forward what is left in its queue, each job once', async () => {
    const left = uniquePrefix()
    const prefix = uniquePrefix()
    const queue = queueOf(left)
    await queue.addBulk([1, 2, 3].map((n) => ({ name: 'send', data: { n } })))
    await queue.add('send', { n: 4 }, { delay: 300 })

    const provider = await openProvider({ prefix })
    const { jobs } = work(provider)
    const client = new QueueClient<{ jobs: { input: unknown; output: void } }>(
      await openProvider({ prefix, role: 'producer' }),
      contracts,
    )
    onTestFinished(() => client.close())
    let stumbles = 1
    const forward = new Worker(
      'jobs',
      async ({ id, data, attemptsMade }) => {
        await client.add('jobs', data, { jobId: `bull-${String(id)}` })
        // As a process that is killed before BullMQ knows of it: the job comes again.
        if (attemptsMade === 0 && stumbles-- > 0) throw new Error('killed')
      },
      optionsOf(left),
    )
    onTestFinished(() => forward.close())
    forward.on('failed', (job) => void job?.retry())
    await until(() => jobs.length >= 4, 'the jobs')
    await until(async () => (await queue.getCompletedCount()) === 4, 'all to be forwarded')
    expect(jobs.map(({ id }) => id).sort()).toEqual(['bull-1', 'bull-2', 'bull-3', 'bull-4'])
  })
})
