import { describe, expect, it } from 'vitest'
import type { SqsAnswer, SqsRequest } from '../../support/sqs-proxy.ts'
import {
  declaration,
  idOf,
  job,
  openBehindProxy,
  openProvider,
  queueName,
  sendOne,
  Stranger,
  until,
  work,
} from './fixture.ts'

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n)
const jobs = (count: number) => numbers(count).map((data) => job({ data }))

/** The answer, but for those entries, which fail. They are not sent on. */
async function failing(
  request: SqsRequest,
  forward: (request: SqsRequest) => Promise<SqsAnswer>,
  fails: (body: string) => boolean,
  senderFault: boolean,
): Promise<SqsAnswer> {
  const { Entries = [] } = request
  const failed = Entries.filter(({ MessageBody = '' }) => fails(MessageBody))
  const rest = Entries.filter((entry) => !failed.includes(entry))
  const answer: SqsAnswer =
    rest.length > 0 ? await forward({ ...request, Entries: rest }) : { status: 200, body: {} }
  const Failed = failed.map(({ Id }) => ({
    Id,
    SenderFault: senderFault,
    Code: senderFault ? 'InvalidParameterValue' : 'InternalError',
    Message: 'not that one',
  }))
  return { status: 200, body: { Successful: [], ...answer.body, Failed } }
}

describe('sending', () => {
  it('goes in batches of ten and of a mebibyte, and answers in order', async () => {
    const queue = queueName()
    const { provider, proxy } = await openBehindProxy({ queues: [declaration(queue)] })
    const large = numbers(5).map((n) => job({ data: String(n).repeat(400_000) }))
    const results = await provider.send(queue, [...jobs(25), ...large])
    expect(new Set(results.map(idOf)).size).toBe(30)
    const sizes = proxy.requests
      .filter(({ action }) => action === 'SendMessageBatch')
      .map(({ request }) => request.Entries?.length)
    // Two of the large ones fit into one call; five small ones go with the first two.
    expect(sizes.toSorted()).toEqual([1, 10, 10, 2, 7])
    const seen = work(provider, queue)
    await until(() => seen.jobs.length === 30, 'all of them')
    const byId = new Map(seen.jobs.map(({ id, data }) => [id, data]))
    expect(results.slice(0, 25).map((result) => byId.get(idOf(result)))).toEqual(numbers(25))
  })

  it('sends an entry again that SQS could not take this time', async () => {
    const queue = queueName()
    const { provider, proxy } = await openBehindProxy({ queues: [declaration(queue)] })
    let times = 0
    proxy.intercept('SendMessageBatch', (request, forward) => {
      times += 1
      return failing(request, forward, (body) => times === 1 && Number(body) % 3 === 0, false)
    })
    const results = await provider.send(queue, jobs(10))
    expect(results.map(idOf)).toHaveLength(10)
    expect(times).toBe(2)
    expect(await new Stranger().counts(queue)).toEqual([10, 0, 0])
  })

  it('reports an entry that is refused, or fails again and again, to its own caller', async () => {
    const queue = queueName()
    const { provider, proxy } = await openBehindProxy({ queues: [declaration(queue)] })
    for (const senderFault of [true, false]) {
      proxy.intercept('SendMessageBatch', (request, forward) =>
        failing(request, forward, (body) => body === '1', senderFault),
      )
      const results = await provider.send(queue, jobs(3))
      expect(results).toEqual([
        { id: expect.any(String) },
        {
          error: expect.objectContaining({
            code: 'PKQ608',
            message: expect.stringContaining('not that one'),
          }),
        },
        { id: expect.any(String) },
      ])
    }
    expect(await new Stranger().counts(queue)).toEqual([4, 0, 0])
  })

  it('does not send a later job of a FIFO group before one that failed', async () => {
    const queue = queueName('.fifo')
    const { provider, proxy } = await openBehindProxy({ queues: [declaration(queue)] })
    // The first time, 1 of 0, 1, 2 fails: to send it again now would put it behind 2.
    let times = 0
    proxy.intercept('SendMessageBatch', (request, forward) => {
      times += 1
      return failing(request, forward, (body) => times === 1 && body === '1', false)
    })
    const results = await provider.send(queue, jobs(3))
    expect(results.map((result) => 'id' in result)).toEqual([true, false, true])
    // The last one of a group may be sent again.
    times = 0
    const again = await provider.send(queue, [job({ data: 0 }), job({ data: 1 })])
    expect(again.map((result) => 'id' in result)).toEqual([true, true])
    const seen = work(provider, queue)
    await until(() => seen.jobs.length === 4, 'those that were stored')
    expect(seen.jobs.map(({ data }) => data)).toEqual([0, 2, 0, 1])
  })

  it('stops at a batch that fails as a whole', async () => {
    const queue = queueName('.fifo')
    const { provider, proxy } = await openBehindProxy({
      queues: [declaration(queue)],
      role: 'producer',
    })
    await sendOne(provider, queue)
    proxy.intercept('SendMessageBatch', (request, forward) =>
      request.Entries?.some(({ MessageBody }) => MessageBody === '15') ? 'cut' : forward(),
    )
    const results = await provider.send(queue, jobs(40))
    expect(results.map((result) => 'id' in result)).toEqual(numbers(40).map((n) => n < 10))
    expect(results[39]).toMatchObject({ error: { code: 'PKQ601' } })
  })

  it('refuses what does not fit with what is told beside it, and nothing else', async () => {
    const queue = queueName()
    const provider = await openProvider({ queues: [declaration(queue)] })
    // Three bytes that become six.
    const results = await provider.send(queue, [
      job({ data: 'small' }),
      job({ data: '\uffff'.repeat(300_000) }),
      job({ data: 'x'.repeat(1_048_500) }),
    ])
    expect(results).toEqual([
      { id: expect.any(String) },
      { error: expect.objectContaining({ code: 'PKQ410' }) },
      { error: expect.objectContaining({ code: 'PKQ410' }) },
    ])
  })

  it('says so when the queue itself takes less', async () => {
    const queue = queueName()
    await new Stranger().create(queue, { MaximumMessageSize: '1024' })
    const provider = await openProvider({ queues: [declaration(queue)] })
    const [result] = await provider.send(queue, [job({ data: 'x'.repeat(1_000) })])
    expect(result).toMatchObject({
      error: { code: 'PKQ410', message: expect.stringContaining('1024 bytes') },
    })
  })

  it('delays by whole seconds', async () => {
    const queue = queueName()
    const { provider, proxy } = await openBehindProxy({ queues: [declaration(queue)] })
    await provider.send(
      queue,
      [0, 1, 1_000, 899_001].map((delayMs) => job({ delayMs })),
    )
    const sent = proxy.requests.find(({ action }) => action === 'SendMessageBatch')
    const delays = sent?.request.Entries?.map(
      (entry) => Reflect.get(entry, 'DelaySeconds') as number,
    )
    expect(delays).toEqual([undefined, 1, 1, 900])
  })

  it('finds a queue that was deleted and made again', async () => {
    const queue = queueName()
    const provider = await openProvider({
      queues: [declaration(queue)],
      role: 'producer',
      connection: { createQueues: false },
    })
    const stranger = new Stranger()
    await expect(sendOne(provider, queue)).rejects.toMatchObject({
      code: 'PKQ402',
      message: expect.stringContaining(`has no queue "${queue}"`),
      hint: expect.stringContaining('--create-queues'),
    })
    await stranger.create(queue)
    await sendOne(provider, queue)
    expect(await stranger.counts(queue)).toEqual([1, 0, 0])
  })
})
