import { type Capabilities, nearestTaken } from './capabilities.ts'
import type { QueueProvider } from './provider.ts'
import type { Wiring } from './registry.ts'
import type { Logger } from './types.ts'
import { isWorkerOption } from './worker-options.ts'
import type { Worker } from './worker.ts'

/** The start-up lines: where it works, on what, how, and which options do nothing here. */
export function announce(worker: Worker, provider: QueueProvider, logger: Logger): void {
  const { capabilities } = provider
  logger.info(`provider ${capabilities.label} at ${provider.address}`)
  for (const wiring of worker.wirings) {
    const { name } = wiring.config
    const by = name === wiring.queue ? '' : ` (${name})`
    logger.info(`queue ${wiring.queue}${by}: ${describe(wiring)}`)
    for (const remark of optionRemarks(wiring, capabilities)) {
      logger.warn(`queue ${wiring.queue}: ${remark}`)
    }
    if (!worker.isStarted(wiring)) {
      logger.info(`queue ${wiring.queue}: not started (autorun: false); name it with --queues`)
    }
  }
  logger.info(
    `ready in ${Math.round(performance.now())} ms, waiting for jobs; Ctrl+C drains and stops`,
  )
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

/** Options that are set but do nothing on this provider, or not with that value. */
function optionRemarks(wiring: Wiring, { options }: Capabilities): string[] {
  return wiring.configured.filter(isWorkerOption).flatMap((option) => {
    const support = options[option]
    if (!support.supported) return [`${option} is ignored; ${support.instead}`]
    const value = wiring.config[option]
    if (typeof value !== 'number') return []
    const taken = nearestTaken(support, value)
    return taken === value ? [] : [`${option} ${value} is out of range here; ${taken} is used`]
  })
}
