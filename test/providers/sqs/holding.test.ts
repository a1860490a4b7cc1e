import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import {
  declaration,
  done,
  job,
  listeningLogger,
  openBehindProxy,
  openProvider,
  queueName,
  sendOne,
  Stranger,
  until,
  work,
} from './fixture.ts'

it('a delivery says until when the job is held', async () => {
  const queue = queueName()
  const provider = await openProvider({ queues: [declaration(queue)] })
  await sendOne(provider, queue)
  const { jobs } = work(provider, queue)
  await until(() => jobs.length === 1, 'the job')
  const held = (jobs[0]?.heldUntil ?? 0) - performance.now()
  expect(held).toBeGreaterThan(0)
  expect(held).toBeLessThanOrEqual(30_000)
})

describe('holding messages', () => {
  it('keeps those hidden that run and those that wait, beyond their visibility', async () => {
    const queue = queueName()
    const provider = await openProvider({ queues: [declaration(queue)] })
    await provider.send(queue, [job({ data: 0 }), job({ data: 1 }), job({ data: 2 })])
    const finish = Promise.withResolvers<void>()
    const run = async () => {
      await finish.promise
      return done
    }
    const over = { concurrency: 1, prefetch: 2, visibilityTimeoutSeconds: 2 }
    const seen = work(provider, queue, run, over)
    await until(() => seen.jobs.length === 1, 'the first')
    const stranger = new Stranger()
    await until(async () => (await stranger.counts(queue))[1] === 3, 'all to be held')
    const until6s = performance.now() + 6_000
    while (performance.now() < until6s) {
      expect(await stranger.receive(queue)).toEqual([])
      await delay(100)
    }
    finish.resolve()
    await until(() => seen.jobs.length === 3, 'the others')
    expect(seen.jobs.map(({ attempt }) => attempt)).toEqual([1, 1, 1])
    expect(seen.jobs.some(({ lost }) => lost.aborted)).toBe(false)
    await stranger.untilEmpty(queue)
  })

  it('prolongs ten with one call', async () => {
    const queue = queueName()
    const { provider, proxy } = await openBehindProxy({ queues: [declaration(queue)] })
    await provider.send(
      queue,
      Array.from({ length: 20 }, () => job()),
    )
    const finish = Promise.withResolvers<void>()
    const seen = work(provider, queue, () => finish.promise.then(() => done), {
      concurrency: 20,
      visibilityTimeoutSeconds: 3,
    })
    await until(() => seen.jobs.length === 20, 'all to run')
    const renewals = () =>
      proxy.requests.filter(({ action }) => action === 'ChangeMessageVisibilityBatch')
    await until(() => renewals().length >= 2, 'two calls')
    const [first, second] = renewals().map(({ request }) => request.Entries)
    expect([first?.length, second?.length]).toEqual([10, 10])
    expect(first?.every(({ VisibilityTimeout }) => VisibilityTimeout === 3)).toBe(true)
    finish.resolve()
  })

  it('tells the function when SQS does not know the claim any more, and settles nothing', async () => {
    const queue = queueName()
    const { provider, proxy } = await openBehindProxy({ queues: [declaration(queue)] })
    await sendOne(provider, queue)
    const seen = work(
      provider,
      queue,
      async ({ lost }) => {
        if (seen.jobs.length === 1) await until(() => lost.aborted, 'the loss', 4_000)
        return done
      },
      // A renewal comes after a third of it.
      { visibilityTimeoutSeconds: 6 },
    )
    await until(() => seen.jobs.length === 1, 'the job')
    proxy.intercept('ChangeMessageVisibilityBatch', ({ Entries = [] }) => ({
      status: 200,
      body: {
        Successful: [],
        Failed: Entries.map(({ Id }) => ({
          Id,
          SenderFault: true,
          Code: 'ReceiptHandleIsInvalid',
        })),
      },
    }))
    await until(() => seen.jobs.length === 2, 'it to come again')
    expect(seen.jobs.map(({ attempt }) => attempt)).toEqual([1, 2])
    await new Stranger().untilEmpty(queue)
    const deletes = proxy.requests.filter(({ action }) => action === 'DeleteMessageBatch')
    expect(deletes).toHaveLength(1)
  })

  it('loses a claim that could not be prolonged in time', async () => {
    const queue = queueName()
    const { provider, proxy } = await openBehindProxy({ queues: [declaration(queue)] })
    await sendOne(provider, queue)
    const seen = work(
      provider,
      queue,
      async ({ lost }) => {
        await until(() => lost.aborted, 'the loss')
        return done
      },
      { visibilityTimeoutSeconds: 2 },
    )
    await until(() => seen.jobs.length === 1, 'the job')
    proxy.intercept('ChangeMessageVisibilityBatch', () => 'cut')
    await until(() => seen.jobs[0]?.lost.aborted === true, 'the loss', 5_000)
  })
})

describe('a claim counts from the beginning of its receive', () => {
  it('so that what comes when it has lapsed is not begun', async () => {
    const queue = queueName()
    const logger = listeningLogger()
    const provider = await openProvider({ queues: [declaration(queue)], logger })
    const seen = work(provider, queue, () => done, {
      visibilityTimeoutSeconds: 3,
      drainDelaySeconds: 2,
    })
    await until(() => seen.consumer.answers === 1, 'a poll to begin')
    await sendOne(provider, queue, { delayMs: 1_000 })
    // The answer comes while the event loop stands still, and is looked at when the claim has lapsed.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 4_500)
    await until(() => seen.jobs.length === 1, 'the job')
    expect(seen.jobs[0]?.attempt).toBe(2)
    expect(logger.lines.filter((line) => line.includes('too late to be held'))).toHaveLength(1)
    await new Stranger().untilEmpty(queue)
    expect(seen.jobs).toHaveLength(1)
  })

  it('so that a poll leaves time to prolong it', async () => {
    const queue = queueName()
    const { provider, proxy } = await openBehindProxy({ queues: [declaration(queue)] })
    work(provider, queue, () => done, { visibilityTimeoutSeconds: 4, drainDelaySeconds: 20 })
    const polls = () => proxy.requests.filter(({ action }) => action === 'ReceiveMessage')
    await until(() => polls().length > 0, 'a poll')
    expect(polls()[0]?.request).toMatchObject({ WaitTimeSeconds: 2, VisibilityTimeout: 4 })
  })
})
