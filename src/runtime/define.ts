import { defaultRegistry, type Registry } from './registry.ts'
import type { SchemaInput, SchemaOutput, StandardSchema } from './standard-schema.ts'
import type { Interaction, Logger } from './types.ts'
import type {
  FunctionBody,
  FunctionDefinition,
  Middleware,
  QueueFunction,
  QueueWiring,
  SchemaDefinition,
} from './wiring.ts'

/** What `createConfig` returns in a project that has none. */
export type CoreConfig = Record<string, unknown>

/** Services that every function has, whatever the project adds. */
export interface CoreSingletonServices<Config = CoreConfig> {
  logger: Logger
  config: Config
}

/** The `services` of a project: its own, over the core ones, with the job's `interaction`. */
export type ServicesFor<Config, Singleton, Session> = Simplify<
  Omit<CoreSingletonServices<Config>, keyof Singleton | keyof Session> &
    Omit<Singleton, keyof Session | 'interaction'> &
    Omit<Session, 'interaction'> & { interaction: Interaction }
>

type Simplify<T> = { [K in keyof T]: T[K] }

export interface DefineFunction<Services> {
  /** Defines a function from Standard Schema validators, which also type it. */
  <
    Input extends StandardSchema,
    Output extends StandardSchema = StandardSchema<void>,
    Progress = unknown,
  >(
    definition: SchemaDefinition<Input, Output, Services, Progress>,
  ): QueueFunction<SchemaInput<Input>, SchemaOutput<Output>, Services, Progress>
  /** Defines a function that takes `In`, returns `Out` and tells of `Progress` while it runs. */
  <In = void, Out = void, Progress = unknown>(
    definition:
      FunctionDefinition<In, Out, Services, Progress> | FunctionBody<In, Out, Services, Progress>,
  ): QueueFunction<In, Out, Services, Progress>
}

export interface Definitions<Services> {
  pikkuSessionlessFunc: DefineFunction<Services>

  /** Types a middleware by the project's services. */
  pikkuMiddleware: (middleware: Middleware<Services>) => Middleware<Services>

  /**
   * Has the function work on the queue.
   * @throws PikkuQueueError PKQ503 when the queue has a function already.
   */
  wireQueueWorker: (wiring: QueueWiring<Services>) => void

  /** Adds middleware to every wiring with the tag; the outermost of all. */
  addTagMiddleware: (tag: string, middleware: Middleware<Services>[]) => void
}

/**
 * The functions a project writes with, typed by its services. Generated code calls this once.
 * @param registry where wirings are kept; the process's own unless a test brings another.
 */
export function createDefinitions<Services>(
  registry: Registry = defaultRegistry,
): Definitions<Services> {
  return {
    pikkuSessionlessFunc: defineFunction,
    pikkuMiddleware: (middleware) => middleware,
    wireQueueWorker: (wiring) => {
      registry.wire(wiring)
    },
    addTagMiddleware: (tag, middleware) => {
      registry.addTagMiddleware(tag, middleware)
    },
  }
}

/**
 * Both forms become the long one. `any`: one implementation stands behind two generic overloads,
 * which have done the checking.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
function defineFunction(definition: unknown): any {
  return typeof definition === 'function' ? { func: definition } : definition
}
