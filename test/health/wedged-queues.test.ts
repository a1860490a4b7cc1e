import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { WedgedQueues } from '../../src/runtime/health/wedged-queues.ts'
import { Overviews } from '../../src/runtime/health/overviews.ts'
import { RunningJobs } from '../../src/runtime/health/running-jobs.ts'
import type { Consumer, DeliveredJob, QueueOverview } from '../../src/runtime/provider.ts'
import { MemoryProvider } from '../support/memory-provider.ts'
import { startWorker } from '../support/memory-worker.ts'

const seconds = 1_000

/** A queue "email" that may be looked at as often as one likes, and what is made of it. */
async function setUp(config: { batchSize?: number; pollInterval?: number } = {}) {
  const { worker } = await startWorker(() => undefined, { config })
  const consumer = { healthy: true, answers: 1, stop: () => Promise.resolve() }
  const queue: { overview: QueueOverview | undefined } = {
    overview: { counts: { waiting: 5 }, paused: false },
  }
  const overviews = new (class extends Overviews {
    override get() {
      // As new as the look that it is asked for.
      return queue.overview && { ...queue.overview, askedAt: now }
    }
  })(new MemoryProvider(), ['email'])
  let now = 0
  const running = new RunningJobs(() => undefined)
  const consumers = new Map<string, Consumer>([['email', consumer]])
  const wedged = new WedgedQueues(worker.wirings, consumers, { overviews, running })
  const lookAt = (second: number) => {
    now = second * seconds
    return wedged.look(now)
  }
  lookAt(0)
  return { consumer, queue, running, lookAt }
}

const job: DeliveredJob = {
  id: 'job-1',
  queueName: 'email',
  data: null,
  attempt: 1,
  maxAttempts: 1,
  createdAt: new Date(),
  lost: new AbortController().signal,
}

describe('a queue is wedged', () => {
  it('when its consumer stands still for fifteen seconds, from when that was first seen', async () => {
    const { lookAt } = await setUp()
    expect([10, 20, 24].map(lookAt)).toEqual([[], [], []])
    expect(lookAt(25)).toEqual(['email'])
  })

  it('no longer once the consumer gets an answer', async () => {
    const { consumer, lookAt } = await setUp()
    lookAt(10)
    expect(lookAt(30)).toEqual(['email'])
    consumer.answers += 1
    expect([31, 32, 46].map(lookAt)).toEqual([[], [], []])
    expect(lookAt(47)).toEqual(['email'])
  })

  it('after twice the time in which it is polled', async () => {
    const { lookAt } = await setUp({ pollInterval: 60 * seconds })
    expect([10, 129].map(lookAt)).toEqual([[], []])
    expect(lookAt(130)).toEqual(['email'])
  })

  it.each<[string, (it: Awaited<ReturnType<typeof setUp>>) => void]>([
    ['no job waits', ({ queue }) => (queue.overview = { counts: { waiting: 0 }, paused: false })],
    ['it is paused', ({ queue }) => (queue.overview = { counts: { waiting: 5 }, paused: true })],
    ['nothing is known of it', ({ queue }) => (queue.overview = undefined)],
    ['the backend is away', ({ consumer }) => (consumer.healthy = false)],
    ['the worker is full', ({ running }) => void running.begins(job)],
  ])('not while %s', async (_, change) => {
    const at = await setUp({ batchSize: 1 })
    at.lookAt(10)
    expect(at.lookAt(30)).toEqual(['email'])
    change(at)
    expect([31, 100].map(at.lookAt)).toEqual([[], []])
  })
})

describe('overviews', () => {
  it('are asked for once, however many want to know, and outlast a backend that fails or hangs', async () => {
    let asked = 0
    let answer: () => Promise<QueueOverview> = () =>
      Promise.resolve({ counts: { waiting: 1 }, paused: false })
    const provider = Object.assign(new MemoryProvider(), {
      overview: () => {
        asked += 1
        return answer()
      },
    })
    const overviews = new Overviews(provider, ['email'], 0)
    await Promise.all([overviews.refresh(), overviews.refresh()])
    expect(asked).toBe(1)
    answer = () => Promise.reject(new Error('away'))
    await overviews.refresh()
    answer = () => new Promise(() => undefined)
    const began = performance.now()
    await overviews.refresh()
    await overviews.refresh()
    expect(performance.now() - began).toBeLessThan(5_000)
    expect(asked).toBe(3)
    expect(overviews.get('email')?.counts).toEqual({ waiting: 1 })
  })

  it('are waited for no longer than half of what Kubernetes has a probe wait, which is a second', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const overview = () => new Promise<never>(() => undefined)
    const overviews = new Overviews(Object.assign(new MemoryProvider(), { overview }), ['email'])
    let waits = true
    void overviews.refresh().then(() => (waits = false))
    await vi.advanceTimersByTimeAsync(500)
    expect(waits).toBe(false)
  })

  it('are not asked for anew within a few seconds', async () => {
    let asked = 0
    const overview = () => Promise.resolve({ counts: { waiting: ++asked }, paused: false })
    const overviews = new Overviews(Object.assign(new MemoryProvider(), { overview }), ['email'])
    await overviews.refresh()
    await overviews.refresh()
    expect(asked).toBe(1)
  })
})
