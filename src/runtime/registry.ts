import { errorCodes, PikkuQueueError } from './errors.ts'
import type { Middleware, QueueFunction, QueueWiring } from './wiring.ts'
import { resolveWorkerConfig, type ResolvedWorkerConfig } from './worker-options.ts'

/** A wiring as the worker uses it: one name, defaults filled in. */
export interface Wiring {
  queue: string
  func: QueueFunction<unknown, unknown, RuntimeServices>
  config: ResolvedWorkerConfig
  middleware: Middleware<RuntimeServices>[]
  tags: string[]
  /** Options the user set, for the report of those a provider does not support. */
  configured: string[]
}

/** Services at run time: their types are the user's business, checked where they were written. */
export type RuntimeServices = Record<string, unknown>

/** What the wiring files of one process have declared. */
export interface Registry {
  wire<Services>(wiring: QueueWiring<Services>): void
  addTagMiddleware<Services>(tag: string, middleware: Middleware<Services>[]): void
  wirings(): Wiring[]
  tagMiddleware(tags: readonly string[]): Middleware<RuntimeServices>[]
}

export function createRegistry(): Registry {
  const wirings = new Map<string, Wiring>()
  const byTag = new Map<string, Middleware<RuntimeServices>[]>()
  return {
    wire(declared) {
      const wiring = normalise(declared)
      if (wirings.has(wiring.queue)) {
        throw new PikkuQueueError(
          errorCodes.duplicateQueue,
          `queue "${wiring.queue}" is wired twice`,
          { hint: 'Give each function a queue of its own.' },
        )
      }
      wirings.set(wiring.queue, wiring)
    },
    addTagMiddleware(tag, middleware) {
      byTag.set(tag, [...(byTag.get(tag) ?? []), ...middleware.map(erase)])
    },
    wirings: () => [...wirings.values()],
    tagMiddleware: (tags) => tags.flatMap((tag) => byTag.get(tag) ?? []),
  }
}

/** Where the generated `wireQueueWorker` of this process registers. */
export const defaultRegistry = createRegistry()

function normalise<Services>(declared: QueueWiring<Services>): Wiring {
  const queue = declared.queue ?? declared.queueName ?? declared.name
  if (!queue) {
    throw new PikkuQueueError(errorCodes.invalidOption, 'a wireQueueWorker call names no queue', {
      hint: "Give it one: wireQueueWorker({ queue: 'email', func })",
    })
  }
  const config = declared.config ?? {}
  return {
    queue,
    func: erase(declared.func),
    config: resolveWorkerConfig(queue, config),
    middleware: (declared.middleware ?? []).map(erase),
    tags: declared.tags ?? [],
    configured: Object.keys(config).filter((option) => Object.hasOwn(config, option)),
  }
}

/**
 * The registry holds functions of every payload and services type side by side; TypeScript has
 * checked each where it was wired. This is the one place where those types are let go.
 */
function erase<Services>(func: QueueFunction<never, unknown, Services>): Wiring['func']
function erase<Services>(middleware: Middleware<Services>): Middleware<RuntimeServices>
function erase(value: unknown): unknown {
  return value
}
