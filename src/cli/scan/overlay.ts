import type { ServicesModel } from '../model.ts'
import { serviceTypes } from '../service-types.ts'

/** The generated file that users import; both spellings of it are in their sources. */
export const typesFile = 'pikku-types.gen.ts'

/** What users call of it. */
export const generatedFunctions = [
  'pikkuSessionlessFunc',
  'pikkuMiddleware',
  'wireQueueWorker',
  'addTagMiddleware',
] as const

/**
 * What stands in for the generated types file while the project is scanned, so that sources
 * type-check before the first generation, and whatever an older one left on disk. It needs nothing but
 * the project's own files: the runtime may not be installed yet.
 *
 * The type of a function carries its input and output as `~contract`; that is how they are read,
 * whatever route leads from the wiring to the function.
 */
export function overlayText(services: ServicesModel, outDir: string): string {
  const { imports, config, singletonServices, sessionServices } = serviceTypes(services, outDir)
  return `${imports.join('\n')}
export type Config = ${config}
export type SingletonServices = ${singletonServices}
export type SessionServices = ${sessionServices}
${declarations}`
}

/** How jobs fail, and what dead letters were: both stand-ins say it. */
export const jobErrorTypes = `interface JobError {
  name: string
  message: string
  code?: string
  stack?: string
  cause?: JobError
}
interface JobOrigin {
  queueName: string
  jobId: string
  attemptsMade: number
  error: JobError | null
}
`

/**
 * The signatures of the runtime's `define.ts`, as far as they decide what TypeScript infers. A call that
 * fits neither overload gets the first: the one whose type arguments are the contract.
 */
const declarations = `
export type Services = Simplify<
  Omit<CoreSingletonServices<Config>, keyof SingletonServices | keyof SessionServices> &
    Omit<SingletonServices, keyof SessionServices | 'interaction'> &
    Omit<SessionServices, 'interaction'> & { interaction: Interaction }
>
type Simplify<T> = { [K in keyof T]: T[K] }

type CoreConfig = Record<string, unknown>
export interface CoreSingletonServices<C = CoreConfig> {
  logger: Logger
  config: C
}
type Log = (message: string, details?: Record<string, unknown>) => void
export interface Logger {
  debug: Log
  info: Log
  warn: Log
  error: Log
}
${jobErrorTypes}export interface Interaction<Progress = unknown> {
  queue?: {
    readonly queueName: string
    readonly jobId: string
    readonly attempt: number
    readonly maxAttempts: number
    readonly origin?: JobOrigin | undefined
    readonly signal: AbortSignal
    updateProgress(progress: Progress): Promise<void>
    fail(reason: string): never
    discard(reason?: string): never
  }
}
export declare class UnrecoverableError extends Error {
  readonly code: string
  readonly hint: string | undefined
  constructor(message: string, options?: { cause?: unknown })
}

interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => unknown
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
  }
}
type SchemaInput<S extends StandardSchema> = NonNullable<S['~standard']['types']>['input']
type SchemaOutput<S extends StandardSchema> = NonNullable<S['~standard']['types']>['output']

type Body<In, Out, Progress> = (
  services: Services,
  data: In,
  interaction: Interaction<Progress>,
) => Promise<Out> | Out
type Middleware = (
  services: Services,
  interaction: Interaction,
  next: () => Promise<void>,
) => Promise<void>

interface Settings {
  auth?: boolean
  permissions?: Record<string, unknown>
  docs?: { summary?: string; description?: string; tags?: string[]; errors?: string[] }
  middleware?: Middleware[]
}
interface Definition<In, Out, Progress> extends Settings {
  func: Body<In, Out, Progress>
  input?: undefined
  output?: undefined
}
interface SchemaDefinition<
  Input extends StandardSchema,
  Output extends StandardSchema,
  Progress,
> extends Settings {
  input: Input
  output?: Output
  func: Body<SchemaOutput<Input>, SchemaInput<Output>, Progress>
}

interface QueueFunction<In, Out, Progress> extends Settings {
  readonly func: Body<In, Out, Progress>
  readonly '~contract': { input: In; output: Out; progress: Progress }
}

export declare function pikkuSessionlessFunc<In = void, Out = void, Progress = unknown>(
  definition: Definition<In, Out, Progress> | Body<In, Out, Progress>,
): QueueFunction<In, Out, Progress>
export declare function pikkuSessionlessFunc<
  Input extends StandardSchema,
  Output extends StandardSchema = StandardSchema<void>,
  Progress = unknown,
>(
  definition: SchemaDefinition<Input, Output, Progress>,
): QueueFunction<SchemaInput<Input>, SchemaOutput<Output>, Progress>

export declare function pikkuMiddleware(middleware: Middleware): Middleware
export declare function wireQueueWorker(wiring: {
  queue?: string
  queueName?: string
  name?: string
  func: unknown
  config?: object
  middleware?: Middleware[]
  tags?: string[]
}): void
export declare function addTagMiddleware(tag: string, middleware: Middleware[]): void
`
