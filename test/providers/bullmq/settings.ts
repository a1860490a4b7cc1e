import type { ConsumeOptions, QueueDeclaration } from '../../../src/runtime/provider.ts'

/** A lock that is short enough to be waited for. */
export const lockMs = 2_000

export function declaration(name: string, over: Partial<QueueDeclaration> = {}): QueueDeclaration {
  return {
    name,
    attempts: 3,
    crashDelayMs: 0,
    visibilityTimeoutSeconds: 30,
    lockDurationMs: lockMs,
    keepCompleted: 1_000,
    keepFailed: 1_000,
    ...over,
  }
}

export function consumeOptions(over: Partial<ConsumeOptions> = {}): ConsumeOptions {
  return {
    concurrency: 10,
    pollIntervalMs: 1_000,
    visibilityTimeoutSeconds: 30,
    lockDurationMs: lockMs,
    workerName: 'test',
    ...over,
  }
}
