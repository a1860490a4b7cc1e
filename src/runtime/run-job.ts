import { Attempt, createQueueInteraction, released, timeoutError } from './attempt.ts'
import type { Clock } from './clock.ts'
import { type Envelope, unwrap } from './envelope.ts'
import { errorCodes, PikkuQueueError, toJobError, ValidationError } from './errors.ts'
import type { OtherContracts } from './other-contracts.ts'
import type { Payloads } from './payload.ts'
import type { DeliveredJob, Outcome } from './provider.ts'
import type { RuntimeServices, Wiring } from './registry.ts'
import { decideFailure } from './retry.ts'
import type { ServiceContainer } from './services.ts'
import { validateStandard } from './standard-schema.ts'
import { isTraced, traceProcess } from './tracing.ts'
import type { Interaction, JsonValue } from './types.ts'
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
  /** Attempts under way, so that a shutdown can interrupt them. */
  running: Set<Attempt>
  /** What timeouts are measured by. */
  clock: Clock
}

/**
 * One delivered job → validation → services → middleware → function → outcome. Never rejects, and
 * resolves as soon as the attempt is interrupted, even if the function does not notice.
 */
export async function runJob(
  job: DeliveredJob,
  wiring: Wiring,
  context: JobContext,
): Promise<Outcome> {
  const unwrapped = unwrap(job.data)
  const { payload } = unwrapped
  // A dead letter carries the options of the job it was; they were meant for another function.
  const envelope = job.origin ? {} : unwrapped.envelope
  const timeout = envelope.timeout ?? wiring.config.timeout
  const attempt = new Attempt(job, timeout, context.clock)
  context.running.add(attempt)
  const run = () =>
    Promise.race([
      execute(attempt, payload, wiring, envelope, context),
      attempt.interrupted.then((cause): Outcome => {
        if (cause !== 'timeout' || timeout === undefined) return released
        return decide(timeoutError(timeout), job, wiring, envelope)
      }),
    ])
  try {
    if (!isTraced()) return await run()
    // Of a dead letter, too: it continues the trace of the job it was.
    const { trace } = unwrapped.envelope
    return await traceProcess({ system: context.system, job, trace }, run)
  } finally {
    attempt.end()
    context.running.delete(attempt)
  }
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
    const data = await accept(payload, wiring, context.payloads)
    const result = await call(attempt, data, wiring, context)
    if (attempt.verdict) throw attempt.verdict.error
    return { type: 'done', result: encodeResult(result, wiring, context.payloads) }
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

/** Validates the payload against the contract, then against the function's own schema. */
async function accept(payload: unknown, wiring: Wiring, payloads: Payloads): Promise<unknown> {
  try {
    const data = payloads.decode(wiring.queue, 'input', payload)
    return wiring.func.input ? await validateStandard(wiring.func.input, data) : data
  } catch (error) {
    throw error instanceof ValidationError ? new InvalidPayload(error) : error
  }
}

function encodeResult(result: unknown, wiring: Wiring, payloads: Payloads): JsonValue {
  try {
    return payloads.encode(wiring.queue, 'output', result)
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error
    throw new InvalidResult(
      new PikkuQueueError(errorCodes.invalidResult, `the function ran, but ${error.message}`),
    )
  }
}

/** Services → middleware → function. The session's services are closed when all of it has ended. */
async function call(
  attempt: Attempt,
  data: unknown,
  wiring: Wiring,
  context: JobContext,
): Promise<unknown> {
  const interaction: Interaction = {
    queue: createQueueInteraction(attempt, context.services.logger),
  }
  const { services, close } = await context.services.forJob(interaction)
  try {
    let result: unknown
    await compose(context.middleware, services, interaction, async () => {
      result = await wiring.func.func(services, data, interaction)
    })
    return result
  } finally {
    await close?.()
  }
}

async function compose(
  middleware: readonly Middleware<RuntimeServices>[],
  services: RuntimeServices,
  interaction: Interaction,
  last: () => Promise<void>,
): Promise<void> {
  const dispatch = async (index: number): Promise<void> => {
    const current = middleware[index]
    if (!current) return last()
    let called = false
    await current(services, interaction, () => {
      if (called) throw new Error('a middleware called next() twice')
      called = true
      return dispatch(index + 1)
    })
  }
  await dispatch(0)
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
