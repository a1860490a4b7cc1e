import { Attempt, createQueueInteraction, released, timeoutError } from './attempt.ts'
import type { Clock } from './clock.ts'
import { messageOf } from './error-parts.ts'
import { type Envelope, unwrap } from './envelope.ts'
import { errorCodes, PikkuQueueError, toJobError, ValidationError } from './errors.ts'
import type { OtherContracts } from './other-contracts.ts'
import type { Payloads } from './payload.ts'
import type { DeliveredJob, Outcome } from './provider.ts'
import type { RuntimeServices, Wiring } from './registry.ts'
import { decideFailure } from './retry.ts'
import type { JobServices, ServiceContainer } from './services.ts'
import { type StandardSchema, validateStandard } from './standard-schema.ts'
import { isTraced, traceProcess } from './tracing.ts'
import type { Interaction, JsonValue } from './types.ts'
import type { WiderNotice } from './wider-notice.ts'
import type { Middleware } from './wiring.ts'

export interface JobContext {
  /** The messaging system, as traces call it. */
  system: string
  payloads: Payloads
  services: ServiceContainer
  /** Tag, wiring and function middleware in the order they run. */
  middleware: readonly Middleware<RuntimeServices>[]
  /** What becomes of jobs that were added under another contract and do not fit this one. */
  otherContracts: OtherContracts
  /** Told of what results hold beyond their type. */
  wider: WiderNotice
  /** Attempts under way, so that a shutdown can interrupt them. */
  running: Set<Attempt>
  /** What timeouts are measured by. */
  clock: Clock
}

/**
 * One delivered job → validation → services → middleware → function → outcome. Never rejects, and
 * resolves as soon as the attempt is interrupted, even if the function does not notice.
 */
export function runJob(job: DeliveredJob, wiring: Wiring, context: JobContext): Promise<Outcome> {
  const unwrapped = unwrap(job.data)
  const { trace } = unwrapped.envelope
  // A dead letter carries the options of the job it was; they were meant for another function.
  const envelope = job.origin ? {} : unwrapped.envelope
  const run = () => attemptJob(job, unwrapped.payload, wiring, envelope, context)
  if (!isTraced()) return run()
  // Of a dead letter, too: it continues the trace of the job it was.
  return traceProcess({ system: context.system, job, trace }, run)
}

function attemptJob(
  job: DeliveredJob,
  payload: unknown,
  wiring: Wiring,
  envelope: Envelope,
  context: JobContext,
): Promise<Outcome> {
  const timeout = envelope.timeout ?? wiring.config.timeout
  const attempt = new Attempt(job, timeout, context.clock)
  context.running.add(attempt)
  return new Promise((resolve) => {
    const end = (outcome: Outcome) => {
      attempt.end()
      context.running.delete(attempt)
      resolve(outcome)
    }
    attempt.whenInterrupted((cause) => {
      const isTimeout = cause === 'timeout' && timeout !== undefined
      end(isTimeout ? decide(timeoutError(timeout), job, wiring, envelope) : released)
    })
    void execute(attempt, payload, wiring, envelope, context).then(end)
  })
}

async function execute(
  attempt: Attempt,
  payload: unknown,
  wiring: Wiring,
  envelope: Envelope,
  context: JobContext,
): Promise<Outcome> {
  const { job } = attempt
  try {
    const data = accept(payload, wiring, context.payloads)
    const { input, output } = wiring.func
    const checked = input ? await validate(input, data, wiring) : data
    const returned = await call(attempt, checked, wiring, context)
    if (attempt.verdict) throw attempt.verdict.error
    const result = output ? await validateResult(output, returned, wiring) : returned
    return { type: 'done', result: encodeResult(result, wiring, context) }
  } catch (thrown) {
    const { verdict } = attempt
    // It was told to stop, and did.
    if (attempt.windingDown && !verdict) return released
    if (verdict?.type === 'discard') {
      return { type: 'discarded', error: toJobError(verdict.error) }
    }
    if (thrown instanceof InvalidPayload) {
      return context.otherContracts.refuse(job, envelope.contract, thrown.reason)
    }
    // Run again, it would do its work twice.
    if (thrown instanceof InvalidResult) return { type: 'dead', error: toJobError(thrown.reason) }
    return decide(verdict?.error ?? thrown, job, wiring, envelope)
  }
}

