// A worker process whose health is looked at: it is sent an order, then told what to do.
import { createDefinitions } from '../../src/runtime/define.ts'
import type { Consumer, CreateProvider, QueueProvider } from '../../src/runtime/provider.ts'
import type { RuntimeServices } from '../../src/runtime/registry.ts'
import { runWorker } from '../../src/runtime/run-worker.ts'
import { contractsOf, type WorkerOrder } from './worker-order.ts'

process.on('disconnect', () => process.exit(3))
process.on('message', (message) => {
  if (message === 'wedge') for (const consumer of consumers) void consumer.stop()
  else if (message === 'finish') finish.resolve()
  else void obey(message as WorkerOrder)
})

const consumers: Consumer[] = []
const finish = Promise.withResolvers<void>()

/** Jobs last until they are told to finish. */
async function obey({ entryPoint, connection, queue, config }: WorkerOrder): Promise<void> {
  const { createProvider } = (await import(entryPoint)) as { createProvider: CreateProvider }
  const { wireQueueWorker, pikkuSessionlessFunc } = createDefinitions<RuntimeServices>()
  wireQueueWorker({
    queue,
    config,
    func: pikkuSessionlessFunc<unknown>(() => finish.promise),
  })
  await runWorker({
    createProvider: (options) => rememberConsumers(createProvider({ ...options, connection })),
    contracts: contractsOf(queue),
  })
}

/** A consumer that is stopped behind the worker's back fetches nothing any more, and says nothing. */
function rememberConsumers<Provider extends QueueProvider>(provider: Provider): Provider {
  const consume = provider.consume.bind(provider)
  provider.consume = (...args) => {
    const consumer = consume(...args)
    consumers.push(consumer)
    return consumer
  }
  return provider
}
