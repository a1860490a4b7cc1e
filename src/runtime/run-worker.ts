import { parseArgs } from 'node:util'
import type { Contracts } from './contract.ts'
import { errorCodes, PikkuQueueError } from './errors.ts'
import { createLogger } from './logger.ts'
import type { CreateProvider, QueueProvider } from './provider.ts'
import { defaultRegistry, type Wiring } from './registry.ts'
import { createServices, type ServiceContainer, type ServiceFactories } from './services.ts'
import type { Logger } from './types.ts'
import { ignoredOptions, Worker } from './worker.ts'

/** What a generated bootstrap hands over. */
export interface WorkerDefinition extends ServiceFactories {
  provider: string
  createProvider: CreateProvider<never>
  contracts: Contracts
}

export interface WorkerFlags {
  queues: string[] | undefined
  tags: string[] | undefined
  shutdownTimeoutMs: number
}

/**
 * Runs a worker process from start to exit: the flags of its command line, start-up lines, signals,
 * exit codes (0 after a shutdown, 1 when it could not start or crashed). Never rejects.
 */
export async function runWorker(definition: WorkerDefinition): Promise<void> {
  const startedAt = performance.now()
  surviveClosedOutput()
  const fallbackLogger = createLogger()
  let provider: QueueProvider | undefined
  let services: ServiceContainer | undefined
  try {
    const flags = parseWorkerFlags(process.argv.slice(2))
    services = await makeServices(definition, fallbackLogger)
    const { logger } = services
    provider = definition.createProvider({
      role: 'worker',
      applicationName: 'pikku worker',
      logger,
    })
    const worker = new Worker({
      provider,
      registry: defaultRegistry,
      contracts: definition.contracts,
      services,
      queues: flags.queues,
      tags: flags.tags,
    })
    shutDownOnSignals(worker, logger, flags.shutdownTimeoutMs)
    if (await worker.start()) announce(worker, provider, logger, performance.now() - startedAt)
  } catch (error) {
    printStartupError(error)
    await provider?.close(1000).catch(() => undefined)
    await services?.close()
    process.exit(1)
  }
}

/**
 * Reads the worker's flags: the same for `pikku worker` and for a bootstrap that is run by itself.
 * @throws PikkuQueueError PKQ406 for an unknown flag or a value that cannot be.
 */
export function parseWorkerFlags(args: string[]): WorkerFlags {
  const values = parse(args)
  const timeout = values['shutdown-timeout']
  const seconds = Number(timeout)
  if (timeout.trim() === '' || !(seconds >= 0 && seconds <= 86_400)) {
    throw new PikkuQueueError(
      errorCodes.invalidOption,
      '--shutdown-timeout takes seconds, from 0 to 86400',
    )
  }
  return {
    queues: list('queues', values.queues),
    tags: list('tags', values.tags),
    shutdownTimeoutMs: seconds * 1000,
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      // The name of the command.
      allowPositionals: true,
      options: {
        // The bootstrap has chosen already.
        provider: { type: 'string', short: 'p' },
        queues: { type: 'string', short: 'q' },
        tags: { type: 'string', short: 't' },
        'shutdown-timeout': { type: 'string', default: '30' },
      },
    }).values
  } catch (error) {
    const [reason = ''] = error instanceof Error ? error.message.split('. ') : []
    throw new PikkuQueueError(errorCodes.invalidOption, reason, {
      hint: 'A worker takes --queues a,b, --tags a,b and --shutdown-timeout SECONDS.',
      cause: error,
    })
  }
}

function list(flag: string, value: string | undefined): string[] | undefined {
  if (value === undefined) return undefined
  const names = value.split(',').filter((name) => name !== '')
  if (names.length > 0) return names
  throw new PikkuQueueError(errorCodes.invalidOption, `--${flag} takes names, separated by commas`)
}

async function makeServices(
  definition: WorkerDefinition,
  fallbackLogger: Logger,
): Promise<ServiceContainer> {
  try {
    return await createServices(definition, fallbackLogger)
  } catch (cause) {
    // The user's own code failed: its stack is what they need to see.
    const reason = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
    throw new PikkuQueueError(errorCodes.services, `the services could not be made: ${reason}`, {
      hint: 'createConfig or createSingletonServices threw; nothing was started.',
      cause,
    })
  }
}

/**
 * Whoever read our output may be gone (`pikku worker | head`). Jobs go on without it; as an uncaught
 * exception it would be reported to the same closed stream, without end.
 */
function surviveClosedOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
}

/** The first signal drains and exits 0; a second one exits at once. */
function shutDownOnSignals(worker: Worker, logger: Logger, graceMs: number): void {
  let stopping = false
  const shutDown = (why: string, exitCode: number) => {
    if (stopping) process.exit(exitCode === 0 ? 130 : exitCode)
    stopping = true
    logger.info(`${why}: finishing running jobs, for at most ${graceMs / 1000} s`)
    worker.stop(graceMs).then(
      () => {
        logger.info('stopped')
        process.exit(exitCode)
      },
      (error: unknown) => {
        logger.error('could not stop cleanly', { error })
        process.exit(1)
      },
    )
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      shutDown(signal, 0)
    })
  }
  // A stray error of one job must not cost its neighbours an attempt: drain, then exit as failed.
  process.on('uncaughtException', (error) => {
    logger.error(`an error was thrown outside any job: ${error.stack ?? error.message}`)
    if (!stopping) shutDown('uncaught error', 1)
  })
}

function announce(worker: Worker, provider: QueueProvider, logger: Logger, tookMs: number): void {
  const { capabilities } = provider
  logger.info(`provider ${capabilities.label} at ${provider.address}`)
  for (const wiring of worker.wirings) {
    const { name } = wiring.config
    const by = name === wiring.queue ? '' : ` (${name})`
    logger.info(`queue ${wiring.queue}${by}: ${describe(wiring)}`)
    for (const { option, instead } of ignoredOptions(wiring, capabilities)) {
      logger.warn(`queue ${wiring.queue}: ${option} is ignored; ${instead}`)
    }
    if (!worker.isStarted(wiring)) {
      logger.info(`queue ${wiring.queue}: not started (autorun: false); name it with --queues`)
    }
  }
  logger.info(`ready in ${Math.round(tookMs)} ms, waiting for jobs; Ctrl+C drains and stops`)
}

function describe({ config }: Wiring): string {
  const parts = [
    `${config.batchSize} at a time`,
    config.attempts === 1
      ? '1 attempt'
      : `${config.attempts} attempts, ${config.backoff.type} backoff`,
  ]
  if (config.timeout !== undefined) parts.push(`timeout ${config.timeout} ms`)
  if (config.deadLetterQueue !== undefined) parts.push(`dead letters to ${config.deadLetterQueue}`)
  return parts.join(', ')
}

function printStartupError(error: unknown): void {
  const text =
    error instanceof PikkuQueueError
      ? `error ${error.code}: ${error.message}${error.hint ? `\n  ${error.hint}` : ''}`
      : `error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
  process.stderr.write(`${text}\n`)
}