/** Validates the payload against the contract. */
function accept(payload: unknown, wiring: Wiring, payloads: Payloads): unknown {
  try {
    return payloads.decode(wiring.queue, 'input', payload)
  } catch (error) {
    throw asInvalidPayload(error)
  }
}

/** Validates the payload against the function's own schema. */
async function validate(
  schema: StandardSchema,
  data: unknown,
  { queue }: Wiring,
): Promise<unknown> {
  try {
    return await validateStandard(schema, data, `the payload of queue "${queue}"`)
  } catch (error) {
    throw asInvalidPayload(error)
  }
}

const asInvalidPayload = (error: unknown): unknown =>
  error instanceof ValidationError ? new InvalidPayload(error) : error

/** Validates the result against the function's own schema, and returns what that makes of it. */
async function validateResult(
  schema: StandardSchema,
  result: unknown,
  { queue }: Wiring,
): Promise<unknown> {
  try {
    return await validateStandard(schema, result, `the result of queue "${queue}"`)
  } catch (error) {
    // One that throws says nothing of the result, but the work is done all the same.
    const isAnswer = error instanceof ValidationError
    throw invalidResult(isAnswer ? error.message : `its validator failed: ${messageOf(error)}`)
  }
}

function encodeResult(result: unknown, wiring: Wiring, context: JobContext): JsonValue {
  try {
    return encode('output', result, wiring, context)
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error
    throw invalidResult(error.message)
  }
}

const invalidResult = (reason: string): InvalidResult =>
  new InvalidResult(
    new PikkuQueueError(errorCodes.invalidResult, `the function ran, but ${reason}`),
  )

/** The work is done: what a value holds beyond its type is no reason to lose it. */
function encode(
  side: 'output' | 'progress',
  value: unknown,
  { queue }: Wiring,
  { payloads, wider }: JobContext,
): JsonValue {
  return payloads.encode(queue, side, value, (paths) => {
    wider.note(side, paths)
  })
}

/** Services → middleware → function. */
function call(attempt: Attempt, data: unknown, wiring: Wiring, context: JobContext): unknown {
  const interaction: Interaction = {
    queue: createQueueInteraction(attempt, {
      logger: context.services.logger,
      encode: (progress) => encode('progress', progress, wiring, context),
    }),
  }
  const { middleware } = context
  const run = (services: RuntimeServices): unknown => {
    const last = () => wiring.func.func(services, data, interaction)
    return middleware.length > 0 ? compose(middleware, services, interaction, last) : last()
  }
  const opened = context.services.forJob(interaction)
  return opened instanceof Promise ? runInSession(opened, run) : run(opened.services)
}

/** The session's services are closed when all of it has ended. */
async function runInSession(
  opening: Promise<JobServices>,
  run: (services: RuntimeServices) => unknown,
): Promise<unknown> {
  const { services, close } = await opening
  try {
    return await run(services)
  } finally {
    await close?.()
  }
}

/** Runs the function inside of its middleware, and resolves to its result. */
async function compose(
  middleware: readonly Middleware<RuntimeServices>[],
  services: RuntimeServices,
  interaction: Interaction,
  run: () => unknown,
): Promise<unknown> {
  let result: unknown
  const dispatch = async (index: number): Promise<void> => {
    const current = middleware[index]
    if (!current) {
      result = await run()
      return
    }
    let called = false
    await current(services, interaction, () => {
      if (called) throw new Error('a middleware called next() twice')
      called = true
      return dispatch(index + 1)
    })
  }
  await dispatch(0)
  return result
}

function decide(thrown: unknown, job: DeliveredJob, wiring: Wiring, envelope: Envelope): Outcome {
  return decideFailure(thrown, {
    attempt: job.attempt,
    maxAttempts: job.maxAttempts,
    backoff: envelope.backoff ?? wiring.config.backoff,
  })
}

/** Marks what no further attempt can mend. */
class InvalidJob extends Error {
  readonly reason: Error

  constructor(reason: Error) {
    super(reason.message)
    this.reason = reason
  }
}

class InvalidPayload extends InvalidJob {}
class InvalidResult extends InvalidJob {}
