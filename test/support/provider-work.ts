import { setTimeout as delay } from 'node:timers/promises'
import type {
  ConsumeOptions,
  Consumer,
  DeliveredJob,
  OutgoingJob,
  Outcome,
  QueueDeclaration,
  QueueProvider,
  SendResult,
  StoredJob,
} from '../../src/runtime/provider.ts'
import type { Logger } from '../../src/runtime/types.ts'

/** A logger that remembers, so that a test can ask what was said. */
export function listeningLogger(): Logger & { lines: string[] } {
  const lines: string[] = []
  const log = (level: string) => (message: string, details?: Record<string, unknown>) =>
    void lines.push(`${level} ${message} ${JSON.stringify(details ?? {})}`)
  return { lines, debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') }
}

/** A lock that is short enough to be waited for. */
export const lockMs = 2_000

/** With the shortest visibility timeout that PostgreSQL has, so that crashes are found soon. */
export function declaration(name: string, over: Partial<QueueDeclaration> = {}): QueueDeclaration {
  return {
    name,
    attempts: 3,
    crashDelayMs: 0,
    visibilityTimeoutSeconds: 10,
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
    visibilityTimeoutSeconds: 10,
    lockDurationMs: lockMs,
    drainDelaySeconds: 5,
    workerName: 'test',
    ...over,
  }
}

export function job(over: Partial<OutgoingJob> = {}): OutgoingJob {
  return { data: null, delayMs: 0, priority: 0, attempts: 3, ...over }
}

export function idOf(result: SendResult | undefined): string {
  if (!result || 'error' in result) throw result?.error ?? new Error('nothing was sent')
  return result.id
}

export async function sendOne(
  provider: QueueProvider,
  over: Partial<OutgoingJob> = {},
  queue = 'jobs',
): Promise<string> {
  const [result] = await provider.send(queue, [job(over)])
  return idOf(result)
}

export const done: Outcome = { type: 'done', result: null }
export const dead: Outcome = { type: 'dead', error: { name: 'Error', message: 'declined' } }

export interface Work {
  consumer: Consumer
  /** In the order of delivery. */
  jobs: DeliveredJob[]
  /** Monotonic times of the deliveries. */
  times: number[]
  most: number
}

/** Consumes, and remembers what was delivered and how many ran at once. */
export function work(
  provider: QueueProvider,
  run: (job: DeliveredJob) => Outcome | Promise<Outcome> = () => done,
  over: Partial<ConsumeOptions> = {},
  queue = 'jobs',
): Work {
  const seen: Work = { consumer: undefined as never, jobs: [], times: [], most: 0 }
  let running = 0
  seen.consumer = provider.consume(queue, consumeOptions(over), async (delivered) => {
    seen.jobs.push(delivered)
    seen.times.push(performance.now())
    running += 1
    seen.most = Math.max(seen.most, running)
    try {
      return await run(delivered)
    } finally {
      running -= 1
    }
  })
  return seen
}

/** Waits for something to become true, and says what was waited for when it does not. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  withinMs = 20_000,
): Promise<void> {
  const deadline = performance.now() + withinMs
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited ${withinMs} ms for ${what}`)
    await delay(5)
  }
}

/** Looking may fail meanwhile: the server may be away. */
export async function untilStatus(
  provider: QueueProvider,
  id: string,
  status: StoredJob['status'],
  queue = 'jobs',
): Promise<StoredJob> {
  const found: StoredJob[] = []
  await until(async () => {
    const stored = await provider.find?.(queue, id).catch(() => null)
    if (stored?.status === status) found.push(stored)
    return found.length > 0
  }, `job ${id} to be ${status}`)
  const [last] = found
  if (!last) throw new Error(`job ${id} was not found`)
  return last
}
