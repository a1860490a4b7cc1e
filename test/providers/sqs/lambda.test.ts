import { SQSClient } from '@aws-sdk/client-sqs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { listeningLogger } from '../../support/provider-work.ts'
import { sqsConnection } from '../../support/sqs.ts'
import { queueName } from './fixture.ts'
import { EventSource, handlerOf, returnedBy } from './lambda-source.ts'

async function createSource(suffix = ''): Promise<EventSource> {
  const client = new SQSClient(sqsConnection())
  onTestFinished(() => client.destroy())
  return EventSource.create(client, queueName(suffix))
}

const never = () => new Promise<never>(() => undefined)

describe('the handler of a Lambda function', () => {
  it('returns what failed, hidden for its backoff, and buries it after its attempts', async () => {
    const source = await createSource()
    const letters = await createSource('-dead')
    const attempts: string[] = []
    const handler = handlerOf([
      {
        queue: source.name,
        config: {
          attempts: 2,
          backoff: { type: 'fixed', delay: 2_000 },
          deadLetterQueue: letters.name,
        },
        body: (_data, { attempt, maxAttempts }) => {
          attempts.push(`${attempt}/${maxAttempts}`)
          throw new Error('no such mailbox')
        },
      },
    ])
    await source.send([{ body: { to: 'ada' } }])
    expect((await source.invoke(handler)).returned).toEqual([0])
    const returnedAt = performance.now()
    const second = await source.invoke(handler)
    expect(performance.now() - returnedAt).toBeGreaterThan(1_000)
    expect(second.returned).toEqual([])
    expect(attempts).toEqual(['1/2', '2/2'])

    const [letter] = (await letters.receive(1)).Records
    expect(JSON.parse(letter?.body ?? '')).toEqual({ to: 'ada' })
    expect(JSON.parse(letter?.messageAttributes['pikku']?.stringValue ?? '')).toMatchObject({
      origin: {
        queueName: source.name,
        attemptsMade: 2,
        error: expect.objectContaining({ message: 'no such mailbox' }),
      },
    })
  })

  it('aborts what does not end in time, counts it, and buries it when it has used its attempts', async () => {
    const source = await createSource()
    const letters = await createSource('-dead')
    const reasons: unknown[] = []
    const handler = handlerOf([
      {
        queue: source.name,
        config: { attempts: 2, deadLetterQueue: letters.name },
        body: (_data, { signal }) => {
          signal.addEventListener('abort', () => reasons.push(signal.reason))
          return never()
        },
      },
    ])
    await source.send([{ body: {} }])
    const first = await source.invoke(handler, { remainingMs: 3_000 })
    expect(first.returned).toEqual([0])
    expect(first.tookMs).toBeLessThan(3_000)
    expect((await source.invoke(handler, { remainingMs: 3_000 })).returned).toEqual([0])
    expect(reasons).toEqual([
      expect.objectContaining({ name: 'AbortError', message: 'the worker is shutting down' }),
      expect.objectContaining({ name: 'AbortError' }),
    ])
    expect((await source.invoke(handler)).returned).toEqual([])
    const [letter] = (await letters.receive(1)).Records
    expect(letter?.messageAttributes['pikku']?.stringValue).toContain('PKQ506')
  })

  it('does not count what it had no time to begin', async () => {
    const source = await createSource()
    const begun: number[] = []
    const handler = handlerOf([
      {
        queue: source.name,
        config: { batchSize: 1, attempts: 1 },
        body: (_data, { attempt }) => {
          begun.push(attempt)
          return begun.length === 1 ? never() : undefined
        },
      },
    ])
    await source.send([{ body: 1 }, { body: 2 }])
    // The second is replaced by a copy, so that it is not returned.
    expect((await source.invoke(handler, { count: 2, remainingMs: 8_000 })).returned).toEqual([0])
    await source.invoke(handler, { count: 2 })
    expect(begun).toEqual([1, 1])
  })

  it('works on several queues, and returns the jobs of one that it does not know', async () => {
    const [email, payments, other] = await Promise.all([1, 2, 3].map(() => createSource()))
    if (!email || !payments || !other) throw new Error('three were made')
    const logger = listeningLogger()
    const seen: string[] = []
    const body = (_data: unknown, { queueName: name }: { queueName: string }) => {
      seen.push(name)
    }
    const wired = [
      { queue: email.name, body },
      // Whoever maps a queue to the function has started it.
      { queue: payments.name, body, config: { autorun: false } },
    ]
    const handler = handlerOf(wired, { logger })
    for (const source of [email, payments, other]) await source.send([{ body: {} }])
    const events = await Promise.all([email, payments, other].map((source) => source.receive(1)))
    const event = { Records: events.flatMap(({ Records }) => Records) }
    expect(await returnedBy(handler, event)).toEqual([2])
    expect(seen.sort()).toEqual([email.name, payments.name].sort())
    expect(logger.lines.join('\n')).toContain(`no function is wired to queue "${other.name}"`)
  })

  it('makes its services once, and again where that has failed', async () => {
    const source = await createSource()
    let made = 0
    const handler = handlerOf([{ queue: source.name, body: () => undefined }], {
      createSingletonServices: () => {
        made += 1
        if (made === 1) throw new Error('the database is away')
        return {}
      },
    })
    await source.send([{ body: 1 }, { body: 2 }])
    const event = await source.receive(2)
    await expect(returnedBy(handler, event)).rejects.toMatchObject({ code: 'PKQ507' })
    expect(await returnedBy(handler, event)).toEqual([])
    expect(await returnedBy(handler, event)).toEqual([])
    expect(made).toBe(2)
  })

  it('throws for a queue that is missing and for what is no event of SQS, and runs nothing', async () => {
    const source = await createSource()
    const handler = handlerOf([
      { queue: source.name, config: { deadLetterQueue: queueName() }, body: () => undefined },
    ])
    await source.send([{ body: {} }])
    const event = await source.receive(1)
    await expect(returnedBy(handler, event)).rejects.toMatchObject({ code: 'PKQ402' })
    const scheduled = JSON.parse('{ "source": "aws.events" }') as typeof event
    await expect(returnedBy(handler, scheduled)).rejects.toMatchObject({ code: 'PKQ409' })
  })

  it('says that a batch of a FIFO queue has several jobs of one group', async () => {
    const source = await createSource('.fifo')
    const logger = listeningLogger()
    const handler = handlerOf([{ queue: source.name, body: () => undefined }], { logger })
    await source.send([
      { body: 1, group: 'a' },
      { body: 2, group: 'b' },
    ])
    const event = await source.receive(2)
    for (const { attributes } of event.Records) attributes.MessageGroupId = 'a'
    expect(await returnedBy(handler, event)).toEqual([])
    expect(logger.lines.filter((line) => line.includes('BatchSize'))).toHaveLength(1)
  })
})
