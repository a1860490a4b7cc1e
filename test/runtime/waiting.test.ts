import { describe, expect, it, onTestFinished } from 'vitest'
import { QueueClient } from '../../src/runtime/client.ts'
import type { Contracts } from '../../src/runtime/contract.ts'
import { createDefinitions } from '../../src/runtime/define.ts'
import { errorCodes, PikkuQueueError } from '../../src/runtime/errors.ts'
import type { JobEvent } from '../../src/runtime/job-events.ts'
import type { CreateProvider } from '../../src/runtime/provider.ts'
import { createRegistry, type RuntimeServices } from '../../src/runtime/registry.ts'
import { createServices } from '../../src/runtime/services.ts'
import type { QueueInteraction } from '../../src/runtime/types.ts'
import { Worker } from '../../src/runtime/worker.ts'
import { backends, type TestBackend } from '../support/backends.ts'
import { until } from '../support/provider-work.ts'
import { silentLogger } from '../support/silent-logger.ts'
import { TcpProxy } from '../support/tcp-proxy.ts'

interface Queues {
  report: { input: null; output: unknown }
}

const contracts: Contracts = {
  queues: { report: { input: {}, output: {}, defaults: {} } },
  $defs: {},
}

/** A client on a stretch of network of its own, and what came of its looks for jobs. */
async function startClient({ entryPoint, behind }: TestBackend) {
  if (!behind) throw new Error('it has no server to be cut off from')
  const { createProvider } = (await import(entryPoint)) as { createProvider: CreateProvider }
  const proxy = await TcpProxy.start(behind.port)
  onTestFinished(() => proxy.close())
  const connection = behind.connection(proxy.port)
  const provider = createProvider({ role: 'producer', connection, logger: silentLogger })
  const client = new QueueClient<Queues>(provider, contracts, silentLogger)
  onTestFinished(() => client.close())
  const looks: unknown[] = []
  const find = provider.find?.bind(provider)
  provider.find = async (queue, id) => {
    const answer = find ? find(queue, id) : null
    looks.push(await Promise.resolve(answer).catch((error: unknown) => error))
    return answer
  }
  return { client, proxy, looks }
}

async function startWorker(
  backend: TestBackend,
  func: (job: QueueInteraction) => unknown,
): Promise<void> {
  const registry = createRegistry()
  const { wireQueueWorker, pikkuSessionlessFunc } = createDefinitions<RuntimeServices>(registry)
  wireQueueWorker({
    queue: 'report',
    func: pikkuSessionlessFunc<unknown, unknown>((_services, _data, { queue: job }) =>
      job ? func(job) : null,
    ),
  })
  const worker = new Worker({
    provider: backend.provider('worker'),
    registry,
    contracts,
    createServices: () => createServices({}, silentLogger),
  })
  onTestFinished(() => worker.stop(1_000))
  await worker.start()
}

describe.each(['pg-boss', 'bullmq'] as const)('who waits for a job on %s', (name) => {
  it('waits through an outage, and hears what came of it', async () => {
    const backend = await backends[name]()
    const { client, proxy, looks } = await startClient(backend)
    const [during, after] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    await startWorker(backend, async (job) => {
      await job.updateProgress('before')
      await during.promise
      await job.updateProgress('during')
      await after.promise
      return 'done'
    })
    const id = await client.add('report', null)
    const heard: unknown[] = []
    client.onProgress('report', id, (progress) => heard.push(progress))
    const before = client.waitForCompletion('report', id)
    await until(() => heard.length === 1, 'progress before the outage')

    proxy.refuse()
    const events: JobEvent<unknown>[] = []
    const followed = (async () => {
      for await (const event of client.events('report', id)) events.push(event)
    })()
    const within = client.waitForCompletion('report', id)
    await until(() => looks.filter(isUnreachable).length > 12, 'them to look again and again')
    during.resolve()
    proxy.pass()
    await until(() => heard.length === 2, 'progress after the outage')
    after.resolve()
    expect(await Promise.all([before, within])).toEqual(['done', 'done'])
    await followed
    expect(heard).toEqual(['before', 'during'])
    expect(events.at(-1)).toEqual({ type: 'completed', result: 'done' })
  }, 60_000)
})

function isUnreachable(answer: unknown): boolean {
  return answer instanceof PikkuQueueError && answer.code === errorCodes.unreachable
}
