import type { ProviderName } from './capabilities.ts'
import { chooseProvider } from './choose-provider.ts'
import { clientLogger } from './client-logger.ts'
import { QueueClient } from './client.ts'
import type { ClientOf } from './client-of.ts'
import type { ClientProvider, QueueMap } from './client-types.ts'
import type { SettingsByProvider } from './connection-settings.ts'
import type { Contracts } from './contract.ts'
import type { CreateProvider, QueueProvider } from './provider.ts'
import { SharedProvider } from './shared-provider.ts'
import type { Logger } from './types.ts'

/** Makes clients of a project's queues, each on a service that was made by hand. */
export interface ClientClass<Queues extends QueueMap<Queues>> {
  /** Typed by what the service can do, where its type has the name of a provider. */
  new <Service extends QueueProvider = QueueProvider>(
    service: Service,
  ): ClientOf<Queues, Service['name'] extends ProviderName ? Service['name'] : 'any'>
  /** What the queues are typed by, as data. */
  readonly contracts: Contracts
}

/** The class of a project's clients. */
export function defineClient<Queues extends QueueMap<Queues>>(
  contracts: Contracts,
): ClientClass<Queues> {
  const PikkuQueue = class extends QueueClient<Queues> {
    static readonly contracts = contracts

    constructor(service: QueueProvider) {
      super(service, contracts)
    }
  }
  // It makes clients that can do everything; what its type takes away depends on the service.
  return PikkuQueue as ClientClass<Queues>
}

/** Loads each provider's entry point; only the chosen one is loaded. */
export type ProviderLoaders = Record<
  ProviderName,
  () => Promise<{ createProvider: CreateProvider<never> }>
>

/** What the connection to this provider is made of; nothing, where none is named. */
type ConnectionOf<Loaders extends ProviderLoaders, Provider extends ClientProvider> = Parameters<
  Awaited<ReturnType<Loaders[Provider & ProviderName]>>['createProvider']
>[0]['connection']

/** The provider and how to reach it. A connection belongs to the provider that is named with it. */
export interface ClientOptions<
  Loaders extends ProviderLoaders,
  Provider extends ClientProvider = 'any',
> {
  /** Default: the project's config, else what the environment points at, else `embedded`. */
  provider?: (Provider & ProviderName) | undefined
  /** For a provider that is named. Default: from the environment, and the project's config. */
  connection?: ConnectionOf<Loaders, Provider> | undefined
  /**
   * Hears of trouble in the background, such as a lost connection or a listener that nothing reaches any
   * more. Default: standard error.
   */
  logger?: Logger | undefined
}

/** What the generated client brings to `createClient`. */
export interface ClientDefinition<Loaders extends ProviderLoaders> {
  /** The provider of the project's config. */
  configured: ProviderName | undefined
  /** How it says that providers are reached. */
  settings?: SettingsByProvider
  providers: Loaders
  contracts: Contracts
}

/**
 * Makes a client of the chosen provider. It connects when it is first used, unless another client of the
 * process is connected to the same server already: they share their connections, and the last that is
 * closed disconnects.
 * @throws PikkuQueueError PKQ604 for an unknown provider.
 */
export async function createClient<
  Queues extends QueueMap<Queues>,
  Loaders extends ProviderLoaders,
  Provider extends ClientProvider,
>(
  options: ClientOptions<Loaders, Provider>,
  definition: ClientDefinition<Loaders>,
): Promise<ClientOf<Queues, Provider>> {
  const { name } = chooseProvider({
    asked: options.provider,
    configured: definition.configured,
    environment: process.env,
  })
  const { createProvider } = await definition.providers[name]()
  const { logger = clientLogger, connection } = options
  const { contracts, settings } = definition
  const use = { createProvider, connection, settings: settings?.[name], contracts, logger }
  const shared = SharedProvider.for(use, () =>
    createProvider({
      role: 'producer',
      connection,
      settings: use.settings,
      applicationName: 'pikku client',
      logger,
    }),
  )
  return new QueueClient<Queues, Provider>(shared.provider, contracts, logger, shared.access())
}
