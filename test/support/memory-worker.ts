import type { Contracts, JsonSchema } from '../../src/runtime/contract.ts'
import { createDefinitions } from '../../src/runtime/define.ts'
import { createLogger } from '../../src/runtime/logger.ts'
import { createRegistry } from '../../src/runtime/registry.ts'
import { createServices, type ServiceFactories } from '../../src/runtime/services.ts'
import type { Interaction, QueueInteraction } from '../../src/runtime/types.ts'
import type { QueueWiring } from '../../src/runtime/wiring.ts'
import { Worker, type WorkerOptions } from '../../src/runtime/worker.ts'
import { MemoryProvider } from './memory-provider.ts'

export interface Services {
  trace: string[]
  interaction: Interaction
  session?: string
  region?: string
  where?: () => string
}
export type Options = Partial<QueueWiring<Services>> & {
  input?: JsonSchema
  output?: JsonSchema
  progress?: JsonSchema
}
export type Body = (services: Services, data: unknown, queue: QueueInteraction) => unknown

/** A started worker with one function on queue "email". */
export async function startWorker(
  body: Body,
  { input = {}, output = {}, progress, func: settings, ...wiring }: Options = {},
  factories: ServiceFactories = {},
  selected: Pick<WorkerOptions, 'queues' | 'tags'> = {},
) {
  const registry = createRegistry()
  const trace: string[] = []
  const log: string[] = []
  const { wireQueueWorker, addTagMiddleware } = createDefinitions<Services>(registry)
  wireQueueWorker({
    queue: 'email',
    func: {
      func: (services, data, { queue }) => {
        if (!queue) throw new Error('no queue')
        return body(services, data, queue)
      },
      ...settings,
    },
    ...wiring,
  } as QueueWiring<Services>)
  const provider = new MemoryProvider()
  const contract = { input, output, defaults: {}, ...(progress && { progress }) }
  const contracts: Contracts = { queues: { email: contract }, $defs: {} }
  const worker = new Worker({
    provider,
    registry,
    contracts,
    createServices: () =>
      createServices(
        { createSingletonServices: () => ({ trace }), ...factories },
        createLogger({ write: (line) => log.push(line), level: 'debug' }),
      ),
    ...selected,
  })
  await worker.start()
  return { worker, provider, trace, log, addTagMiddleware }
}

/** The output of a function that returns nothing. */
export const nothing: Options = { output: { type: 'null', 'x-type': 'undefined' } }
export const never = () => new Promise<never>(() => undefined)
