import type { QueueProvider } from '../provider.ts'
import type { Logger } from '../types.ts'
import type { AttemptObserver, Worker } from '../worker.ts'
import { type Answer, HttpServer, type ListenOptions } from './http-server.ts'
import { loadMetrics } from './load-metrics.ts'
import type { Measured } from './metrics.ts'
import { Overviews } from './overviews.ts'
import { RunningJobs } from './running-jobs.ts'
import { WedgedQueues } from './wedged-queues.ts'

export type { ListenOptions } from './http-server.ts'

/** Answers probes and scrapes from before the worker starts until after it has stopped. */
export interface Health {
  /** For the worker to call. */
  readonly observer: AttemptObserver
  /** From now on it tells of this worker. */
  watch(worker: Worker, provider: QueueProvider): void
  close(): void
}

/**
 * `/live`: would a restart help? `/ready`: does it take jobs? `/metrics`: numbers for Prometheus.
 * @throws PikkuQueueError PKQ511 when it cannot listen there.
 */
export async function startHealth(options: ListenOptions, logger: Logger): Promise<Health> {
  const metrics = await loadMetrics(logger)
  const running = new RunningJobs((...ended) => metrics?.ended(...ended))
  let measured: Measured | undefined
  let wedged: WedgedQueues | undefined

  async function live(): Promise<Answer> {
    if (measured?.worker.state !== 'working') return ok('live')
    const { worker, overviews } = measured
    wedged ??= new WedgedQueues(worker.wirings, worker.consumers, { overviews, running })
    await overviews.refresh()
    const queues = wedged.look()
    return queues.length === 0
      ? ok('live')
      : unavailable(`jobs wait, and nothing is fetched any more from: ${queues.join(', ')}`)
  }

  function ready(): Answer {
    const { worker } = measured ?? {}
    const state = worker?.state ?? 'starting'
    if (state !== 'working') return unavailable(state)
    const away = [...(worker?.consumers ?? [])].filter(([, { healthy }]) => !healthy)
    if (away.length === 0) return ok('ready')
    const queues = away.map(([queue]) => queue)
    return unavailable(`the backend cannot be reached for: ${queues.join(', ')}`)
  }

  async function scrape(): Promise<Answer> {
    if (!metrics) return { status: 501, body: 'the package prom-client is not installed\n' }
    await measured?.overviews.refresh()
    return {
      status: 200,
      contentType: metrics.contentType,
      body: await metrics.print(measured),
    }
  }

  const server = await HttpServer.listen(
    { '/live': live, '/ready': ready, '/metrics': scrape },
    options,
  )
  logger.info(`health at ${server.url}: /live /ready /metrics`)
  return {
    observer: running,
    watch(worker, provider) {
      const queues = queuesOf(worker)
      measured = { worker, queues, overviews: new Overviews(provider, queues), running }
    },
    close: () => server.close(),
  }
}

/** Those of its wirings, and where their dead letters go. */
function queuesOf({ wirings }: Worker): string[] {
  const letters = wirings.flatMap(({ config }) => config.deadLetterQueue ?? [])
  return [...new Set([...wirings.map(({ queue }) => queue), ...letters])]
}

const ok = (body: string): Answer => ({ status: 200, body: `${body}\n` })
const unavailable = (body: string): Answer => ({ status: 503, body: `${body}\n` })
