import { describe, expect, it, vi } from 'vitest'
import { QueueClient } from '../../src/runtime/client.ts'
import type { Contracts } from '../../src/runtime/contract.ts'
import { PikkuQueueError } from '../../src/runtime/errors.ts'
import type { QueueProvider } from '../../src/runtime/provider.ts'
import { MemoryProvider } from '../support/memory-provider.ts'
import { listeningLogger } from '../support/provider-work.ts'

interface Queues {
  email: { input: { to: string }; output: void }
  sum: { input: number[]; output: number }
  tick: { input: void; output: void }
}
const contracts: Contracts = {
  queues: {
    email: {
      input: {
        type: 'object',
        properties: { to: { type: 'string' } },
        required: ['to'],
        additionalProperties: false,
      },
      output: { type: 'null', 'x-type': 'undefined' },
      defaults: { attempts: 5, deadLetterQueue: 'dead' },
    },
    sum: {
      input: { type: 'array', items: { type: 'number' } },
      output: { type: 'number' },
      defaults: {},
    },
    tick: { input: { type: 'null', 'x-type': 'undefined' }, output: {}, defaults: {} },
  },
  $defs: {},
}

function createClient() {
  const provider = new MemoryProvider()
  return { provider, client: new QueueClient<Queues>(provider, contracts) }
}

describe('adding', () => {
  it('connects at the first use, once, and declares what the contract knows', async () => {
    const { provider, client } = createClient()
    expect(provider.calls).toEqual([])
    await Promise.all([
      client.add('sum', [1]),
      client.add('sum', [2]),
      client.add('email', { to: 'a' }),
    ])
    expect(provider.calls).toEqual(['open', 'send 2', 'send 1'])
    expect(provider.opened.map(({ name, attempts }) => [name, attempts])).toEqual([
      ['email', 5],
      ['sum', 3],
      ['tick', 3],
    ])
  })

  it('takes the defaults from the contract and sends the options beside the payload', async () => {
    const { provider, client } = createClient()
    await client.add('email', { to: 'a' }, { timeout: 50, priority: 'high', delay: 5, jobId: 'x' })
    await client.add('tick')
    expect(provider.sent).toEqual([
      {
        queue: 'email',
        job: {
          id: 'x',
          delayMs: 5,
          priority: 10,
          attempts: 5,
          data: { $pikku: { timeout: 50 }, payload: { to: 'a' } },
        },
      },
      {
        queue: 'tick',
        job: { id: undefined, delayMs: 0, priority: 0, attempts: 3, data: null },
      },
    ])
  })

  it('refuses before anything is sent, with the path and the reason', async () => {
    const { provider, client } = createClient()
    // @ts-expect-error a wrong payload is a compile error too
    await expect(client.add('email', { to: 5 })).rejects.toMatchObject({
      code: 'PKQ401',
      issues: [{ path: 'to' }],
    })
    // @ts-expect-error an extra property
    await expect(client.add('email', { to: 'a', cc: 'b' })).rejects.toThrow('cc')
    // @ts-expect-error a missing payload
    await expect(client.add('email')).rejects.toThrow('does not fit its type')
    // @ts-expect-error an unknown queue
    await expect(client.add('mail', { to: 'a' })).rejects.toThrow('there is no queue "mail"')
    // @ts-expect-error every object has one of that name, but it is no queue
    await expect(client.counts('constructor')).rejects.toThrow('there is no queue "constructor"')
    // @ts-expect-error an unknown option
    await expect(client.add('tick', undefined, { tiemout: 1 })).rejects.toThrow('not an option')
    // @ts-expect-error the second of many
    const bulk = client.addBulk('sum', [{ data: [1] }, { data: 'x' }])
    await expect(bulk).rejects.toThrow('does not fit its type')
    expect(provider.sent).toEqual([])
  })

  it('tries to connect again after it could not', async () => {
    const { provider, client } = createClient()
    provider.openError = new Error('away')
    await expect(client.add('tick')).rejects.toThrow('away')
    provider.openError = undefined
    await expect(client.add('tick')).resolves.toBe('id-0')
  })

  it('sends what was added before it closes, and nothing after', async () => {
    const { provider, client } = createClient()
    await client.add('tick')
    const added = client.add('tick')
    await added
    await client.close()
    await client.close()
    expect(provider.calls).toEqual(['open', 'send 1', 'send 1', 'close'])
    await expect(client.add('tick')).rejects.toThrow('the queue client is closed')
  })
})

