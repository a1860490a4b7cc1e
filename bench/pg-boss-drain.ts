// How fast no-op jobs are drained: our loop and pg-boss's own work(), in turns, on one PostgreSQL.
// node bench/pg-boss-drain.ts <postgres URL> [jobs]
import { PgBoss } from 'pg-boss'
import type { OutgoingJob } from '../src/runtime/provider.ts'
import { createProvider } from '../src/runtime/providers/pg-boss/index.ts'

const [url = process.env.DATABASE_URL ?? '', count = '10000'] = process.argv.slice(2)
const total = Number(count)
const quiet = () => undefined
const logger = { debug: quiet, info: quiet, warn: console.warn, error: console.error }

const declaration = {
  name: 'jobs',
  attempts: 3,
  crashDelayMs: 1_000,
  visibilityTimeoutSeconds: 30,
  lockDurationMs: 30_000,
  keepCompleted: 1e9,
  keepFailed: 1e9,
}
const options = {
  pollIntervalMs: 1_000,
  visibilityTimeoutSeconds: 30,
  lockDurationMs: 30_000,
  workerName: 'bench',
}

async function ours(schema: string, concurrency: number): Promise<number> {
  const connection = { connectionString: url, schema }
  const provider = createProvider({ connection, role: 'worker', logger })
  await provider.open([declaration])
  const jobs = Array.from({ length: 1_000 }, (_, n): OutgoingJob => ({
    data: { n },
    delayMs: 0,
    priority: 0,
    attempts: 3,
  }))
  for (let sent = 0; sent < total; sent += jobs.length) await provider.send('jobs', jobs)
  const startedAt = performance.now()
  const all = Promise.withResolvers<void>()
  let runs = 0
  const consumer = provider.consume('jobs', { ...options, concurrency }, () => {
    runs += 1
    if (runs === total) all.resolve()
    return Promise.resolve({ type: 'done', result: { ok: true } })
  })
  await all.promise
  await consumer.stop()
  const seconds = (performance.now() - startedAt) / 1000
  await provider.close(5_000)
  return total / seconds
}

async function theirs(schema: string): Promise<number> {
  const boss = new PgBoss({ connectionString: url, schema, schedule: false })
  boss.on('error', console.error)
  await boss.start()
  await boss.createQueue('jobs')
  const jobs = Array.from({ length: 1_000 }, (_, n) => ({ data: { n } }))
  for (let sent = 0; sent < total; sent += jobs.length) await boss.insert('jobs', jobs)
  const startedAt = performance.now()
  const all = Promise.withResolvers<void>()
  let runs = 0
  const work = {
    batchSize: 50,
    perJobResults: true,
    pollingIntervalSeconds: 0.5,
    burstWhenBatchFull: true,
  } as const
  await boss.work('jobs', work, (batch) => {
    runs += batch.length
    if (runs === total) all.resolve()
    const done = batch.map(({ id }) => ({ id, status: 'completed' as const, output: { ok: true } }))
    return Promise.resolve(done)
  })
  await all.promise
  const seconds = (performance.now() - startedAt) / 1000
  await boss.stop()
  return total / seconds
}

for (let round = 1; round <= 3; round += 1) {
  const stamp = `${process.pid}_${round}`
  const [ten, fifty] = [await ours(`b10_${stamp}`, 10), await ours(`b50_${stamp}`, 50)]
  const work = await theirs(`bw_${stamp}`)
  console.log(
    `round ${round}: ours ×10 ${ten.toFixed(0)}/s, ours ×50 ${fifty.toFixed(0)}/s, ` +
      `work() batch 50 ${work.toFixed(0)}/s, ratio ${(ten / work).toFixed(2)} / ${(fifty / work).toFixed(2)}`,
  )
}
