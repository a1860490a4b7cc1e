import { describe, expect, it } from 'vitest'
import { QueueClient } from '../../src/runtime/client.ts'
import type { Contracts, QueueContract } from '../../src/runtime/contract.ts'
import type { QueueHandle } from '../../src/runtime/client-types.ts'
import { MemoryProvider } from '../support/memory-provider.ts'

interface Queues {
  sum: { input: number[]; output: number }
  tick: { input: void; output: void }
  'send-mail': { input: { to: string }; output: string }
  constructor: { input: string; output: void }
  __proto__: { input: boolean; output: void }
}

const contract = (input: object, output: object = {}): QueueContract => ({
  input: { ...input },
  output: { ...output },
  defaults: { attempts: 2 },
})
const contracts: Contracts = {
  queues: {
    sum: contract({ type: 'array', items: { type: 'number' } }, { type: 'number' }),
    tick: contract({ type: 'null', 'x-type': 'undefined' }),
    'send-mail': contract({ type: 'object' }, { type: 'string' }),
    ['constructor']: contract({ type: 'string' }),
    ['__proto__']: contract({ type: 'boolean' }),
  },
  $defs: {},
}

function createClient() {
  const provider = new MemoryProvider()
  return { provider, client: new QueueClient<Queues>(provider, contracts) }
}

describe('the queues of a client', () => {
  it('are those of the contract, whatever they are called, and no others', async () => {
    const { provider, client } = createClient()
    expect(Object.keys(client.queues).sort()).toEqual(Object.keys(contracts.queues).sort())
    expect('toString' in client.queues).toBe(false)
    expect('hasOwnProperty' in client.queues).toBe(false)
    await client.queues.constructor.add('a')
    await client.queues.__proto__.add(true)
    await client.queues['send-mail'].add({ to: 'a' })
    expect(provider.sent.map(({ queue, job }) => [queue, job.data])).toEqual([
      ['constructor', 'a'],
      ['__proto__', true],
      ['send-mail', { to: 'a' }],
    ])
  })

  it('have their names, and stay what they are', () => {
    const { queues } = createClient().client
    expect(queues.sum.name).toBe('sum')
    expect(queues.sum).toBe(queues.sum)
    // @ts-expect-error they are read-only
    expect(() => (queues.sum = queues.sum)).toThrow(TypeError)
  })

  it('connect to nothing when they are only looked at', () => {
    const { provider, client } = createClient()
    expect(client.queues.tick.name).toBe('tick')
    expect(provider.calls).toEqual([])
  })
})

