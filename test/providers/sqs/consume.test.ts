import { describe, expect, it } from 'vitest'
import {
  dead,
  declaration,
  done,
  job,
  openBehindProxy,
  openProvider,
  queueName,
  retry,
  sendOne,
  Stranger,
  until,
  work,
} from './fixture.ts'

const pikku = (meta: object) => ({
  pikku: { DataType: 'String', StringValue: JSON.stringify(meta) },
})

describe('a message of a producer that knows nothing of us', () => {
  it('is a whole job', async () => {
    const queue = queueName()
    const provider = await openProvider({ queues: [declaration(queue, { attempts: 4 })] })
    const id = await new Stranger().send(queue, '{"to":"ada"}')
    const seen = work(provider, queue)
    await until(() => seen.jobs.length === 1, 'the job')
    expect(seen.jobs[0]).toMatchObject({
      id,
      queueName: queue,
      data: { to: 'ada' },
      attempt: 1,
      maxAttempts: 4,
      origin: undefined,
    })
    expect(Math.abs(Date.now() - (seen.jobs[0]?.createdAt.getTime() ?? 0))).toBeLessThan(30_000)
  })

  it('may say what it wants to, and is not believed what cannot be', async () => {
    const queue = queueName()
    const provider = await openProvider({ queues: [declaration(queue)] })
    const stranger = new Stranger()
    await stranger.send(queue, '1', pikku({ attempts: 7, id: 'mine' }))
    await stranger.send(queue, '2', pikku({ attempts: 'many', attemptsMade: -5, origin: 'here' }))
    await stranger.send(queue, '3', {
      pikku: { DataType: 'Binary', BinaryValue: new Uint8Array([1]) },
    })
    const seen = work(provider, queue)
    await until(() => seen.jobs.length === 3, 'the jobs')
    const byData = new Map(seen.jobs.map((one) => [one.data, one]))
    expect(byData.get(1)).toMatchObject({ id: 'mine', maxAttempts: 7, attempt: 1 })
    for (const data of [2, 3]) {
      expect(byData.get(data)).toMatchObject({ maxAttempts: 3, attempt: 1, origin: undefined })
    }
  })

  it('that is no JSON arrives as text, and leaves the queue like any other', async () => {
    const [queue, letters] = [queueName(), queueName()]
    const provider = await openProvider({
      queues: [declaration(queue, { deadLetterQueue: letters })],
    })
    const stranger = new Stranger()
    await stranger.send(queue, '{ no json')
    const seen = work(provider, queue, () => dead)
    await until(() => seen.jobs.length === 1, 'the job')
    expect(seen.jobs[0]?.data).toBe('{ no json')
    await stranger.untilEmpty(queue)
    const [letter] = await stranger.receive(letters)
    expect(letter?.Body).toBe('{ no json')
    expect(seen.jobs).toHaveLength(1)
  })
})

