import { describe, expect, it } from 'vitest'
import {
  declaration,
  done,
  job,
  listeningLogger,
  openBehindProxy,
  openProvider,
  queueName,
  released,
  retry,
  sendOne,
  Stranger,
  unwell,
  until,
  work,
} from './fixture.ts'

const day = 24 * 3_600_000

describe('settling', () => {
  it('deletes what is done in batches, and again what could not be deleted', async () => {
    const queue = queueName()
    const logger = listeningLogger()
    const { provider, proxy } = await openBehindProxy({ queues: [declaration(queue)], logger })
    await provider.send(
      queue,
      Array.from({ length: 10 }, () => job()),
    )
    let times = 0
    proxy.intercept('DeleteMessageBatch', ({ Entries }, forward) => {
      times += 1
      return times <= 2 ? unwell(Entries) : forward()
    })
    const together = Promise.withResolvers<void>()
    const seen = work(provider, queue, async () => {
      if (seen.jobs.length === 10) together.resolve()
      await together.promise
      return done
    })
    await new Stranger().untilEmpty(queue)
    expect(seen.jobs).toHaveLength(10)
    const deletes = proxy.requests
      .filter(({ action }) => action === 'DeleteMessageBatch')
      .map(({ request }) => request.Entries?.length)
    // Those that wait for another try may go apart, but not one by one.
    expect(deletes[0]).toBe(10)
    expect(deletes.length).toBeLessThan(8)
    expect(logger.lines.filter((line) => line.includes('settling jobs failed'))).toHaveLength(1)
  })

  it('never turns a success that cannot be stored into a failure', async () => {
    const queue = queueName()
    const { provider, proxy } = await openBehindProxy({ queues: [declaration(queue)] })
    await sendOne(provider, queue, { attempts: 1 })
    proxy.intercept('DeleteMessageBatch', () => 'cut')
    const seen = work(provider, queue, () => done, { visibilityTimeoutSeconds: 2 })
    await until(() => seen.jobs.length === 1, 'the job')
    // Longer than the visibility: it is held meanwhile.
    const renewals = () =>
      proxy.requests.filter(({ action }) => action === 'ChangeMessageVisibilityBatch').length
    await until(() => renewals() >= 4, 'renewals')
    proxy.intercept('DeleteMessageBatch', undefined)
    await new Stranger().untilEmpty(queue)
    expect(seen.jobs).toHaveLength(1)
  })

  it('says so when it has to give up, because the claim lapsed meanwhile', async () => {
    const queue = queueName()
    const logger = listeningLogger()
    const { provider, proxy } = await openBehindProxy({ queues: [declaration(queue)], logger })
    const id = await sendOne(provider, queue)
    proxy.intercept('DeleteMessageBatch', () => 'cut')
    proxy.intercept('ChangeMessageVisibilityBatch', () => 'cut')
    work(provider, queue, () => done, { visibilityTimeoutSeconds: 2 })
    const about = `"jobId":"${id}","attempt":1,"outcome":"done"`
    const said = () => logger.lines.find((line) => line.includes(about))
    await until(() => said() !== undefined, 'word of it')
    expect(said()).toMatch(/^warn the claim on a job was lost; its outcome is not recorded/)
  })

  it('hides what runs again for as long as it waits, in batches', async () => {
    const queue = queueName()
    const { provider, proxy } = await openBehindProxy({ queues: [declaration(queue)] })
    await provider.send(
      queue,
      Array.from({ length: 10 }, () => job()),
    )
    const together = Promise.withResolvers<void>()
    const seen = work(provider, queue, async ({ attempt }) => {
      if (seen.jobs.length === 10) together.resolve()
      await together.promise
      return attempt === 1 ? retry(1_500) : done
    })
    await until(() => seen.jobs.length === 20, 'all to run twice')
    const hides = proxy.requests
      .filter(({ action }) => action === 'ChangeMessageVisibilityBatch')
      .flatMap(({ request }) => request.Entries?.map(({ VisibilityTimeout }) => VisibilityTimeout))
    expect(hides).toEqual(Array.from({ length: 10 }, () => 2))
    const [firsts, seconds] = [seen.times.slice(0, 10), seen.times.slice(10)]
    expect(Math.min(...seconds) - Math.max(...firsts)).toBeGreaterThanOrEqual(1_500)
  })

  it('does not let a renewal that is under way undo the wait', async () => {
    const queue = queueName()
    const { provider, proxy } = await openBehindProxy({ queues: [declaration(queue)] })
    await sendOne(provider, queue)
    const renewing = Promise.withResolvers<void>()
    const answer = Promise.withResolvers<void>()
    proxy.intercept('ChangeMessageVisibilityBatch', async ({ Entries }, forward) => {
      if (Entries?.[0]?.VisibilityTimeout !== 9) return forward()
      renewing.resolve()
      await answer.promise
      return forward()
    })
    const seen = work(
      provider,
      queue,
      async ({ attempt }) => {
        if (attempt > 1) return done
        await renewing.promise
        setTimeout(answer.resolve, 300)
        return retry(1_000)
      },
      // A renewal comes after a third of it.
      { visibilityTimeoutSeconds: 9 },
    )
    await until(() => seen.jobs.length === 2, 'it to run again')
    expect((seen.times[1] ?? 0) - (seen.times[0] ?? 0)).toBeLessThan(8_000)
  })

  it('gives back uncounted, again and again, and keeps id, time and attributes', async () => {
    const queue = queueName()
    const provider = await openProvider({ queues: [declaration(queue)] })
    const stranger = new Stranger()
    const id = await stranger.send(queue, '"from elsewhere"', {
      trace: { DataType: 'String', StringValue: 'abc' },
    })
    const seen = work(provider, queue, () => (seen.jobs.length <= 3 ? released : retry(60_000)))
    await until(() => seen.jobs.length === 4, 'the fourth time')
    expect(seen.jobs.map(({ attempt }) => attempt)).toEqual([1, 1, 1, 1])
    expect(new Set(seen.jobs.map((one) => one.id))).toEqual(new Set([id]))
    const createdAt = seen.jobs.map((one) => one.createdAt.getTime())
    expect(new Set(createdAt).size).toBe(1)
    await provider.close(5_000)
    const again = await openProvider({ queues: [declaration(queue)] })
    await again.close(1_000)
    expect(await stranger.counts(queue)).toEqual([0, 1, 0])
  })

  it('keeps the attributes of other software with a job that is given back', async () => {
    const queue = queueName()
    const provider = await openProvider({ queues: [declaration(queue)] })
    const stranger = new Stranger()
    const trace = { DataType: 'String', StringValue: 'abc' }
    await stranger.send(queue, '1', { trace })
    const seen = work(provider, queue, () => released)
    await until(() => seen.jobs.length >= 1, 'the job')
    await provider.close(5_000)
    const [message] = await stranger.receive(queue)
    expect(message?.MessageAttributes?.['trace']).toMatchObject(trace)
    expect(message?.MessageAttributes?.['pikku']?.StringValue).toContain('"attemptsMade":0')
  })

  it('counts on over a copy that was given back after attempts', async () => {
    const queue = queueName()
    const provider = await openProvider({ queues: [declaration(queue)] })
    await sendOne(provider, queue)
    const outcomes = [retry(), released, retry(), released, done]
    const seen = work(provider, queue, () => outcomes[seen.jobs.length - 1] ?? done)
    await new Stranger().untilEmpty(queue)
    expect(seen.jobs.map(({ attempt }) => attempt)).toEqual([1, 2, 2, 3, 3])
  })

  it('shows what is too large for a copy again, which counts', async () => {
    const queue = queueName()
    const provider = await openProvider({ queues: [declaration(queue)] })
    const body = JSON.stringify('x'.repeat(1_048_574))
    await new Stranger().send(queue, body)
    const seen = work(provider, queue, () => (seen.jobs.length === 1 ? released : done))
    await until(() => seen.jobs.length === 2, 'the second time')
    expect(seen.jobs.map(({ attempt }) => attempt)).toEqual([1, 2])
  })

  it('waits longer than twelve hours in copies, which are not attempts', async () => {
    const queue = queueName()
    const { provider, proxy } = await openBehindProxy({ queues: [declaration(queue)] })
    const id = await sendOne(provider, queue)
    proxy.intercept('SendMessageBatch', async (request, forward) => {
      const { Entries = [] } = request
      // The delay is what we look at, not what we wait for.
      return forward({ ...request, Entries: Entries.map((one) => ({ ...one, DelaySeconds: 0 })) })
    })
    const seen = work(provider, queue, () => retry(2 * day))
    await until(() => seen.jobs.length === 1, 'the job')
    const hides = () =>
      proxy.requests
        .filter(({ action }) => action === 'ChangeMessageVisibilityBatch')
        .flatMap(({ request }) =>
          request.Entries?.map(({ VisibilityTimeout }) => VisibilityTimeout),
        )
    await until(() => hides().length === 1, 'the copy to be hidden')
    expect(hides()).toEqual([43_189])
    const copy = proxy.requests.filter(({ action }) => action === 'SendMessageBatch').at(-1)
    const [entry] = copy?.request.Entries ?? []
    expect(entry).toMatchObject({ DelaySeconds: 900 })
    const attributes = entry && (Reflect.get(entry, 'MessageAttributes') as object)
    expect(JSON.stringify(attributes)).toContain(id)
    expect(seen.jobs).toHaveLength(1)
  })

  it('runs a copy when it is due, as the next attempt', async () => {
    const queue = queueName()
    const provider = await openProvider({ queues: [declaration(queue)] })
    const meta = (notBefore: number) => ({
      pikku: {
        DataType: 'String',
        StringValue: JSON.stringify({ id: 'a', attemptsMade: 1, notBefore: new Date(notBefore) }),
      },
    })
    const due = Date.now() + 2_000
    await new Stranger().send(queue, '1', meta(due))
    const seen = work(provider, queue)
    await until(() => seen.jobs.length === 1, 'the job')
    expect(Date.now()).toBeGreaterThanOrEqual(due)
    expect(seen.jobs[0]).toMatchObject({ id: 'a', attempt: 2 })
  })
})
