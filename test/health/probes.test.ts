import { createServer } from 'node:net'
import { once } from 'node:events'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type ProviderName, providerNames } from '../../src/runtime/capabilities.ts'
import { QueueClient } from '../../src/runtime/client.ts'
import { backends, type TestBackend } from '../support/backends.ts'
import { TcpProxy } from '../support/tcp-proxy.ts'
import { contractsOf } from './worker-order.ts'
import { ask, expectAnswer, startWorker } from './worker-process.ts'

const live: [number, string] = [200, 'live\n']
const ready: [number, string] = [200, 'ready\n']
const minute = 60_000

function orderOn({ entryPoint, connection, queue }: TestBackend) {
  const config = { batchSize: 2, drainDelay: 1, pollInterval: 500 }
  return { entryPoint, connection, queue: queue('jobs'), config }
}

function clientOf(backend: TestBackend, queue: string) {
  const client = new QueueClient<Record<string, { input: unknown; output: void }>>(
    backend.provider('producer'),
    contractsOf(queue),
  )
  onTestFinished(() => client.close())
  return client
}

const addMany = (client: ReturnType<typeof clientOf>, queue: string, count: number) =>
  client.addBulk(
    queue,
    Array.from({ length: count }, (_, n) => ({ data: n })),
  )

/** The loop on the embedded engine is that of pg-boss. */
const servers = providerNames.filter((name) => name !== 'embedded')

/** At the same time, because most of it is waiting. */
async function onEach(names: ProviderName[], test: (backend: TestBackend) => Promise<void>) {
  const on = async (name: ProviderName) => {
    try {
      await test(await backends[name]())
    } catch (cause) {
      throw new Error(`on ${name}: ${cause instanceof Error ? cause.message : ''}`, { cause })
    }
  }
  await Promise.all(names.map(on))
}

describe('a worker on each provider', () => {
  it(
    'is dead when jobs wait and its loop fetches none, though it has room for them',
    () =>
      onEach(servers, async (backend) => {
        const order = orderOn(backend)
        const client = clientOf(backend, order.queue)
        const worker = startWorker(order)
        const url = await worker.listening
        await expectAnswer(url, '/ready', ready)
        worker.tell('wedge')
        await addMany(client, order.queue, 3)
        await expectAnswer(url, '/live', live)
        await expectAnswer(url, '/live', [503, /^jobs wait, .*: jobs-\w+\n$/], 40_000)
        expect(await ask(url, '/ready')).toEqual(ready)
      }),
    minute,
  )

  it(
    'whose connection is cut is not ready until it is back, and never dead',
    () =>
      onEach(servers, async (backend) => {
        if (!backend.behind) throw new Error('it cannot be cut off')
        const proxy = await TcpProxy.start(backend.behind.port)
        onTestFinished(() => proxy.close())
        const connection = backend.behind.connection(proxy.port)
        const order = { ...orderOn(backend), connection }
        const client = clientOf(backend, order.queue)

        proxy.hang()
        const worker = startWorker(order)
        const url = await worker.listening
        expect(await ask(url, '/ready')).toEqual([503, 'starting\n'])
        expect(await ask(url, '/live')).toEqual(live)
        expect(await ask(url, '/metrics')).toEqual([200, expect.stringMatching(/^process_/m)])
        proxy.pass()
        await expectAnswer(url, '/ready', ready)

        proxy.refuse()
        await expectAnswer(url, '/ready', [503, /^the backend cannot be reached for: jobs-\w+\n$/])
        await addMany(client, order.queue, 3)
        expect(await ask(url, '/live')).toEqual(live)
        expect(await ask(url, '/metrics')).toEqual([
          200,
          expect.stringMatching(/^pikku_worker_ready 0$/m),
        ])
        proxy.pass()
        await expectAnswer(url, '/ready', ready)
        expect(await ask(url, '/live')).toEqual(live)
      }),
    minute,
  )
})

describe('a worker', () => {
  it('that is full and busy is alive, and one that drains is not ready', async () => {
    const backend = await backends.bullmq()
    const order = orderOn(backend)
    const client = clientOf(backend, order.queue)
    const worker = startWorker(order)
    const url = await worker.listening
    await addMany(client, order.queue, 3)
    const isFull = /^pikku_worker_running_jobs\{queue="jobs-\w+"\} 2$/m
    await expectAnswer(url, '/metrics', [200, isFull])
    expect(await ask(url, '/live')).toEqual(live)
    worker.terminate()
    await expectAnswer(url, '/ready', [503, 'stopping\n'])
    expect(await ask(url, '/live')).toEqual(live)
    worker.tell('finish')
    expect(await worker.ended).toMatchObject({ code: 0 })
    await expect(ask(url, '/live')).rejects.toThrow()
  })

  it('whose port is taken says so, and does not start', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void taken.close())
    await once(taken, 'listening')
    const { port } = taken.address() as { port: number }
    const worker = startWorker(orderOn(await backends.bullmq()), port)
    const { code, output } = await worker.ended
    expect(code).toBe(1)
    expect(output).toBe(
      `error PKQ511: probes cannot be answered on port ${port} of 127.0.0.1: ` +
        'another process listens there already\n' +
        '  Choose another with --health-port (0 takes a free one) and --health-host.\n',
    )
  })
})
