import { describe, expect, it } from 'vitest'
import { JobFailedError, UnrecoverableError } from '../../src/runtime/errors.ts'
import { createTestQueues } from '../../src/runtime/testing/index.ts'
import { type Mail, PikkuQueue, wired } from './shop.ts'

const mail = { to: 'ada@example.com', at: new Date('2026-01-02') }
const decline = () => {
  throw new Error('declined')
}

describe('manual: drain', () => {
  it('runs nothing before, and then what is due, with payload and result as their types say', async () => {
    const seen: unknown[] = []
    const registry = wired({
      mails: (_services, data) => {
        seen.push(data)
        return { sentAt: new Date(5) }
      },
    })
    await using kit = await createTestQueues({ client: PikkuQueue, registry, now: 1_000 })
    const given: Mail = { ...mail }
    const id = await kit.client.add('mails', given)
    given.to = 'changed after it was added'
    expect(seen).toEqual([])
    expect(kit.jobs('mails')).toMatchObject([{ id, status: 'waiting', data: mail, result: null }])

    await kit.drain()
    expect(seen).toEqual([mail])
    const [job] = kit.jobs('mails')
    expect(job).toEqual({
      ...{ id, queueName: 'mails', data: mail, status: 'completed', origin: null },
      ...{ progress: null, result: { sentAt: new Date(5) }, error: null, delayedUntil: null },
      ...{ attemptsMade: 1, maxAttempts: 3 },
      ...{ createdAt: new Date(1_000), startedAt: new Date(1_000), finishedAt: new Date(1_000) },
    })
    expect(await kit.client.waitForCompletion('mails', id)).toEqual({ sentAt: new Date(5) })
  })

  it('runs what jobs add in turn', async () => {
    const ran: number[] = []
    const registry = wired({
      numbers: async ({ queues }, data) => {
        ran.push(data)
        if (data > 0) await queues.add('numbers', data - 1)
      },
    })
    await using kit = await createTestQueues({
      client: PikkuQueue,
      registry,
      services: (client) => ({ queues: client }),
    })
    await kit.client.add('numbers', 3)
    await kit.drain()
    expect(ran).toEqual([3, 2, 1, 0])
  })

  it('runs the higher priority first, and as many at a time as the worker may', async () => {
    const ran: number[] = []
    let [running, most] = [0, 0]
    const registry = wired(
      {
        numbers: async (_services, data) => {
          ran.push(data)
          most = Math.max(most, (running += 1))
          await new Promise((resolve) => setImmediate(resolve))
          running -= 1
        },
      },
      { numbers: { batchSize: 2 } },
    )
    await using kit = await createTestQueues({ client: PikkuQueue, registry })
    for (const priority of [1, 2, 3, 4]) await kit.client.add('numbers', priority, { priority })
    await kit.drain()
    expect({ ran, most }).toEqual({ ran: [4, 3, 2, 1], most: 2 })
  })

  it('runs the jobs of a group one after the other, also over a retry', async () => {
    const ran: string[] = []
    const registry = wired(
      {
        numbers: (_services, data, { queue }) => {
          ran.push(`${data}, attempt ${queue?.attempt ?? 0}`)
          if (data === 1 && queue?.attempt === 1) throw new Error('declined')
        },
      },
      { numbers: { backoff: { type: 'fixed', delay: 1_000 } } },
    )
    await using kit = await createTestQueues({ client: PikkuQueue, registry })
    await kit.client.add('numbers', 1, { group: 'a' })
    await kit.client.add('numbers', 2, { group: 'a' })
    await kit.client.add('numbers', 3, { group: 'b' })
    await kit.drain()
    expect(ran).toEqual(['1, attempt 1', '3, attempt 1'])
    await kit.advance(1_000)
    expect(ran.slice(2)).toEqual(['1, attempt 2', '2, attempt 1'])
  })

  it('fails jobs like production: unrecoverable, discarded, refused by the contract', async () => {
    const registry = wired({
      numbers: (_services, data, { queue }) => {
        if (data === 1) throw new UnrecoverableError('stolen')
        if (data === 2) queue?.discard('obsolete')
      },
      mails: () => ({ sentAt: 'not a date' }) as never,
    })
    await using kit = await createTestQueues({ client: PikkuQueue, registry })
    const id = await kit.client.add('numbers', 1)
    await kit.client.add('numbers', 2)
    await kit.client.add('mails', mail)
    await expect(kit.client.add('mails', { ...mail, to: 42 as never })).rejects.toMatchObject({
      code: 'PKQ401',
    })
    await kit.drain()
    expect(kit.jobs('numbers')).toMatchObject([
      { status: 'failed', attemptsMade: 1, error: { message: 'stolen' } },
      { status: 'discarded', error: { message: 'obsolete' } },
    ])
    expect(kit.jobs('mails')).toMatchObject([{ status: 'failed', error: { code: 'PKQ508' } }])
    await expect(kit.client.waitForCompletion('numbers', id)).rejects.toThrow(JobFailedError)
  })

  it('puts dead letters into their queue, which is worked on when it is wired', async () => {
    const reasons: (string | undefined)[] = []
    const registry = wired(
      {
        numbers: decline,
        letters: (_services, _data, { queue }) => {
          reasons.push(queue?.origin?.error?.message)
        },
      },
      { numbers: { deadLetterQueue: 'letters' } },
    )
    await using kit = await createTestQueues({ client: PikkuQueue, registry })
    const jobId = await kit.client.add('numbers', 7, { attempts: 1 })
    await kit.drain()
    expect(reasons).toEqual(['declined'])
    const letter = { data: 7, status: 'completed', origin: { queueName: 'numbers', jobId } }
    expect(kit.deadLetters('numbers')).toMatchObject([letter])
    expect(kit.jobs('letters')).toMatchObject([letter])
    expect(kit.deadLetters('mails')).toEqual([])
  })

  it('keeps dead letters of a queue that nobody is wired to, and that has no contract', async () => {
    const registry = wired({ mails: decline }, { mails: { deadLetterQueue: 'nowhere' } })
    await using kit = await createTestQueues({ client: PikkuQueue, registry })
    await kit.client.add('mails', mail, { attempts: 1 })
    await kit.drain()
    expect(kit.deadLetters('mails')).toMatchObject([
      { queueName: 'nowhere', status: 'waiting', data: mail, origin: { attemptsMade: 1 } },
    ])
  })

  it('keeps what the queue keeps, and one job for one id', async () => {
    const registry = wired({ numbers: () => undefined }, { numbers: { removeOnComplete: 2 } })
    await using kit = await createTestQueues({ client: PikkuQueue, registry })
    for (const data of [1, 2, 3]) await kit.client.add('numbers', data, { jobId: `job ${data}` })
    await kit.client.add('numbers', 33, { jobId: 'job 3' })
    await kit.drain()
    expect(kit.jobs('numbers').map(({ data }) => data)).toEqual([2, 3])
  })

  it('runs a failed job again that is retried by hand', async () => {
    let broken = true
    const registry = wired({
      numbers: () => {
        if (broken) throw new UnrecoverableError('no such mailbox')
      },
    })
    await using kit = await createTestQueues({ client: PikkuQueue, registry })
    const id = await kit.client.add('numbers', 1)
    await kit.drain()
    broken = false
    expect(await kit.client.retry('numbers', id)).toBe(true)
    expect(kit.jobs('numbers')).toMatchObject([{ status: 'waiting', attemptsMade: 0, error: null }])
    await kit.drain()
    expect(kit.jobs('numbers')).toMatchObject([{ status: 'completed', attemptsMade: 1 }])
  })

  it('lets a job be followed meanwhile', async () => {
    const registry = wired({
      numbers: async (_services, _data, { queue }) => {
        await queue?.updateProgress(50)
        await new Promise((resolve) => setImmediate(resolve))
      },
    })
    await using kit = await createTestQueues({ client: PikkuQueue, registry })
    const id = await kit.client.add('numbers', 1)
    const seen: string[] = []
    const followed = (async () => {
      for await (const { type } of kit.client.events('numbers', id)) seen.push(type)
    })()
    await kit.drain()
    await followed
    expect(seen.slice(-2)).toEqual(['progress', 'completed'])
    expect(kit.jobs('numbers')).toMatchObject([{ progress: 50 }])
  })
})
