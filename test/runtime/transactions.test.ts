import { describe, expect, it } from 'vitest'
import { capabilities } from '../../src/runtime/capabilities.ts'
import { QueueClient } from '../../src/runtime/client.ts'
import type { Contracts } from '../../src/runtime/contract.ts'
import type { OutgoingJob, SendResult } from '../../src/runtime/provider.ts'
import { kindOfTransaction, type Transaction } from '../../src/runtime/transaction.ts'
import { MemoryProvider } from '../support/memory-provider.ts'

const contract = { input: { type: 'number' }, output: {}, defaults: {} }
const contracts: Contracts = {
  queues: { a: contract, b: contract, 'c.fifo': contract },
  $defs: {},
}
type Queues = Record<'a' | 'b' | 'c.fifo', { input: number; output: void }>

/** Answers statements when it is told to, and remembers which were under way together. */
class TransactionalProvider extends MemoryProvider {
  readonly sentIn: { tx: Transaction; queue: string; data: unknown[] }[] = []
  readonly answers: (() => void)[] = []

  async sendIn(tx: Transaction, queue: string, jobs: OutgoingJob[]): Promise<SendResult[]> {
    this.sentIn.push({ tx, queue, data: jobs.map(({ data }) => data) })
    await new Promise<void>((resolve) => this.answers.push(resolve))
    return jobs.map(({ data }) =>
      data === 0 ? { error: new Error('no') } : { id: `id-${Number(data)}` },
    )
  }
}

const transaction = (): Transaction => ({ query: () => Promise.reject(new Error('not asked')) })

describe('adds in a transaction', () => {
  const open = () => {
    const provider = new TransactionalProvider()
    return { provider, client: new QueueClient<Queues>(provider, contracts) }
  }

  it('go together in their order, apart from other transactions and from adds outside', async () => {
    const { provider, client } = open()
    const [tx, other] = [transaction(), transaction()]
    const added = [
      client.add('a', 1, { tx }),
      client.add('a', 2),
      client.add('a', 3, { tx }),
      client.queues.a.add(4, { tx: other }),
      ...[client.addBulk('a', [{ data: 5, options: { tx } }, { data: 6 }])].flat(),
    ]
    await expect.poll(() => provider.answers.length).toBe(2)
    expect(provider.sentIn).toEqual([
      { tx, queue: 'a', data: [1, 3, 5] },
      { tx: other, queue: 'a', data: [4] },
    ])
    expect(provider.sent.map(({ job }) => job.data)).toEqual([2, 6])
    for (const answer of provider.answers) answer()
    expect(await Promise.all(added)).toEqual(['id-1', 'id-0', 'id-3', 'id-4', ['id-5', 'id-1']])
    expect(provider.sent[0]?.job).not.toHaveProperty('tx')
  })

  it('wait for each other, whatever the queue, and for a failure too', async () => {
    const { provider, client } = open()
    const tx = transaction()
    const first = client.add('a', 0, { tx })
    const second = client.add('b', 2, { tx })
    await expect.poll(() => provider.answers.length).toBe(1)
    await new Promise((resolve) => setImmediate(resolve))
    expect(provider.sentIn.map(({ queue }) => queue)).toEqual(['a'])
    provider.answers[0]?.()
    await expect(first).rejects.toThrow('no')
    await expect.poll(() => provider.answers.length).toBe(2)
    provider.answers[1]?.()
    expect(await second).toBe('id-2')
  })

  it('are refused where the provider has no transactions, before anything is sent', async () => {
    const { provider, client } = open()
    Object.assign(provider, { capabilities: capabilities.bullmq })
    const refused = {
      code: 'PKQ409',
      message: 'adding in a transaction is not supported on BullMQ (Redis)',
    }
    const tx = transaction()
    await expect(client.add('a', 1, { tx })).rejects.toMatchObject(refused)
    const bulk = client.addBulk('a', [{ data: 1 }, { data: 2, options: { tx } }])
    await expect(bulk).rejects.toMatchObject(refused)
    expect(provider.calls).toEqual([])
  })
})

describe('what only some queues of a provider can', () => {
  it.each([{ jobId: 'a' }, { group: 'a' }])(
    '%j is refused on others, which says so',
    async (options) => {
      const provider = Object.assign(new MemoryProvider(), { capabilities: capabilities.sqs })
      const client = new QueueClient<Queues>(provider, contracts)
      await expect(client.add('a', 1, options)).rejects.toMatchObject({
        code: 'PKQ409',
        hint: 'Queues whose names end in .fifo have it.',
      })
      await expect(client.add('a', 1, { priority: 1 })).rejects.not.toHaveProperty('hint')
      await client.add('c.fifo', 1, options)
      expect(provider.sent).toHaveLength(1)
    },
  )
})

describe('a transaction is known by its shape', () => {
  const method = () => undefined
  // As Prisma makes its transactions: what they must not do is there and undefined.
  const prisma = new Proxy(
    {},
    { get: (_, name) => (name === '$queryRawUnsafe' ? method : undefined) },
  )

  it.each([
    ['pg', { query: method }],
    ['prisma', prisma],
    ['prisma', { $queryRawUnsafe: method, query: method }],
    ['kysely', { isTransaction: true, executeQuery: method }],
    ['knex', Object.assign(() => undefined, { isTransaction: true, raw: method, query: method })],
    ['drizzle', { execute: method, rollback: method, query: {} }],
    [undefined, { query: method, totalCount: 0, connect: method }],
    [undefined, { $queryRawUnsafe: method, $connect: method }],
    [undefined, { isTransaction: false, executeQuery: method }],
    [undefined, Object.assign(() => undefined, { isTransaction: false, raw: method })],
    [undefined, { execute: method, query: {} }],
    [undefined, { rollback: method }],
    [undefined, {}],
    [undefined, null],
    [undefined, 'BEGIN'],
    [undefined, undefined],
  ])('%s', (kind, tx) => {
    expect(kindOfTransaction(tx)).toBe(kind)
  })
})
