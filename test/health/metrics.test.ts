import { readFile } from 'node:fs/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type ProviderName, providerNames } from '../../src/runtime/capabilities.ts'
import { QueueClient } from '../../src/runtime/client.ts'
import type { Contracts } from '../../src/runtime/contract.ts'
import { createDefinitions } from '../../src/runtime/define.ts'
import { startHealth } from '../../src/runtime/health/index.ts'
import { createRegistry, type RuntimeServices } from '../../src/runtime/registry.ts'
import { createServices } from '../../src/runtime/services.ts'
import { Worker } from '../../src/runtime/worker.ts'
import { backends } from '../support/backends.ts'
import { listeningLogger } from '../support/provider-work.ts'
import { silentLogger } from '../support/silent-logger.ts'

const contract = {
  input: {},
  output: { type: 'null', 'x-type': 'undefined' },
  defaults: {},
} as const
type Work = 'succeed' | 'fail' | 'discard' | 'block'

/** A worker of one queue with its health, and a client of it. */
async function setUp(name: ProviderName) {
  const backend = await backends[name]()
  const [queue, letters] = [backend.queue('jobs'), backend.queue('letters')]
  const retry = {
    attempts: 2,
    backoff: { type: 'fixed', delay: 0 },
    deadLetterQueue: letters,
  } as const
  const contracts: Contracts = {
    queues: { [queue]: { ...contract, defaults: retry } },
    $defs: {},
  }
  const registry = createRegistry()
  const { wireQueueWorker, pikkuSessionlessFunc } = createDefinitions<RuntimeServices>(registry)
  const unblock = Promise.withResolvers<void>()
  wireQueueWorker({
    queue,
    config: { ...retry, batchSize: 4, drainDelay: 1 },
    func: pikkuSessionlessFunc<Work>(async (_services, work, { queue: job }) => {
      if (work === 'block') await unblock.promise
      if (work === 'fail') throw new Error('declined')
      if (work === 'discard') job?.discard('old')
    }),
  })
  const logger = listeningLogger()
  const health = await startHealth({ port: 0, host: '127.0.0.1' }, logger)
  const provider = backend.provider('worker')
  const worker = new Worker({
    provider,
    registry,
    contracts,
    createServices: () => createServices({}, silentLogger),
    observer: health.observer,
  })
  health.watch(worker, provider)
  const client = new QueueClient<Record<string, { input: Work; output: void }>>(
    backend.provider('producer'),
    contracts,
  )
  onTestFinished(async () => {
    unblock.resolve()
    await client.close()
    await worker.stop(1_000)
    health.close()
  })
  await worker.start()
  const [, url = ''] = /(http:\S+):/.exec(logger.lines[0] ?? '') ?? []
  const scrape = async () => parse(await (await fetch(`${url}/metrics`)).text())
  return { queue, letters, client, scrape, url, worker }
}

/** Each sample's value, by its name and labels as they are printed. */
function parse(text: string): Record<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return Object.fromEntries(
    lines.map((line) => {
      const [, sample = '', value] = /^(\S+) (\S+)$/.exec(line) ?? []
      return [sample, Number(value)]
    }),
  )
}

it.each(providerNames)('a consumer on %s gets answers while it has nothing to do', async (name) => {
  const { queue, worker } = await setUp(name)
  const answers = () => worker.consumers.get(queue)?.answers ?? 0
  await expect.poll(answers, { timeout: 10_000 }).toBeGreaterThan(0)
  // By then whatever a start does has been answered.
  const atFirst = answers() + 2
  await expect.poll(answers, { timeout: 10_000 }).toBeGreaterThan(atFirst)
})

