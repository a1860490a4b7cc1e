import { announce } from './announce.ts'
import type { ConnectionSettings } from './connection-settings.ts'
import type { Contracts } from './contract.ts'
import { PikkuQueueError } from './errors.ts'
import type { Health } from './health/index.ts'
import { createLogger, relayLogger } from './logger.ts'
import type { CreateProvider, QueueProvider } from './provider.ts'
import { defaultRegistry } from './registry.ts'
import { makeServices } from './make-services.ts'
import { restartNotice } from './restart-notice.ts'
import type { ServiceFactories } from './services.ts'
import type { Logger } from './types.ts'
import { parseWorkerFlags, type WorkerFlags, workerUsage } from './worker-flags.ts'
import { Worker } from './worker.ts'

/** What a generated bootstrap hands over. */
export interface WorkerDefinition extends ServiceFactories {
  createProvider: CreateProvider<never>
  contracts: Contracts
  /** Of the project's pikku.config.json, for this provider. */
  settings?: ConnectionSettings
}

/**
 * Runs a worker process from start to exit: the flags of its command line, start-up lines, signals,
 * exit codes (0 after a shutdown, 1 when it could not start or crashed, 2 for a wrong flag). Never rejects.
 */
export async function runWorker(definition: WorkerDefinition): Promise<void> {
  surviveClosedOutput()
  const flags = readFlags()
  const ownLogger = createLogger()
  // The project's logger, once it is made; until then, and where there is none, our own.
  const logger = relayLogger(ownLogger)
  let provider: QueueProvider | undefined
  let health: Health | undefined
  try {
    if (flags.health) {
      // With it comes what workers without it need not load.
      const { startHealth } = await import('./health/index.ts')
      health = await startHealth(flags.health, logger)
    }
    provider = definition.createProvider({
      role: 'worker',
      applicationName: 'pikku worker',
      createQueues: flags.createQueues,
      settings: definition.settings,
      logger,
    })
    const worker = new Worker({
      provider,
      registry: defaultRegistry,
      contracts: definition.contracts,
      createServices: async () => {
        const services = await makeServices(definition, ownLogger)
        logger.relayTo(services.logger)
        return services
      },
      queues: flags.queues,
      tags: flags.tags,
      observer: health?.observer,
    })
    health?.watch(worker, provider)
    shutDownOnSignals(worker, logger, flags.shutdownTimeoutMs)
    if (await worker.start()) announce(worker, provider, logger)
  } catch (error) {
    printStartupError(error)
    await provider?.close(1000).catch(() => undefined)
    process.exit(1)
  }
}

/** Ends the process where there is nothing to run. */
function readFlags(): WorkerFlags {
  try {
    const flags = parseWorkerFlags(process.argv.slice(2))
    if (!flags.help) return flags
    process.stdout.write(`${workerUsage}\n`)
    return process.exit(0)
  } catch (error) {
    printStartupError(error)
    return process.exit(2)
  }
}

/**
 * Whoever read our output may be gone (`pikku worker | head`). Jobs go on without it; as an uncaught
 * exception it would be reported to the same closed stream, without end.
 */
function surviveClosedOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
}

/** One Ctrl+C may arrive twice: from the terminal, and from an npm or shell that passes it on. */
const echoMs = 500

/** The first signal drains and exits 0; a later one exits at once. */
function shutDownOnSignals(worker: Worker, logger: Logger, graceMs: number): void {
  let stoppingSince: number | undefined
  // Then whoever ends us says so, and starts us anew.
  let isRestart = false
  process.on('message', (message) => {
    isRestart ||= message === restartNotice
  })
  const shutDown = (why: string, exitCode: number) => {
    stoppingSince = performance.now()
    const patience = `finishing running jobs, for at most ${graceMs / 1000} s`
    if (!isRestart) logger.info(`${why}: ${patience}; again to quit at once`)
    else if (worker.isBusy) logger.info(patience)
    worker.stop(graceMs).then(
      () => {
        if (!isRestart) logger.info('stopped')
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
      if (stoppingSince === undefined) shutDown(signal, 0)
      else if (performance.now() - stoppingSince > echoMs) {
        logger.warn(
          `${signal} again: quitting at once; unfinished jobs are given back by their timeout`,
        )
        process.exit(130)
      }
    })
  }
  // A stray error of one job must not cost its neighbours an attempt: drain, then exit as failed.
  process.on('uncaughtException', (error) => {
    logger.error(`an error was thrown outside any job: ${error.stack ?? error.message}`)
    if (stoppingSince === undefined) shutDown('uncaught error', 1)
  })
}

function printStartupError(error: unknown): void {
  const text =
    error instanceof PikkuQueueError
      ? `error ${error.code}: ${error.message}${error.hint ? `\n  ${error.hint}` : ''}`
      : `error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
  process.stderr.write(`${text}\n`)
}
