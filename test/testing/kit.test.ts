import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { createDefinitions } from '../../src/runtime/define.ts'
import { createRegistry } from '../../src/runtime/registry.ts'
import { createTestQueues } from '../../src/runtime/testing/index.ts'
import { PikkuQueue, wired } from './shop.ts'

const client = PikkuQueue
const idle = { numbers: () => undefined }

describe('what is wired', () => {
  it('may be nothing, where only adding is tested; drain and advance say so', async () => {
    await using kit = await createTestQueues({ client, registry: createRegistry() })
    await kit.client.add('numbers', 1)
    expect(kit.jobs('numbers')).toMatchObject([{ status: 'waiting', data: 1 }])
    const nothingWired = { code: 'PKQ505', hint: expect.stringContaining('import the files') }
    await expect(kit.drain()).rejects.toMatchObject(nothingWired)
    await expect(kit.advance(1)).rejects.toMatchObject(nothingWired)
  })

  it('runs, even what waits to be started by name; other queues wait', async () => {
    const registry = wired(idle, { numbers: { autorun: false } })
    await using kit = await createTestQueues({ client, registry })
    await kit.client.add('numbers', 1)
    await kit.client.add('letters', 1)
    await kit.drain()
    expect(kit.jobs('numbers')).toMatchObject([{ status: 'completed' }])
    expect(kit.jobs('letters')).toMatchObject([{ status: 'waiting' }])
  })

  it('is what the process has wired, where no registry is given', async () => {
    const { wireQueueWorker, pikkuSessionlessFunc } = createDefinitions()
    wireQueueWorker({ queue: 'numbers', func: pikkuSessionlessFunc<number>(() => undefined) })
    for (const data of [1, 2]) {
      await using kit = await createTestQueues({ client })
      await kit.client.add('numbers', data)
      await kit.drain()
      expect(kit.jobs('numbers')).toMatchObject([{ status: 'completed' }])
    }
  })

  it('has to have a contract', async () => {
    const registry = createRegistry()
    createDefinitions(registry).wireQueueWorker({ queue: 'new', func: { func: () => undefined } })
    await expect(createTestQueues({ client, registry })).rejects.toMatchObject({ code: 'PKQ402' })
  })
})

it('shares nothing with another', async () => {
  const registry = wired(idle)
  await using one = await createTestQueues({ client, registry })
  await using two = await createTestQueues({ client, registry })
  await one.client.add('numbers', 1)
  expect(two.jobs('numbers')).toEqual([])
})

it('hands out copies: what a test does to a job changes nothing', async () => {
  await using kit = await createTestQueues({ client, registry: wired({}) })
  const id = await kit.client.add('mails', { to: 'ada', at: new Date(1) })
  const [job] = kit.jobs('mails')
  if (job) job.data.to = 'grace'
  expect(await kit.client.getJob('mails', id)).toMatchObject({ data: { to: 'ada' } })
})

it('takes a job that is added in a transaction at once', async () => {
  await using kit = await createTestQueues({ client, registry: wired(idle) })
  const tx = { query: () => Promise.reject(new Error('it was asked')) }
  await kit.client.add('numbers', 1, { tx })
  await kit.drain()
  expect(kit.jobs('numbers')).toMatchObject([{ status: 'completed', data: 1 }])
})

it('says that there is no such queue', async () => {
  await using kit = await createTestQueues({ client, registry: wired(idle) })
  // @ts-expect-error -- TypeScript says so, too
  expect(() => kit.jobs('emails')).toThrow(expect.objectContaining({ code: 'PKQ402' }))
  // @ts-expect-error -- likewise
  expect(() => kit.deadLetters('toString')).toThrow(expect.objectContaining({ code: 'PKQ402' }))
  // @ts-expect-error -- the client is typed as well
  await expect(kit.client.add('numbers', 'one')).rejects.toMatchObject({ code: 'PKQ401' })
})

it('close aborts what still runs, and ends the client', async () => {
  const registry = wired({
    numbers: async (_services, _data, { queue }) => {
      if (queue) await once(queue.signal, 'abort')
    },
  })
  const kit = await createTestQueues({ client, registry })
  await kit.client.add('numbers', 1)
  const drained = kit.drain()
  await kit.close()
  await drained
  expect(kit.jobs('numbers')).toMatchObject([{ status: 'completed' }])
  await expect(kit.client.add('numbers', 2)).rejects.toMatchObject({ code: 'PKQ408' })
})

it('drain comes to an end with an error where each job adds the next', async () => {
  let isOver = false
  const registry = wired({
    numbers: async ({ queues }, data) => {
      if (!isOver) await queues.add('numbers', data + 1)
    },
  })
  await using kit = await createTestQueues({
    client,
    registry,
    services: (own) => ({ queues: own }),
  })
  await kit.client.add('numbers', 1)
  await expect(kit.drain()).rejects.toMatchObject({ code: 'PKQ510' })
  isOver = true
  await kit.drain()
  expect(await kit.client.counts('numbers')).toMatchObject({ waiting: 0, active: 0, failed: 0 })
})
