import type { FunctionDocs } from './contract.ts'
import type { SchemaInput, SchemaOutput, StandardSchema } from './standard-schema.ts'
import type { Interaction, WorkerConfig } from './types.ts'

/** The work itself. `services` carries the interaction too; the third argument is the same object. */
export type FunctionBody<In, Out, Services, Progress = unknown> = (
  services: Services,
  data: In,
  interaction: Interaction<Progress>,
) => Promise<Out> | Out

/**
 * Runs around a function: do something, `await next()`, do something. Not calling `next` leaves the
 * function out; throwing fails the attempt.
 */
export type Middleware<Services> = (
  services: Services,
  interaction: Interaction,
  next: () => Promise<void>,
) => Promise<void>

interface FunctionSettings<Services> {
  /** Queue jobs have no user; anything but `false` draws a warning when the function is wired. */
  auth?: boolean | undefined
  permissions?: Record<string, unknown> | undefined
  docs?: FunctionDocs | undefined
  middleware?: Middleware<Services>[] | undefined
}

export interface FunctionDefinition<
  In,
  Out,
  Services,
  Progress = unknown,
> extends FunctionSettings<Services> {
  func: FunctionBody<In, Out, Services, Progress>
  input?: undefined
  output?: undefined
}

export interface SchemaDefinition<
  Input extends StandardSchema,
  Output extends StandardSchema,
  Services,
  Progress = unknown,
> extends FunctionSettings<Services> {
  /** Validates the payload before `func` sees it. */
  input: Input
  /** Validates what `func` returns; what it makes of it is the result. */
  output?: Output
  func: FunctionBody<SchemaOutput<Input>, SchemaInput<Output>, Services, Progress>
}

/** A function that can be wired. Call `.func` yourself to test it. */
export interface QueueFunction<
  In,
  Out,
  Services,
  Progress = unknown,
> extends FunctionSettings<Services> {
  readonly func: FunctionBody<In, Out, Services, Progress>
  readonly input?: StandardSchema | undefined
  readonly output?: StandardSchema | undefined
}

export interface QueueWiringOptions<Services> {
  func: QueueFunction<never, unknown, Services>
  /** How the worker processes this queue; see `WorkerConfig`. */
  config?: WorkerConfig | undefined
  /** Runs inside the tags' middleware and around the function's own. */
  middleware?: Middleware<Services>[] | undefined
  /** Selects tag middleware, and workers started with `--tags`. */
  tags?: string[] | undefined
}

/** `queue` names the queue; `queueName` and `name` are older spellings of it. */
export type QueueWiring<Services> = QueueWiringOptions<Services> &
  (
    | { queue: string; queueName?: never; name?: never }
    | { queueName: string; queue?: never; name?: never }
    | { name: string; queue?: never; queueName?: never }
  )
