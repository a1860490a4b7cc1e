import type { ProviderName } from './capabilities.ts'
import { chooseProvider } from './choose-provider.ts'
import { createLogger } from './logger.ts'
import type { CreateProvider, QueueProvider } from './provider.ts'
import type { Logger } from './types.ts'

/** Loads each provider's entry point; only the chosen one is loaded. */
export type ProviderLoaders = Record<
  ProviderName,
  () => Promise<{ createProvider: CreateProvider<never> }>
>

type ConnectionOf<Loader extends ProviderLoaders[ProviderName]> = Parameters<
  Awaited<ReturnType<Loader>>['createProvider']
>[0]['connection']

/** The provider and how to reach it. A connection belongs to the provider that is named with it. */
export type ClientOptions<Loaders extends ProviderLoaders> = {
  /** Hears of trouble in the background, such as a lost connection. Default: standard error. */
  logger?: Logger | undefined
} & (
  | {
      /** Default: the project's config, else what the environment points at, else `embedded`. */
      provider?: undefined
      connection?: undefined
    }
  | {
      [Name in ProviderName]: {
        provider: Name
        /** Default: from the environment. */
        connection?: ConnectionOf<Loaders[Name]> | undefined
      }
    }[ProviderName]
)

/** What the generated client brings to `createClient`. */
export interface ClientDefinition<Client, Loaders extends ProviderLoaders> {
  /** The provider of the project's config. */
  configured: ProviderName | undefined
  providers: Loaders
  create: (service: QueueProvider) => Client
}

/**
 * Makes a client of the chosen provider. It connects when it is first used.
 * @throws PikkuQueueError PKQ604 for an unknown provider.
 */
export async function createClient<Client, Loaders extends ProviderLoaders>(
  options: ClientOptions<Loaders>,
  definition: ClientDefinition<Client, Loaders>,
): Promise<Client> {
  const { name } = chooseProvider({
    asked: options.provider,
    configured: definition.configured,
    environment: process.env,
  })
  const { createProvider } = await definition.providers[name]()
  return definition.create(
    createProvider({
      role: 'producer',
      connection: options.connection,
      applicationName: 'pikku client',
      logger: options.logger ?? createLogger({ level: 'warn', write: toStandardError }),
    }),
  )
}

/** A client's own words must not end up in what its program prints. */
function toStandardError(line: string): void {
  process.stderr.write(`${line}\n`)
}
