import { describe, expect, it } from 'vitest'
import type { Claim } from '../../../src/runtime/providers/sqs/claims.ts'
import { toDeadLetter } from '../../../src/runtime/providers/sqs/dead-letter.ts'
import { readMeta } from '../../../src/runtime/providers/sqs/meta.ts'
import type { Incoming } from '../../../src/runtime/providers/sqs/message.ts'
import type { SqsAnswer } from '../../support/sqs-proxy.ts'
import {
  dead,
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
  until,
  work,
} from './fixture.ts'

const day = 24 * 3_600_000

/** Every entry failed, and it is not the sender's fault. */
const unwell = (entries: { Id: string }[] = []): SqsAnswer => ({
  status: 200,
  body: {
    Successful: [],
    Failed: entries.map(({ Id }) => ({ Id, SenderFault: false, Code: 'InternalError' })),
  },
})

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

describe('a dead letter', () => {
  it('is stored before its job is deleted', async () => {
    const [queue, letters] = [queueName(), queueName()]
    const logger = listeningLogger()
    const { provider, proxy } = await openBehindProxy({
      queues: [declaration(queue, { deadLetterQueue: letters })],
      logger,
    })
    await sendOne(provider, queue, { data: 'mine' })
    let times = 0
    proxy.intercept('SendMessageBatch', ({ Entries }, forward) => {
      times += 1
      return times <= 2 ? unwell(Entries) : forward()
    })
    work(provider, queue, () => dead)
    const stranger = new Stranger()
    await stranger.untilEmpty(queue)
    const [letter] = await stranger.receive(letters)
    expect(letter?.Body).toBe('"mine"')
    const order = proxy.requests
      .map(({ action }) => action)
      .filter((action) => ['SendMessageBatch', 'DeleteMessageBatch'].includes(action))
    expect(order).toEqual([...Array<string>(4).fill('SendMessageBatch'), 'DeleteMessageBatch'])
  })

  it('that its queue refuses leaves the job where it is, and says so', async () => {
    const [queue, letters] = [queueName(), queueName()]
    const stranger = new Stranger()
    await stranger.create(letters, { MaximumMessageSize: '1024' })
    const logger = listeningLogger()
    const provider = await openProvider({
      queues: [declaration(queue, { deadLetterQueue: letters })],
      logger,
    })
    await sendOne(provider, queue, { data: 'x'.repeat(2_000), attempts: 1 })
    const seen = work(provider, queue, () => dead, { visibilityTimeoutSeconds: 1 })
    const said = () => logger.lines.filter((line) => line.includes('the job stays in its queue'))
    await until(() => said().length >= 2, 'word of it, twice')
    expect(seen.jobs).toHaveLength(1)
    expect(await stranger.counts(letters)).toEqual([0, 0, 0])
  })

  const claim = (message: Partial<Incoming>): Claim => ({
    message: {
      messageId: 'm',
      receiptHandle: 'r',
      body: '1',
      meta: {},
      foreign: {},
      group: undefined,
      receiveCount: 3,
      sentAt: new Date(),
      movedFrom: undefined,
      ...message,
    },
    id: 'id',
    attempt: 3,
    maxAttempts: 3,
    createdAt: new Date(),
    arrivedAt: 0,
    receivedAt: 0,
    renewAt: 0,
    expiresAt: 0,
    renewing: undefined,
    settling: false,
    outcome: undefined,
    lost: new AbortController(),
  })
  const [from, to] = ['jobs', 'letters'].map((name) => ({ name, url: '', isFifo: false })) as [
    { name: string; url: string; isFifo: boolean },
    { name: string; url: string; isFifo: boolean },
  ]
  const error = {
    name: 'E',
    message: 'm'.repeat(5_000),
    stack: 's'.repeat(5_000),
    cause: { name: 'F', message: 'n', stack: 't' },
  }
  const letterFor = (size: number, foreign = {}) => {
    const letter = toDeadLetter(from, to, claim({ body: 'x'.repeat(size), foreign }), 3, error)
    expect(letter.bytes).toBeLessThanOrEqual(1_048_576)
    expect(letter.body).toHaveLength(size)
    const { pikku, ...others } = letter.attributes
    return { origin: readMeta(pikku?.StringValue).origin, others: Object.keys(others) }
  }
  const trace = { trace: { DataType: 'String', StringValue: 'y'.repeat(500) } }

  it('tells everything where there is room', () => {
    const { origin, others } = letterFor(1_000, trace)
    expect(origin).toEqual({ queueName: 'jobs', jobId: 'id', attemptsMade: 3, error })
    expect(others).toEqual(['trace'])
  })

  it('leaves out what does not fit, the least important first', () => {
    const short = {
      name: 'E',
      message: 'm'.repeat(1_000),
      cause: { name: 'F', message: 'n' },
    }
    const brief = letterFor(1_044_000, trace)
    expect(brief).toMatchObject({ origin: { error: short }, others: ['trace'] })
    expect(brief.origin?.error?.stack).toBeUndefined()
    expect(letterFor(1_047_000, trace)).toMatchObject({ origin: { error: short }, others: [] })
    expect(letterFor(1_048_300, trace)).toMatchObject({ origin: { jobId: 'id', error: null } })
    expect(letterFor(1_048_570, trace)).toEqual({ origin: undefined, others: [] })
  })
})
