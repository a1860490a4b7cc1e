import type { ConsumeOptions, QueueDeclaration } from '../../../src/runtime/provider.ts'

/** The shortest visibility timeout there is, so that crashes are found soon. */
export function declaration(name: string, over: Partial<QueueDeclaration> = {}): QueueDeclaration {
  return {
    name,
    attempts: 3,
    crashDelayMs: 0,
    visibilityTimeoutSeconds: 10,
    lockDurationMs: 30_000,
    keepCompleted: 1_000,
    keepFailed: 1_000,
    ...over,
  }
}

export function consumeOptions(over: Partial<ConsumeOptions> = {}): ConsumeOptions {
  return {
    concurrency: 10,
    pollIntervalMs: 1_000,
    visibilityTimeoutSeconds: 10,
    lockDurationMs: 30_000,
    workerName: 'test',
    ...over,
  }
}
