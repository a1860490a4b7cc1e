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
  forJob(interaction: Interaction): JobServices | Promise<JobServices>
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
  const logger = isLogger(own.logger) ? harmless(own.logger) : fallbackLogger
  const singletons: RuntimeServices = { config, logger, ...own }
  const shared = new Set(Object.values(singletons))
  const { createSessionServices } = factories

  async function openSession(
    create: NonNullable<typeof createSessionServices>,
    interaction: Interaction,
  ): Promise<JobServices> {
    const session = asRecord(await call(create, singletons, interaction))
    return {
      services: { ...singletons, ...session, interaction },
      // Session services are often made over the singletons, which are not theirs to close.
      close: () => closeAll(session, logger, shared),
    }
  }

  return {
    logger,
    forJob(interaction) {
      if (createSessionServices) return openSession(createSessionServices, interaction)
      return { services: { ...singletons, interaction }, close: undefined }
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

/** The members of what a factory returned; of a class's instance its methods and getters too. */
function asRecord(value: unknown): RuntimeServices {
  if (typeof value !== 'object' || value === null) return {}
  const record: RuntimeServices = { ...value }
  let prototype: unknown = Object.getPrototypeOf(value)
  while (isObject(prototype) && prototype !== Object.prototype) {
    for (const name of Object.getOwnPropertyNames(prototype)) {
      if (name === 'constructor' || name in record) continue
      const member: unknown = Reflect.get(value, name)
      record[name] = typeof member === 'function' ? (member.bind(value) as unknown) : member
    }
    prototype = Object.getPrototypeOf(prototype)
  }
  return record
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

function isLogger(value: unknown): value is Logger {
  return isObject(value) && levels.every((level) => typeof Reflect.get(value, level) === 'function')
}

const levels = ['debug', 'info', 'warn', 'error'] as const

/** A logger of the project's own that throws must not turn a job's success into anything else. */
function harmless(logger: Logger): Logger {
  const log = (level: keyof Logger) => (message: string, details?: Record<string, unknown>) => {
    try {
      logger[level](message, details)
    } catch {
      // There is nowhere to say it.
    }
  }
  return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') }
}

const closeWithinMs = 5000

/** Newest first, each object once, and none for longer than five seconds. */
async function closeAll(
  services: RuntimeServices,
  logger: Logger,
  except: ReadonlySet<unknown> = new Set(),
): Promise<void> {
  const closed = new Set(except)
  for (const [name, service] of Object.entries(services).reverse()) {
    if (closed.has(service)) continue
    closed.add(service)
    const close = closer(service)
    if (!close) continue
    try {
      await within(closeWithinMs, close)
    } catch (error) {
      logger.warn('a service could not be closed', {
        service: name,
        error: error instanceof Error ? error.message : String(error),
      })
    }
  }
}

async function within(ms: number, work: () => unknown): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`it has not ended within ${ms / 1000} s`))
    }, ms)
  })
  try {
    await Promise.race([work(), tooLate])
  } finally {
    clearTimeout(timer)
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