describe('a queue', () => {
  it('adds with the connection, the batches and the defaults of its client', async () => {
    const { provider, client } = createClient()
    const { sum, tick } = client.queues
    await Promise.all([sum.add([1]), client.add('sum', [2]), sum.add([3], { priority: 5 })])
    await tick.add()
    await sum.addBulk([{ data: [4] }, { data: [5], options: { attempts: 9 } }])
    expect(provider.calls).toEqual(['open', 'send 3', 'send 1', 'send 2'])
    expect(provider.sent.map(({ job }) => [job.data, job.priority, job.attempts])).toEqual([
      [[1], 0, 2],
      [[2], 0, 2],
      [[3], 5, 2],
      [null, 0, 2],
      [[4], 0, 2],
      [[5], 0, 9],
    ])
  })

  it('refuses what does not fit, to the compiler and before anything is sent', async () => {
    const { provider, client } = createClient()
    const { sum } = client.queues
    // @ts-expect-error a wrong payload
    await expect(sum.add(['1'])).rejects.toMatchObject({
      code: 'PKQ401',
      message: 'the payload of queue "sum" does not fit its type: [0] must be a number',
    })
    // @ts-expect-error a missing payload
    await expect(sum.add()).rejects.toMatchObject({ code: 'PKQ401' })
    // @ts-expect-error an unknown option
    await expect(sum.add([1], { delayed: 1 })).rejects.toMatchObject({ code: 'PKQ406' })
    // @ts-expect-error there is no such queue
    expect(client.queues.sums).toBeUndefined()
    expect(provider.sent).toEqual([])
  })

  it('shows a job, follows it and waits for it, typed', async () => {
    const { provider, client } = createClient()
    const { sum } = client.queues
    provider.change('1', { queueName: 'sum', status: 'active', data: [1, 2], progress: 50 })
    const job = await sum.getJob('1')
    const data: number[] | undefined = job?.data
    expect(data).toEqual([1, 2])
    const heard: unknown[] = []
    const stop = sum.onProgress('1', (progress) => heard.push(progress))
    await expect.poll(() => heard).toEqual([50])
    stop()
    const result = sum.waitForCompletion('1')
    provider.change('1', { status: 'completed', result: 3 })
    const value: number = await result
    expect(value).toBe(3)
    const events: unknown[] = []
    for await (const event of sum.events('1')) events.push(event.type)
    expect(events).toEqual(['progress', 'completed'])
    await expect.poll(() => provider.watchers.size).toBe(0)
    await expect(sum.waitForCompletion('none')).rejects.toMatchObject({ code: 'PKQ407' })
  })

  it('removes, retries and counts what its client does', async () => {
    const { provider, client } = createClient()
    const asked: unknown[] = []
    const counts = { waiting: 1, delayed: 0, active: 0, completed: 0, failed: 0, discarded: 0 }
    Object.assign(provider, {
      remove: (...given: unknown[]) => Promise.resolve(asked.push(['remove', ...given]) > 0),
      retry: (...given: unknown[]) => Promise.resolve(asked.push(['retry', ...given]) > 0),
      counts: (...given: unknown[]) => {
        asked.push(['counts', ...given])
        return Promise.resolve(counts)
      },
    })
    const { sum } = client.queues
    expect(await sum.remove('1')).toBe(true)
    expect(await sum.retry('2')).toBe(true)
    expect(await sum.counts()).toEqual(counts)
    expect(await client.counts('sum')).toEqual(counts)
    expect(asked).toEqual([
      ['remove', 'sum', '1'],
      ['retry', 'sum', '2'],
      ['counts', 'sum'],
      ['counts', 'sum'],
    ])
  })

  it('says so where the provider cannot, and when its client is closed', async () => {
    const { client } = createClient()
    const { sum } = client.queues
    for (const call of [sum.remove('1'), sum.retry('1'), sum.counts()]) {
      await expect(call).rejects.toMatchObject({ code: 'PKQ409' })
    }
    await client.close()
    await expect(sum.add([1])).rejects.toMatchObject({ code: 'PKQ408' })
    await expect(sum.getJob('1')).rejects.toMatchObject({ code: 'PKQ408' })
    const heard = new Promise((resolve) => {
      sum.onProgress('1', () => undefined, resolve)
    })
    expect(await heard).toMatchObject({ code: 'PKQ408' })
  })

  it('can be handed to code that knows payload and result, and no more of the client', async () => {
    const { provider, client } = createClient()
    const twice = async <In>(queue: QueueHandle<In, unknown>, jobs: readonly { data: In }[]) =>
      queue.addBulk([...jobs, ...jobs])
    await twice(client.queues.sum, [{ data: [1] }])
    // @ts-expect-error the payload is another queue's
    await expect(twice(client.queues['send-mail'], [{ data: [1] }])).rejects.toThrow(
      'does not fit its type',
    )
    expect(provider.sent).toHaveLength(2)
  })
})

it('a client names the queues there are when it is asked for another', async () => {
  const { client } = createClient()
  // @ts-expect-error there is no such queue
  await expect(client.add('sums', [1])).rejects.toMatchObject({
    code: 'PKQ402',
    hint: expect.stringContaining('sum, tick, send-mail') as string,
  })
  // @ts-expect-error every object has one of that name, but it is no queue
  expect(() => client.onProgress('toString', '1', () => undefined)).toThrow(
    'there is no queue "toString"',
  )
})
