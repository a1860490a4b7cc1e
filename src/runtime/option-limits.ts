import { type Capabilities, nearestTaken } from './capabilities.ts'
import type { ResolvedWorkerConfig } from './worker-options.ts'

/** The config with each value brought to the nearest that the provider takes. */
export function limitConfig(
  config: ResolvedWorkerConfig,
  { options }: Capabilities,
): ResolvedWorkerConfig {
  return {
    ...config,
    pollInterval: nearestTaken(options.pollInterval, config.pollInterval),
    visibilityTimeout: nearestTaken(options.visibilityTimeout, config.visibilityTimeout),
    lockDuration: nearestTaken(options.lockDuration, config.lockDuration),
    drainDelay: nearestTaken(options.drainDelay, config.drainDelay),
  }
}
