import { setTimeout as delay } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import type {
  ConsumeOptions,
  Consumer,
  DeliveredJob,
  OutgoingJob,
  Outcome,
  QueueDeclaration,
  StoredJob,
} from '../../../src/runtime/provider.ts'
import { BullmqProvider } from '../../../src/runtime/providers/bullmq/bullmq-provider.ts'
import type { Logger } from '../../../src/runtime/types.ts'
import { redisUrl } from '../../support/redis.ts'
import { consumeOptions, declaration } from './settings.ts'

export { declaration }

/** A logger that remembers, so that a test can ask what was said. */
export function listeningLogger(): Logger & { lines: string[] } {
  const lines: string[] = []
  const log = (level: string) => (message: string, details?: Record<string, unknown>) =>
    void lines.push(`${level} ${message} ${JSON.stringify(details ?? {})}`)
  return { lines, debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') }
}

export interface OpenOptions {
  prefix: string
  queues?: QueueDeclaration[]
  role?: 'worker' | 'producer'
  url?: string
  logger?: Logger
}

/** An open provider, closed when the test has finished. */
export async function openProvider(options: OpenOptions): Promise<BullmqProvider> {
  const { prefix, role = 'worker', queues = [declaration('jobs')] } = options
  const provider = new BullmqProvider({
    connection: { url: options.url ?? redisUrl(), prefix },
    role,
    logger: options.logger ?? listeningLogger(),
  })
  onTestFinished(() => provider.close(2_000))
  await provider.open(queues)
  return provider
}

export function job(over: Partial<OutgoingJob> = {}): OutgoingJob {
  return { data: null, delayMs: 0, priority: 0, attempts: 3, ...over }
}

export async function sendOne(
  provider: BullmqProvider,
  over: Partial<OutgoingJob> = {},
  queue = 'jobs',
): Promise<string> {
  const [result] = await provider.send(queue, [job(over)])
  if (!result || 'error' in result) throw result?.error ?? new Error('nothing was sent')
  return result.id
}

export const done: Outcome = { type: 'done', result: null }
export const dead: Outcome = { type: 'dead', error: { name: 'Error', message: 'declined' } }

export interface Work {
  consumer: Consumer
  /** In the order of delivery. */
  jobs: DeliveredJob[]
}

/** Consumes, and remembers what was delivered. */
export function work(
  provider: BullmqProvider,
  run: (job: DeliveredJob) => Outcome | Promise<Outcome> = () => done,
  over: Partial<ConsumeOptions> = {},
  queue = 'jobs',
): Work {
  const jobs: DeliveredJob[] = []
  const consumer = provider.consume(queue, consumeOptions(over), async (delivered) => {
    jobs.push(delivered)
    return run(delivered)
  })
  return { consumer, jobs }
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

export async function untilStatus(
  provider: BullmqProvider,
  id: string,
  status: StoredJob['status'],
  queue = 'jobs',
): Promise<StoredJob> {
  const found: StoredJob[] = []
  await until(async () => {
    const stored = await provider.find(queue, id).catch(() => null)
    if (stored?.status === status) found.push(stored)
    return found.length > 0
  }, `job ${id} to be ${status}`)
  const [last] = found
  if (!last) throw new Error(`job ${id} was not found`)
  return last
}
