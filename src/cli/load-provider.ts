import type { ProviderName } from '../runtime/capabilities.ts'
import type { CreateProvider, QueueProvider } from '../runtime/provider.ts'

type Options = Omit<Parameters<CreateProvider<never>>[0], 'connection'>

const entryPoints: Record<ProviderName, () => Promise<{ createProvider: CreateProvider<never> }>> =
  {
    bullmq: () => import('../runtime/providers/bullmq/index.ts'),
    'pg-boss': () => import('../runtime/providers/pg-boss/index.ts'),
    sqs: () => import('../runtime/providers/sqs/index.ts'),
    embedded: () => import('../runtime/providers/embedded/index.ts'),
  }

/**
 * A provider that connects to where the environment and the project's settings point. Its SDK is loaded only when it does.
 * @throws PikkuQueueError PKQ605 when the address is none, or there is none.
 */
export async function loadProvider(name: ProviderName, options: Options): Promise<QueueProvider> {
  const { createProvider } = await entryPoints[name]()
  return createProvider(options)
}
