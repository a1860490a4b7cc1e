import type { Capabilities } from './capabilities.ts'
import type { Contracts } from './contract.ts'
import { limitConfig } from './option-limits.ts'
import type { QueueDeclaration } from './provider.ts'
import type { Wiring } from './registry.ts'
import { backoffDelay } from './retry.ts'
import { resolveWorkerConfig, type ResolvedWorkerConfig } from './worker-options.ts'

/** The queues a worker declares: those it works on. */
export function declareQueues(
  wirings: readonly Wiring[],
  capabilities: Capabilities,
): QueueDeclaration[] {
  return wirings.map(({ queue, config }) => declare(queue, limitConfig(config, capabilities)))
}

/** The queues a producer declares; it knows no more of them than the contracts say. */
export function declareContracts(contracts: Contracts): QueueDeclaration[] {
  return Object.entries(contracts.queues).map(([queue, { defaults }]) =>
    declare(queue, resolveWorkerConfig(queue, defaults)),
  )
}

function declare(name: string, config: ResolvedWorkerConfig): QueueDeclaration {
  return {
    name,
    attempts: config.attempts,
    crashDelayMs: backoffDelay({ ...config.backoff, jitter: 0 }, 1),
    deadLetterQueue: config.deadLetterQueue,
    visibilityTimeoutSeconds: config.visibilityTimeout,
    lockDurationMs: config.lockDuration,
    keepCompleted: config.removeOnComplete,
    keepFailed: config.removeOnFail,
    maxStalledCount: config.maxStalledCount,
  }
}
