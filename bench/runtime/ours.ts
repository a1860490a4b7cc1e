import { QueueClient } from '../../src/runtime/client.ts'
import type { Contracts } from '../../src/runtime/contract.ts'
import { createDefinitions } from '../../src/runtime/define.ts'
import { createLogger } from '../../src/runtime/logger.ts'
import type { CreateProvider } from '../../src/runtime/provider.ts'
import { createRegistry, type RuntimeServices } from '../../src/runtime/registry.ts'
import { createServices } from '../../src/runtime/services.ts'
import { Worker } from '../../src/runtime/worker.ts'
import { attempts, payloads, type Side } from './side.ts'

/** This package as a project uses it: typed client, validated payloads, middleware, outcome. */
export function openOurs<Connection>(
  createProvider: CreateProvider<Connection>,
  connection: Connection,
  queue: string,
): Promise<Side> {
  const logger = createLogger({ level: 'warn' })
  const contracts: Contracts = {
    queues: {
      [queue]: {
        input: { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] },
        output: { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] },
        defaults: { attempts },
        fingerprint: 'bench',
      },
    },
    $defs: {},
  }
  const client = new QueueClient<Record<string, { input: unknown; output: unknown }>>(
    createProvider({ connection, role: 'producer', logger }),
    contracts,
  )
  let worker: Worker | undefined
  return Promise.resolve({
    async addMany(count) {
      await client.addBulk(
        queue,
        payloads(count).map((data) => ({ data })),
      )
    },
    async addEach(count) {
      await Promise.all(payloads(count).map((data) => client.add(queue, data)))
    },
    async work(concurrency, handle) {
      const registry = createRegistry()
      const { wireQueueWorker, pikkuSessionlessFunc } = createDefinitions<RuntimeServices>(registry)
      wireQueueWorker({
        queue,
        func: pikkuSessionlessFunc<{ n: number }, { ok: boolean }>((_services, data) =>
          handle(data),
        ),
        config: { batchSize: concurrency, attempts },
      })
      worker = new Worker({
        provider: createProvider({ connection, role: 'worker', logger }),
        registry,
        contracts,
        createServices: () => createServices({}, logger),
      })
      await worker.start()
    },
    async close() {
      await worker?.stop(30_000)
      await client.close()
    },
  })
}