describe('the window', () => {
  it('receives one more beside a full receive, and one alone while there is nothing', async () => {
    const queue = queueName()
    const { provider, proxy } = await openBehindProxy({ queues: [declaration(queue)] })
    let underWay = 0
    let most = 0
    proxy.intercept('ReceiveMessage', async (_request, forward) => {
      underWay += 1
      most = Math.max(most, underWay)
      const answer = await forward()
      underWay -= 1
      return answer
    })
    const seen = work(provider, queue, () => done, { concurrency: 50 })
    await until(() => underWay === 1, 'a poll')
    expect(most).toBe(1)
    await provider.send(
      queue,
      Array.from({ length: 300 }, (_, n) => job({ data: n })),
    )
    await until(() => seen.jobs.length === 300, 'all of them')
    expect(most).toBeGreaterThan(1)
    expect(most).toBeLessThanOrEqual(5)
    expect(new Set(seen.jobs.map(({ id }) => id)).size).toBe(300)
    await until(() => underWay === 1, 'one poll alone')
  })

  it('asks for no more than there is place for', async () => {
    const queue = queueName()
    const { provider, proxy } = await openBehindProxy({ queues: [declaration(queue)] })
    await provider.send(
      queue,
      Array.from({ length: 9 }, () => job()),
    )
    const finish = Promise.withResolvers<void>()
    const seen = work(provider, queue, () => finish.promise.then(() => done), {
      concurrency: 2,
      prefetch: 1,
    })
    await until(() => seen.jobs.length === 2, 'two to run')
    const stranger = new Stranger()
    await until(async () => (await stranger.counts(queue))[1] === 3, 'three to be held')
    const asked = proxy.requests
      .filter(({ action }) => action === 'ReceiveMessage')
      .map(({ request }) => Number(request['MaxNumberOfMessages']))
    expect(Math.max(...asked)).toBeLessThanOrEqual(3)
    finish.resolve()
    await until(() => seen.jobs.length === 9, 'all of them')
    expect(seen.most).toBe(2)
  })

  it('receives one job at a time from a FIFO queue, in several receives', async () => {
    const queue = queueName('.fifo')
    const { provider, proxy } = await openBehindProxy({ queues: [declaration(queue)] })
    await provider.send(
      queue,
      Array.from({ length: 6 }, (_, n) => job({ group: `g${n % 3}` })),
    )
    const together = Promise.withResolvers<void>()
    const seen = work(provider, queue, async () => {
      if (seen.jobs.length === 3) together.resolve()
      await together.promise
      return done
    })
    await until(() => seen.jobs.length === 6, 'all of them')
    expect(seen.most).toBe(3)
    const asked = proxy.requests
      .filter(({ action }) => action === 'ReceiveMessage')
      .map(({ request }) => request['MaxNumberOfMessages'])
    // SQS would hand out several of one group, and each that cannot run is counted.
    expect(new Set(asked)).toEqual(new Set([1]))
  })

  it('gives back what waits for a slow job, uncounted, for others that have time', async () => {
    const queue = queueName()
    const provider = await openProvider({ queues: [declaration(queue)] })
    const block = Promise.withResolvers<void>()
    const seen = work(
      provider,
      queue,
      async ({ data }) => {
        if (data === 'slow') await block.promise
        return done
      },
      { concurrency: 1 },
    )
    // Quick ones first, so that it looks ahead.
    await provider.send(
      queue,
      Array.from({ length: 20 }, () => job({ data: 'quick' })),
    )
    await until(() => seen.jobs.length === 20, 'the quick ones')
    await provider.send(queue, [job({ data: 'slow' }), ...Array.from({ length: 5 }, () => job())])
    await until(() => seen.jobs.some(({ data }) => data === 'slow'), 'the slow one')
    const other = await openProvider({ queues: [declaration(queue)] })
    const elsewhere = work(other, queue)
    const others = () => [...seen.jobs, ...elsewhere.jobs].filter(({ data }) => data === null)
    await until(() => others().length === 5, 'the others to run')
    expect(others().every(({ attempt }) => attempt === 1)).toBe(true)
    block.resolve()
  })

  it('pauses after an empty receive that was quick', async () => {
    const queue = queueName()
    const { provider, proxy } = await openBehindProxy({ queues: [declaration(queue)] })
    work(provider, queue, () => done, { drainDelaySeconds: 0, pollIntervalMs: 300 })
    const times: number[] = []
    proxy.intercept('ReceiveMessage', (_request, forward) => {
      times.push(performance.now())
      return forward()
    })
    await until(() => times.length === 4, 'four receives')
    const pauses = times.slice(1).map((time, n) => time - (times[n] ?? 0))
    expect(Math.min(...pauses)).toBeGreaterThan(250)
  })
})

describe('stopping', () => {
  it('waits for the poll under way, and gives back what it brings, uncounted', async () => {
    const queue = queueName()
    const { provider, proxy } = await openBehindProxy({ queues: [declaration(queue)] })
    const seen = work(provider, queue, () => done, { drainDelaySeconds: 2 })
    await until(() => proxy.requests.at(-1)?.action === 'ReceiveMessage', 'the poll')
    await seen.consumer.stop()
    const sender = await openProvider({ queues: [declaration(queue)], role: 'producer' })
    await sendOne(sender, queue, { data: 'kept' })
    await provider.close(5_000)
    expect(seen.jobs).toEqual([])
    const next = await openProvider({ queues: [declaration(queue)] })
    const after = work(next, queue)
    await until(() => after.jobs.length === 1, 'it to run elsewhere', 3_000)
    expect(after.jobs[0]).toMatchObject({ data: 'kept', attempt: 1 })
  })

  it('does not wait for a server that says nothing', async () => {
    const queue = queueName()
    const { provider, proxy } = await openBehindProxy({ queues: [declaration(queue)] })
    const hanging: (() => void)[] = []
    proxy.intercept(
      'ReceiveMessage',
      () =>
        new Promise((resolve) => {
          hanging.push(() => resolve('cut'))
        }),
    )
    work(provider, queue)
    await until(() => hanging.length > 0, 'the poll')
    const startedAt = performance.now()
    await provider.close(1_000)
    expect(performance.now() - startedAt).toBeLessThan(3_000)
    for (const cut of hanging) cut()
  })

  it('keeps the place of what is to run again', async () => {
    const queue = queueName()
    const provider = await openProvider({ queues: [declaration(queue)] })
    await sendOne(provider, queue)
    const seen = work(provider, queue, () => retry(60_000))
    await until(() => seen.jobs.length === 1, 'the job')
    await provider.close(5_000)
    expect(await new Stranger().counts(queue)).toEqual([0, 1, 0])
  })
})
