import { describe, expect, it } from 'vitest'
import type { Claim } from '../../../src/runtime/providers/sqs/claims.ts'
import { toDeadLetter } from '../../../src/runtime/providers/sqs/dead-letter.ts'
import { readMeta } from '../../../src/runtime/providers/sqs/meta.ts'
import type { Incoming } from '../../../src/runtime/providers/sqs/message.ts'
import {
  dead,
  declaration,
  listeningLogger,
  openBehindProxy,
  openProvider,
  queueName,
  sendOne,
  Stranger,
  until,
  unwell,
  work,
} from './fixture.ts'

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
      data: 1,
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