describe('closing', () => {
  it('waits for adds that wait for the connection', async () => {
    const { provider, client } = createClient()
    const added = client.add('tick')
    await client.close()
    expect(await added).toBe('id-0')
    expect(provider.calls).toEqual(['open', 'send 1', 'close'])
  })

  it('connects to nothing when nothing was done', async () => {
    const { provider, client } = createClient()
    await client.close()
    expect(provider.calls).toEqual([])
  })
})

describe('following', () => {
  it('resolves with the result, typed, when the job completes', async () => {
    const { provider, client } = createClient()
    provider.change('1', { queueName: 'sum', status: 'active' })
    const waiting = client.waitForCompletion('sum', '1')
    await expect.poll(() => provider.watchers.size).toBe(1)
    provider.change('1', { status: 'completed', result: 3 })
    const sum: number = await waiting
    expect(sum).toBe(3)
    expect(provider.watchers.size).toBe(0)
  })

  it('throws what became of it otherwise', async () => {
    const { provider, client } = createClient()
    provider.change('f', { status: 'failed', error: { name: 'Error', message: 'declined' } })
    provider.change('d', { status: 'discarded', error: { name: 'Error', message: 'obsolete' } })
    provider.change('w', { status: 'waiting' })
    await expect(client.waitForCompletion('email', 'f')).rejects.toMatchObject({
      name: 'JobFailedError',
      message: 'job f of queue "email" failed: declined',
      jobError: { message: 'declined' },
    })
    await expect(client.waitForCompletion('email', 'd')).rejects.toMatchObject({
      name: 'JobDiscardedError',
      reason: 'obsolete',
    })
    await expect(client.waitForCompletion('email', 'w', { timeout: 20 })).rejects.toMatchObject({
      name: 'WaitTimeoutError',
      message: 'job w of queue "email" has not ended within 20 ms',
    })
    await expect(client.waitForCompletion('email', 'none')).rejects.toMatchObject({
      code: 'PKQ407',
    })
    provider.change('c', { queueName: 'sum', status: 'completed', result: 3 })
    // Even no time at all is enough to see that a job has ended.
    await expect(client.waitForCompletion('sum', 'c', { timeout: 0 })).resolves.toBe(3)
    await expect(client.waitForCompletion('sum', 'c', { timeout: Infinity })).resolves.toBe(3)
    await expect(client.waitForCompletion('sum', 'c', { timeout: 1e12 })).resolves.toBe(3)
    await expect(client.waitForCompletion('sum', 'c', { timeout: -1 })).rejects.toMatchObject({
      code: 'PKQ406',
    })
    const controller = new AbortController()
    const aborted = client.waitForCompletion('email', 'w', { signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(aborted).rejects.toThrow('enough')
    expect(provider.watchers.size).toBe(0)
  })

  it('ends with the client', async () => {
    const { provider, client } = createClient()
    provider.change('1', { status: 'active' })
    const waiting = client.waitForCompletion('email', '1').catch((error: unknown) => error)
    await expect.poll(() => provider.watchers.size).toBe(1)
    await client.close()
    expect(await waiting).toMatchObject({ code: 'PKQ408' })
    expect(provider.watchers.size).toBe(0)
  })

  it('says why, when the server could not be asked in the end', async () => {
    const { provider, client } = createClient()
    const away = new PikkuQueueError('PKQ601', 'the server cannot be reached')
    vi.spyOn(provider, 'find').mockRejectedValue(away)
    const waiting = client.waitForCompletion('email', '1', { timeout: 20 })
    await expect(waiting).rejects.toMatchObject({
      code: 'PKQ405',
      hint: expect.stringContaining('the server cannot be reached') as string,
      cause: away,
    })
    await expect(
      client.waitForCompletion('email', '1', { signal: AbortSignal.abort(new Error('enough')) }),
    ).rejects.toThrow('enough')
  })

  it('yields what happens to a job, in order, each once', async () => {
    const { provider, client } = createClient()
    provider.change('1', { queueName: 'sum' })
    const events: unknown[] = []
    const followed = (async () => {
      for await (const event of client.events('sum', '1')) events.push(event)
    })()
    const steps: Parameters<MemoryProvider['change']>[1][] = [
      { status: 'active', attemptsMade: 1 },
      { progress: 50 },
      { progress: 50 },
      { status: 'delayed', error: { name: 'Error', message: 'no' } },
      { status: 'waiting' },
      { status: 'active', attemptsMade: 2 },
      { status: 'completed', result: 3 },
    ]
    await expect.poll(() => provider.watchers.size).toBe(1)
    for (const step of steps) {
      provider.change('1', step)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await followed
    expect(events).toEqual([
      { type: 'active', attempt: 1 },
      { type: 'progress', progress: 50 },
      { type: 'retrying', error: { name: 'Error', message: 'no' }, attemptsMade: 1 },
      { type: 'active', attempt: 2 },
      { type: 'completed', result: 3 },
    ])
  })

  it('onProgress hears each progress until it is told to stop', async () => {
    const { provider, client } = createClient()
    provider.change('1', { status: 'active', progress: 1 })
    const heard: unknown[] = []
    const stop = client.onProgress('email', '1', (progress) => heard.push(progress))
    await expect.poll(() => heard).toEqual([1])
    provider.change('1', { progress: { done: 2 } })
    await expect.poll(() => heard).toEqual([1, { done: 2 }])
    stop()
    await expect.poll(() => provider.watchers.size).toBe(0)
    const failed = new Promise((resolve) => {
      client.onProgress('email', 'none', () => undefined, resolve)
    })
    expect(await failed).toMatchObject({ code: 'PKQ407' })
  })
})

describe('onProgress without onError', () => {
  it('tells the logger of the client when the job cannot be followed', async () => {
    const provider = new MemoryProvider()
    const logger = listeningLogger()
    const client = new QueueClient<Queues>(provider, contracts, logger)
    client.onProgress('email', 'none', () => undefined)
    await expect
      .poll(() => logger.lines)
      .toEqual([expect.stringMatching(/^error the progress .*"jobId":"none".*has no job none/)])
    provider.change('1', { status: 'active', progress: 1 })
    client.onProgress('email', '1', () => {
      throw new Error('of the listener')
    })
    await expect.poll(() => logger.lines[1]).toContain('of the listener')
  })

  it('says nothing more once it was told to stop, or the client was closed', async () => {
    const provider = new MemoryProvider()
    const logger = listeningLogger()
    const client = new QueueClient<Queues>(provider, contracts, logger)
    provider.change('1', { status: 'active' })
    client.onProgress('email', '1', () => undefined)
    const stop = client.onProgress('email', '1', () => undefined)
    await expect.poll(() => provider.watchers.size).toBe(2)
    stop()
    await client.close()
    provider.jobs.clear()
    for (const ring of provider.watchers) ring()
    await expect.poll(() => provider.watchers.size).toBe(0)
    expect(logger.lines).toEqual([])
  })
})

describe('looking', () => {
  it('shows a job without its envelope; an unfinished one has no result', async () => {
    const { provider, client } = createClient()
    provider.change('1', { data: { $pikku: { timeout: 5 }, payload: { to: 'a' } } })
    expect(await client.getJob('email', '1')).toMatchObject({ data: { to: 'a' }, result: null })
    expect(await client.getJob('email', '2')).toBeNull()
  })

  it('shows a job of another version as it is stored', async () => {
    const { provider, client } = createClient()
    provider.change('1', { data: { recipient: 'a' } })
    expect(await client.getJob('email', '1')).toMatchObject({ data: { recipient: 'a' } })
  })

  it('says so where the provider cannot', async () => {
    const provider = new MemoryProvider()
    const blind: QueueProvider = {
      name: 'blind',
      address: '',
      capabilities: { ...provider.capabilities, label: 'a blind provider' },
      open: () => Promise.resolve(),
      send: () => Promise.resolve([]),
      consume: (...given) => provider.consume(...given),
      close: () => Promise.resolve(),
    }
    const client = new QueueClient<Queues>(blind, contracts)
    for (const call of [
      client.getJob('sum', '1'),
      client.remove('sum', '1'),
      client.retry('sum', '1'),
      client.counts('sum'),
      client.waitForCompletion('sum', '1'),
    ]) {
      await expect(call).rejects.toMatchObject({
        code: 'PKQ409',
        message: expect.stringContaining('is not supported on a blind provider') as string,
      })
    }
  })
})
