import type { ConnectionSettings } from '../connection-settings.ts'
import type { Contracts } from '../contract.ts'
import { errorCodes, PikkuQueueError } from '../errors.ts'
import { createLogger, relayLogger } from '../logger.ts'
import { makeServices } from '../make-services.ts'
import type { SqsConnection } from '../providers/sqs/index.ts'
import type { SqsBatchResponse, SqsEvent } from '../providers/sqs/lambda/event.ts'
import { LambdaProvider } from '../providers/sqs/lambda/lambda-provider.ts'
import { defaultRegistry, type Registry } from '../registry.ts'
import type { ServiceFactories } from '../services.ts'
import { Worker } from '../worker.ts'

/** What a generated entry point hands over. */
export interface LambdaDefinition extends ServiceFactories {
  contracts: Contracts
  /** Default: as a worker finds it, in SQS_ENDPOINT, SQS_QUEUE_URL_PREFIX and the SDK's own chain. */
  connection?: SqsConnection
  /** Of the project's pikku.config.json. */
  settings?: ConnectionSettings
  /** Where the functions were wired; the process's own unless a test brings another. */
  registry?: Registry
}

/** What Lambda tells of an invocation, as far as it matters here. */
export interface LambdaContext {
  getRemainingTimeInMillis(): number
}

/** The function that Lambda calls with each batch of messages. */
export type LambdaHandler = (event: SqsEvent, context: LambdaContext) => Promise<SqsBatchResponse>

/**
 * Makes the handler of a Lambda function that queues of SQS are mapped to, with
 * `ReportBatchItemFailures`. What it needs is made with the first batch and kept for all that follow in
 * the process.
 *
 * The handler throws PikkuQueueError when it cannot begin (no services, a queue that is missing): then
 * the whole batch comes again.
 */
export function createLambdaHandler(definition: LambdaDefinition): LambdaHandler {
  let starting: Promise<LambdaProvider> | undefined
  return async (event, context) => {
    try {
      assertOfSqs(event)
      const provider = await (starting ??= start(definition))
      return await provider.handle(event, context.getRemainingTimeInMillis())
    } catch (error) {
      report(error)
      throw error
    }
  }

  async function start(it: LambdaDefinition): Promise<LambdaProvider> {
    try {
      return await startWorker(it)
    } catch (error) {
      // The next batch tries again.
      starting = undefined
      throw error
    }
  }
}

async function startWorker(definition: LambdaDefinition): Promise<LambdaProvider> {
  const ownLogger = createLogger()
  const logger = relayLogger(ownLogger)
  const { contracts, connection, settings, registry = defaultRegistry } = definition
  const provider = new LambdaProvider({ connection, settings, logger })
  const worker = new Worker({
    provider,
    registry,
    contracts,
    createServices: async () => {
      const services = await makeServices(definition, ownLogger)
      logger.relayTo(services.logger)
      return services
    },
    // By name, those with `autorun: false` too: whoever maps a queue to the function starts it.
    queues: registry.wirings().map(({ queue }) => queue),
  })
  await worker.start()
  return provider
}

/** Lambda's own log has the error's message, and not what to do. */
function report(error: unknown): void {
  if (!(error instanceof PikkuQueueError) || error.hint === undefined) return
  process.stderr.write(`error ${error.code}: ${error.message}\n  ${error.hint}\n`)
}

function assertOfSqs(event: SqsEvent): void {
  const { Records: records }: { Records?: unknown } = event
  const isOfSqs =
    Array.isArray(records) &&
    records.every((record: { eventSourceARN?: unknown }) =>
      /:sqs:/.test(String(record.eventSourceARN)),
    )
  if (isOfSqs) return
  throw new PikkuQueueError(errorCodes.notSupported, 'the event is not one of SQS', {
    hint: 'Map a queue of SQS to this function; it cannot be called with anything else.',
  })
}
