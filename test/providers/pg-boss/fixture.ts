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
import { PgBossProvider } from '../../../src/runtime/providers/pg-boss/pg-boss-provider.ts'
import type { Logger } from '../../../src/runtime/types.ts'
import { databaseUrl } from '../../support/postgres.ts'
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
  schema: string
  queues?: QueueDeclaration[]
  role?: 'worker' | 'producer'
  url?: string
  logger?: Logger
}

/** An open provider, closed when the test has finished. */
export async function openProvider(options: OpenOptions): Promise<PgBossProvider> {
  const { schema, role = 'worker', queues = [declaration('jobs')] } = options
  const provider = new PgBossProvider({
    connection: { connectionString: options.url ?? databaseUrl(), schema },
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
  provider: PgBossProvider,
  over: Partial<OutgoingJob> = {},
  queue = 'jobs',
): Promise<string> {
  const [result] = await provider.send(queue, [job(over)])
  if (!result || 'error' in result) throw result?.error ?? new Error('nothing was sent')
  return result.id
}

export const done: Outcome = { type: 'done', result: null }

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
  provider: PgBossProvider,
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

export async function untilStatus(
  provider: PgBossProvider,
  id: string,
  status: StoredJob['status'],
  queue = 'jobs',
): Promise<StoredJob> {
  const found: StoredJob[] = []
  await until(async () => {
    const stored = await provider.find(queue, id)
    if (stored?.status === status) found.push(stored)
    return found.length > 0
  }, `job ${id} to be ${status}`)
  const [last] = found
  if (!last) throw new Error(`job ${id} was not found`)
  return last
}
