import type { Message } from '@aws-sdk/client-sqs'
import { describe, expect, it } from 'vitest'
import type { Outcome } from '../../../src/runtime/provider.ts'
import { mostBytes } from '../../../src/runtime/providers/sqs/limits.ts'
import { readMeta } from '../../../src/runtime/providers/sqs/meta.ts'
import { judgePolicy, readPolicy } from '../../../src/runtime/providers/sqs/redrive.ts'
import {
  dead,
  declaration,
  done,
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

describe('creating queues', () => {
  it('makes the queue, its dead letter queue and the redrive policy between them', async () => {
    const [queue, letters] = [queueName(), queueName()]
    const logger = listeningLogger()
    const queues = [
      declaration(queue, {
        attempts: 5,
        visibilityTimeoutSeconds: 44.5,
        deadLetterQueue: letters,
      }),
    ]
    await openProvider({ queues, logger })
    const stranger = new Stranger()
    const [made, madeLetters] = [
      await stranger.attributes(queue),
      await stranger.attributes(letters),
    ]
    expect(made).toMatchObject({
      VisibilityTimeout: '45',
      MessageRetentionPeriod: String(10 * 86_400),
      MaximumMessageSize: '1048576',
    })
    expect(JSON.parse(made['RedrivePolicy'] ?? '')).toEqual({
      deadLetterTargetArn: madeLetters['QueueArn'],
      maxReceiveCount: 25,
    })
    expect(madeLetters['MessageRetentionPeriod']).toBe(String(14 * 86_400))
    expect(logger.lines.filter((line) => line.startsWith('warn'))).toEqual([])
    // Again, and with other settings: it is there.
    await openProvider({ queues: [declaration(queue, { visibilityTimeoutSeconds: 60 })] })
    expect(await stranger.attributes(queue)).toMatchObject({ VisibilityTimeout: '45' })
  })

  it('makes FIFO queues where the name says so', async () => {
    const [queue, letters] = [queueName('.fifo'), queueName('.fifo')]
    await openProvider({ queues: [declaration(queue, { deadLetterQueue: letters })] })
    const stranger = new Stranger()
    expect(await stranger.attributes(queue)).toMatchObject({ FifoQueue: 'true' })
    expect(await stranger.attributes(letters)).toMatchObject({ FifoQueue: 'true' })
  })

  it('is safe when many processes do it at the same time', async () => {
    const [queue, letters] = [queueName(), queueName()]
    const seconds = [10, 20, 30, 40, 50]
    await Promise.all(
      seconds.map((visibilityTimeoutSeconds) =>
        openProvider({
          queues: [declaration(queue, { visibilityTimeoutSeconds, deadLetterQueue: letters })],
        }),
      ),
    )
    expect(readPolicy((await new Stranger().attributes(queue))['RedrivePolicy'])).toBeDefined()
  })

  it('copes with dead letter queues that lead in a circle', async () => {
    const [one, two] = [queueName(), queueName()]
    await openProvider({
      queues: [
        declaration(one, { deadLetterQueue: two }),
        declaration(two, { deadLetterQueue: one }),
      ],
    })
    expect((await new Stranger().attributes(two))['RedrivePolicy']).toContain(one)
  })

  it('leaves a policy that is there alone, and says what is wrong with it', async () => {
    const [queue, letters] = [queueName(), queueName()]
    const stranger = new Stranger()
    await stranger.create(letters)
    const { QueueArn } = await stranger.attributes(letters)
    const policy = JSON.stringify({ deadLetterTargetArn: QueueArn, maxReceiveCount: '3' })
    await stranger.create(queue, { RedrivePolicy: policy })
    const logger = listeningLogger()
    await openProvider({ queues: [declaration(queue, { deadLetterQueue: letters })], logger })
    expect((await stranger.attributes(queue))['RedrivePolicy']).toBe(policy)
    expect(logger.lines.join()).toContain(
      `queue ${queue}: its redrive policy takes jobs away after 3 receives, and 3 attempts need 4; ` +
        'set maxReceiveCount to 23',
    )
  })

  it('is not done unasked: what is missing is named', async () => {
    const [queue, letters] = [queueName(), queueName()]
    await new Stranger().create(queue)
    const open = openProvider({
      queues: [declaration(queue, { deadLetterQueue: letters })],
      connection: { createQueues: false },
    })
    await expect(open).rejects.toMatchObject({
      code: 'PKQ402',
      message: expect.stringContaining(`has no queue "${letters}"`),
    })
  })

  it('is not possible for a dead letter queue of another kind', async () => {
    const queue = queueName('.fifo')
    const open = openProvider({ queues: [declaration(queue, { deadLetterQueue: queueName() })] })
    await expect(open).rejects.toMatchObject({ code: 'PKQ406' })
  })
})

describe('the redrive policy', () => {
  const arn = 'arn:aws:sqs:us-east-1:1:letters'
  const jobs = declaration('jobs')

  it('is as it should be when it leaves time to settle', () => {
    expect(judgePolicy(jobs, { targetArn: arn, maxReceiveCount: 4 }, arn)).toBeNull()
    expect(judgePolicy(jobs, undefined, undefined)).toBeNull()
  })

  it.each([
    ['missing', jobs, undefined, arn, 'it has no redrive policy'],
    ['too eager', jobs, { targetArn: arn, maxReceiveCount: 3 }, arn, '3 attempts need 4'],
    [
      'too eager for FIFO, where giving back counts',
      declaration('jobs.fifo'),
      { targetArn: arn, maxReceiveCount: 5 },
      arn,
      '3 attempts need 6',
    ],
    [
      'not known to us',
      jobs,
      { targetArn: arn, maxReceiveCount: 9 },
      undefined,
      "set deadLetterQueue to 'letters'",
    ],
    [
      'leading elsewhere',
      jobs,
      { targetArn: `${arn}-2`, maxReceiveCount: 9 },
      arn,
      'leads to "letters-2"',
    ],
  ])('is warned about when it is %s', (_case, declared, policy, letters, expected) => {
    const { problem, hint } = judgePolicy(declared, policy, letters) ?? {}
    expect(`${problem}; ${hint}`).toContain(expected)
  })

  it('is read as SQS and its tools write it', () => {
    expect(readPolicy(`{"deadLetterTargetArn":"${arn}","maxReceiveCount":"7"}`)).toEqual({
      targetArn: arn,
      maxReceiveCount: 7,
    })
    for (const text of [undefined, '', 'null', '{', '{}']) expect(readPolicy(text)).toBeUndefined()
  })
})

describe('a job with more attempts than its queue', () => {
  const letterOf = async (queue: string, letters: string) => {
    const stranger = new Stranger()
    await stranger.untilEmpty(queue)
    const [letter] = await stranger.receive(letters)
    return readMeta(letter?.MessageAttributes?.['pikku']?.StringValue).origin
  }
  const later = (n: number): Outcome => ({
    type: 'retry',
    error: { name: 'E', message: `run ${n}` },
    delayMs: 0,
  })

  it('has all of them, whatever the redrive policy says', async () => {
    const [queue, letters] = [queueName(), queueName()]
    const provider = await openProvider({
      queues: [declaration(queue, { attempts: 1, deadLetterQueue: letters })],
    })
    const id = await sendOne(provider, queue, { attempts: 50 })
    const seen = work(provider, queue, ({ attempt }) => (attempt === 50 ? dead : later(attempt)))
    expect(await letterOf(queue, letters)).toMatchObject({ jobId: id, attemptsMade: 50 })
    expect(seen.jobs.map(({ attempt }) => attempt)).toEqual(
      Array.from({ length: 50 }, (_, n) => n + 1),
    )
    expect(new Set(seen.jobs.map((one) => one.id))).toEqual(new Set([id]))
  })

  it('has as many as the policy leaves on a FIFO queue, and a worker says so', async () => {
    const [queue, letters] = [queueName('.fifo'), queueName('.fifo')]
    const logger = listeningLogger()
    const provider = await openProvider({
      queues: [declaration(queue, { attempts: 1, deadLetterQueue: letters })],
      logger,
    })
    const id = await sendOne(provider, queue, { attempts: 50 })
    const seen = work(provider, queue, ({ attempt, maxAttempts }) =>
      attempt === maxAttempts ? dead : later(attempt),
    )
    expect(await letterOf(queue, letters)).toMatchObject({
      jobId: id,
      attemptsMade: 20,
      error: { message: 'declined' },
    })
    expect(seen.jobs.map(({ maxAttempts }) => maxAttempts)).toEqual([
      ...Array<number>(19).fill(50),
      20,
    ])
    expect(logger.lines.filter((line) => line.startsWith('warn'))).toEqual([
      expect.stringContaining('takes it away after 21 receives: attempt 20 is its last'),
    ])
  })
})

describe('a message that SQS itself moved', () => {
  it('into the dead letter queue is a dead letter with its own attempts', async () => {
    const [queue, letters] = [queueName(), queueName()]
    const stranger = new Stranger()
    await stranger.create(letters)
    const { QueueArn } = await stranger.attributes(letters)
    await stranger.create(queue, {
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: QueueArn, maxReceiveCount: 4 }),
    })
    const provider = await openProvider({
      queues: [declaration(queue, { deadLetterQueue: letters }), declaration(letters)],
    })
    const id = await sendOne(provider, queue, { data: 'unlucky', attempts: 9 })
    // Workers that die each time.
    for (let n = 0; n < 5; n += 1) await stranger.receive(queue, 0)
    const seen = work(provider, letters, ({ attempt }) =>
      attempt < 3 ? { type: 'retry', error: { name: 'E', message: '' }, delayMs: 0 } : done,
    )
    await until(() => seen.jobs.length === 3, 'its three attempts')
    expect(seen.jobs.map(({ attempt }) => attempt)).toEqual([1, 2, 3])
    expect(seen.jobs[0]).toMatchObject({
      data: 'unlucky',
      maxAttempts: 3,
      origin: { queueName: queue, jobId: id, error: null },
    })
    await stranger.untilEmpty(letters)
  })

  it.each([0, 100])(
    'runs although only %i bytes are left to say where it came from',
    async (room) => {
      const [queue, letters] = [queueName(), queueName()]
      const stranger = new Stranger()
      await stranger.create(letters)
      const { QueueArn } = await stranger.attributes(letters)
      await stranger.create(queue, {
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn: QueueArn, maxReceiveCount: 4 }),
      })
      const body = JSON.stringify('x'.repeat(mostBytes - room - 2))
      const messageId = await stranger.send(queue, body)
      for (let n = 0; n < 5; n += 1) await stranger.receive(queue, 0)

      const logger = listeningLogger()
      const { provider, proxy } = await openBehindProxy({
        queues: [declaration(letters)],
        logger,
      })
      // The emulator does not say of a message that it moved it, as SQS does.
      proxy.intercept('ReceiveMessage', async (_, forward) => {
        const { status, body: answer } = await forward()
        const messages = (answer['Messages'] ?? []) as Message[]
        for (const message of messages) {
          if (message.MessageId !== messageId) continue
          message.Attributes = { ...message.Attributes, DeadLetterQueueSourceArn: `arn:${queue}` }
        }
        return { status, body: answer }
      })
      const seen = work(provider, letters, ({ attempt }) => (attempt < 3 ? retry() : done))
      await until(() => seen.jobs.length === 3, 'its three attempts')
      await stranger.untilEmpty(letters)
      expect(seen.jobs.map(({ attempt }) => attempt)).toEqual([1, 2, 3])
      expect(seen.jobs.every(({ data }) => JSON.stringify(data) === body)).toBe(true)
      expect(logger.lines.filter((line) => line.startsWith('warn'))).toEqual([
        expect.stringContaining('too large to say where it came from'),
      ])
      expect(proxy.requests.filter(({ action }) => action === 'SendMessageBatch')).toHaveLength(1)
    },
  )

  it('back to where it had failed is a job again, its attempts counted anew', async () => {
    const [queue, letters] = [queueName(), queueName()]
    const provider = await openProvider({
      queues: [declaration(queue, { deadLetterQueue: letters })],
    })
    const id = await sendOne(provider, queue, { data: 'again' })
    const first = work(provider, queue, () => ({
      type: 'dead',
      error: { name: 'E', message: 'declined' },
    }))
    await until(() => first.jobs.length === 1, 'the job')
    const stranger = new Stranger()
    await stranger.untilEmpty(queue)
    await provider.close(5_000)
    const [letter] = await stranger.receive(letters)
    await stranger.send(queue, letter?.Body ?? '', letter?.MessageAttributes)
    const next = await openProvider({ queues: [declaration(queue)] })
    const seen = work(next, queue, () => (seen.jobs.length < 3 ? released : done))
    await until(() => seen.jobs.length === 3, 'the job')
    for (const one of seen.jobs) {
      expect(one).toMatchObject({ id, data: 'again', attempt: 1, origin: undefined })
    }
  })
})
