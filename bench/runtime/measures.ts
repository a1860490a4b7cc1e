import { setTimeout as delay } from 'node:timers/promises'
import type { Side } from './side.ts'

/** What one run of one side found. */
export interface Figures {
  perSecond: number
  /** User and system time of this process in microseconds, for each job. */
  cpuMicroseconds: number
  /** From add to start, milliseconds, sorted. */
  latencies: number[]
}

const none: Figures = { perSecond: NaN, cpuMicroseconds: NaN, latencies: [] }

export const measures = {
  /** Takes a full queue to empty; jobs do nothing. */
  drain: (side: Side, count: number, concurrency: number) =>
    drain(side, count, concurrency, () => undefined),
  /** The same with jobs that wait: nine of ten for 5 ms, each tenth for 100 ms. */
  varying: (side: Side, count: number, concurrency: number) =>
    drain(side, count, concurrency, (n) => delay(n % 10 === 0 ? 100 : 5)),
  /** Stores jobs by as many single calls at once. */
  each: (side: Side, count: number) => add(count, () => side.addEach(count)),
  /** Stores jobs by one call. */
  many: (side: Side, count: number) => add(count, () => side.addMany(count)),
  /** A job at a time for an idle worker: from add to start. */
  async idle(side: Side, count: number, concurrency: number): Promise<Figures> {
    const latencies: number[] = []
    let begun = Promise.withResolvers<void>()
    await side.work(concurrency, () => {
      begun.resolve()
      return Promise.resolve({ ok: true })
    })
    // The first ones find connections and code that are cold.
    for (let n = -10; n < count; n += 1) {
      await delay(30)
      begun = Promise.withResolvers()
      const addedAt = performance.now()
      await side.addEach(1)
      await begun.promise
      if (n >= 0) latencies.push(performance.now() - addedAt)
    }
    return { ...none, latencies: latencies.sort((a, b) => a - b) }
  },
} satisfies Record<string, (side: Side, count: number, concurrency: number) => Promise<Figures>>

const addsBefore = 10
const addsMeasured = 20

/** In a process that has added as many before, several times: producers live long. */
async function add(count: number, addAll: () => Promise<void>): Promise<Figures> {
  for (let n = 0; n < addsBefore; n += 1) await addAll()
  const startedAt = performance.now()
  for (let n = 0; n < addsMeasured; n += 1) await addAll()
  return { ...none, perSecond: (count * addsMeasured) / seconds(startedAt) }
}

async function drain(
  side: Side,
  count: number,
  concurrency: number,
  job: (n: number) => unknown,
): Promise<Figures> {
  for (let stored = 0; stored < count; stored += 1_000) await side.addMany(1_000)
  const all = Promise.withResolvers<void>()
  let ended = 0
  const cpu = process.cpuUsage()
  const startedAt = performance.now()
  await side.work(concurrency, async ({ n }) => {
    await job(n)
    ended += 1
    if (ended === count) all.resolve()
    return { ok: true }
  })
  await all.promise
  const perSecond = count / seconds(startedAt)
  const { user, system } = process.cpuUsage(cpu)
  return { ...none, perSecond, cpuMicroseconds: (user + system) / count }
}

const seconds = (startedAt: number) => (performance.now() - startedAt) / 1000
