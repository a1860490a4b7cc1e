import type { Logger } from '../types.ts'
import { Metrics } from './metrics.ts'

/** Undefined where `prom-client` was left behind, as by who copies a built file alone: probes go on. */
export async function loadMetrics(logger: Logger): Promise<Metrics | undefined> {
  try {
    // A CommonJS module: its names are all on the default export, however it was bundled.
    const { default: client } = await import('prom-client')
    return new Metrics(client)
  } catch (error) {
    if (!isMissing(error)) throw error
    logger.warn('there are no metrics: the package prom-client is not installed')
    return undefined
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND'
}
