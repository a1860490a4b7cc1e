import type { RuntimeServices } from './registry.ts'
import type { Interaction, Logger } from './types.ts'

/** The project's own factories, as its generated bootstrap hands them over. */
export interface ServiceFactories {
  createConfig?: () => unknown
  createSingletonServices?: (config: never) => unknown
  createSessionServices?: (services: never, interaction: Interaction) => unknown
}

/** The services of one worker process. */
export interface ServiceContainer {
  /** The project's logger where it has one. */
  readonly logger: Logger
  /** Services for one job, and how to close those made for it. */
  forJob(interaction: Interaction): Promise<JobServices>
  /** Closes the singletons that can be closed, newest first. */
  close(): Promise<void>
}

export interface JobServices {
  services: RuntimeServices
  close: (() => Promise<void>) | undefined
}

/** Makes the singletons: config first, then the services over the core ones. */
export async function createServices(
  factories: ServiceFactories,
  fallbackLogger: Logger,
): Promise<ServiceContainer> {
  const config = (await call(factories.createConfig)) ?? {}
  const own = asRecord(await call(factories.createSingletonServices, config))
  const logger = isLogger(own.logger) ? own.logger : fallbackLogger
  const singletons: RuntimeServices = { config, ...own, logger }
  const { createSessionServices } = factories

  return {
    logger,
    async forJob(interaction) {
      if (!createSessionServices) {
        return { services: { ...singletons, interaction }, close: undefined }
      }
      const session = asRecord(await call(createSessionServices, singletons, interaction))
      return {
        services: { ...singletons, ...session, interaction },
        close: () => closeAll(session, logger),
      }
    },
    close: () => closeAll(own, logger),
  }
}

/** Factories are typed by the user's project; here they are just called. */
async function call(
  factory: ((...given: never[]) => unknown) | undefined,
  ...given: unknown[]
): Promise<unknown> {
  if (!factory) return undefined
  const result: unknown = Reflect.apply(factory, undefined, given)
  return await result
}

function asRecord(value: unknown): RuntimeServices {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function isLogger(value: unknown): value is Logger {
  return (
    typeof value === 'object' &&
    value !== null &&
    ['debug', 'info', 'warn', 'error'].every(
      (level) => typeof Reflect.get(value, level) === 'function',
    )
  )
}

async function closeAll(services: RuntimeServices, logger: Logger): Promise<void> {
  for (const [name, service] of Object.entries(services).reverse()) {
    const close = closer(service)
    if (!close) continue
    try {
      await close()
    } catch (error) {
      logger.warn('a service could not be closed', {
        service: name,
        error: error instanceof Error ? error.message : String(error),
      })
    }
  }
}

/** `Symbol.asyncDispose`, `Symbol.dispose` or `close()`, in this order. */
function closer(service: unknown): (() => unknown) | undefined {
  if (typeof service !== 'object' || service === null) return undefined
  for (const key of [Symbol.asyncDispose, Symbol.dispose, 'close']) {
    const method: unknown = Reflect.get(service, key)
    if (typeof method === 'function') return () => Reflect.apply(method, service, []) as unknown
  }
  return undefined
}