describe.each(providerNames)('the metrics of a worker on %s', (name) => {
  it('tell what became of its jobs, and what is left', async () => {
    const { queue, letters, client, scrape } = await setUp(name)
    for (const work of ['succeed', 'succeed', 'fail', 'discard', 'block'] as const) {
      await client.add(queue, work)
    }
    await client.add(queue, 'succeed', { delay: 800_000 })

    const attempts = (outcome: string, count: number) => ({
      [`pikku_queue_job_outcomes_total{queue="${queue}",outcome="${outcome}"}`]: count,
      ...(count > 0 && {
        [`pikku_queue_job_duration_seconds_count{queue="${queue}",outcome="${outcome}"}`]: count,
      }),
    })
    const jobs = (counts: Record<string, number>, of = queue) =>
      Object.fromEntries(
        Object.entries(counts).map(([status, count]) => [
          `pikku_queue_jobs{queue="${of}",status="${status}"}`,
          count,
        ]),
      )
    const finished = { completed: 2, failed: 1, discarded: 1 }
    const keepsFinished = name !== 'sqs'
    await expect.poll(scrape, { timeout: 20_000, interval: 300 }).toMatchObject({
      ...attempts('done', 2),
      ...attempts('retry', 1),
      ...attempts('dead', 1),
      ...attempts('discarded', 1),
      ...attempts('released', 0),
      [`pikku_queue_job_wait_seconds_count{queue="${queue}"}`]: 4,
      [`pikku_worker_running_jobs{queue="${queue}"}`]: 1,
      [`pikku_worker_concurrency{queue="${queue}"}`]: 4,
      pikku_worker_ready: 1,
      ...jobs({ waiting: 0, delayed: 1, active: 1, ...(keepsFinished && finished) }),
      ...jobs({ waiting: 1 }, letters),
      [`pikku_queue_paused{queue="${queue}"}`]: 0,
      process_cpu_seconds_total: expect.any(Number) as number,
    })

    const samples = await scrape()
    const oldest = (of: string) => samples[`pikku_queue_oldest_waiting_seconds{queue="${of}"}`]
    expect(oldest(queue)).toBe(name === 'sqs' ? undefined : 0)
    if (name === 'sqs') expect(oldest(letters)).toBeUndefined()
    else expect(oldest(letters)).toBeGreaterThan(0)
    expect(`pikku_queue_jobs{queue="${queue}",status="completed"}` in samples).toBe(keepsFinished)
    const waited = samples[`pikku_queue_job_wait_seconds_sum{queue="${queue}"}`]
    expect(waited).toBeGreaterThan(0)
    expect(waited).toBeLessThan(20)
  })
})

it.each(['operations.md', 'recipes/kubernetes.md'])(
  'docs/%s names metrics that are there',
  async (page) => {
    const { url } = await setUp('bullmq')
    const text = await (await fetch(`${url}/metrics`)).text()
    const types = [...text.matchAll(/^# TYPE (pikku_\w+)/gm)].map(([, name]) => name)
    const docs = await readFile(new URL(`../../docs/${page}`, import.meta.url), 'utf8')
    const named = new Set(docs.match(/\bpikku_\w+/g))
    expect(named.size).toBeGreaterThan(0)
    if (page === 'operations.md') expect([...named].sort()).toEqual(types.sort())
    else expect(types).toEqual(expect.arrayContaining([...named]))
  },
)

describe('the health server', () => {
  it('answers what it is asked for, and nothing else', async () => {
    const { url } = await setUp('bullmq')
    const ask = async (path: string, method = 'GET') => {
      const response = await fetch(url + path, { method })
      return [response.status, response.headers.get('content-type'), await response.text()]
    }
    const text = 'text/plain; charset=utf-8'
    expect(await ask('/ready?from=probe')).toEqual([200, text, 'ready\n'])
    expect(await ask('/live', 'HEAD')).toEqual([200, text, ''])
    expect(await ask('/live', 'POST')).toEqual([405, text, 'ask with GET\n'])
    expect(await ask('/')).toEqual([404, text, 'there is: /live /ready /metrics\n'])
    expect(await ask('/toString')).toEqual([404, text, 'there is: /live /ready /metrics\n'])
    const [status, type] = await ask('/metrics')
    expect([status, type]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8'])
  })
})
