// How fast jobs are added and worked on: this package and hand-written workers on the bare libraries,
// in turns, on one server each, which is started for it.
// npm run bench:runtime [-- [backends…] [--rounds n]]     default: bullmq pg-boss sqs, 3 rounds
import { execFile } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { startRedisServer } from '../test/support/redis-server.ts'
import { startSqsServer } from '../test/support/sqs-server.ts'
import { startThrowawayServer } from '../test/support/throwaway-server.ts'
import type { Figures, measures } from './runtime/measures.ts'

const runner = fileURLToPath(new URL('./runtime/run.ts', import.meta.url))
const { values, positionals: chosen } = parseArgs({
  options: { rounds: { type: 'string', default: '3' } },
  allowPositionals: true,
})
const rounds = Number(values.rounds)

interface Backend {
  /** What it is measured against. */
  against: string
  start: () => Promise<{ url: string; destroy: () => Promise<void> }>
  drained: number
}

const backends: Record<string, Backend> = {
  bullmq: { against: 'a BullMQ Worker', start: startRedisServer, drained: 20_000 },
  'pg-boss': {
    against: 'work() with batch 50, perJobResults',
    start: () => startThrowawayServer({ fsync: true }),
    drained: 15_000,
  },
  sqs: { against: 'sqs-consumer, batches of 10', start: startSqsServer, drained: 10_000 },
}

interface Step {
  what: string
  measure: keyof typeof measures
  /** What the other side does for it. */
  theirs?: keyof typeof measures
  count: (backend: Backend) => number
  concurrency: number
}

const steps: Step[] = [
  { what: 'drain, 10 at a time', measure: 'drain', count: (it) => it.drained, concurrency: 10 },
  { what: 'drain, 50 at a time', measure: 'drain', count: (it) => it.drained, concurrency: 50 },
  {
    what: 'jobs of 5 and 100 ms, 50 at a time',
    measure: 'varying',
    count: () => 5_000,
    concurrency: 50,
  },
  {
    what: '1,000 single adds at once, against their bulk call',
    measure: 'each',
    theirs: 'many',
    count: () => 1_000,
    concurrency: 1,
  },
  { what: 'idle, add to start', measure: 'idle', count: () => 100, concurrency: 10 },
]

/** Without blocking this process: the emulator of SQS lives in it. */
async function run(name: string, side: 'ours' | 'raw', step: Step, url: string): Promise<Figures> {
  const measure = side === 'raw' ? (step.theirs ?? step.measure) : step.measure
  const count = step.count(backends[name] ?? raise(name))
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...[runner, name, side, measure, url, String(count), String(step.concurrency)],
  ])
  return JSON.parse(stdout.split('\n').at(-2) ?? '') as Figures
}

function raise(name: string): never {
  throw new Error(`there is no backend "${name}"`)
}

const median = (values: number[]) => at(values, 0.5)

function at(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
}

const ratioOf = (ours: Figures[], raw: Figures[], figure: (run: Figures) => number) => {
  const each = ours.map((run, round) => figure(run) / figure(raw[round] ?? run))
  const spread = `${Math.min(...each).toFixed(2)} to ${Math.max(...each).toFixed(2)}`
  return `${median(each).toFixed(2)} (${spread})`
}

console.log(
  `Node ${process.version}, ${availableParallelism()} cores, ${rounds} rounds in turns; ` +
    'ratios are ours to theirs: median (lowest to highest)\n',
)
console.log('| backend | what | jobs a second | CPU of a job | p50 / p99 ms, ours, theirs |')
console.log('| --- | --- | --- | --- | --- |')
for (const name of chosen.length > 0 ? chosen : Object.keys(backends)) {
  const { start, against } = backends[name] ?? raise(name)
  const server = await start()
  try {
    for (const step of steps) {
      const ours: Figures[] = []
      const raw: Figures[] = []
      for (let round = 0; round < rounds; round += 1) {
        ours.push(await run(name, 'ours', step, server.url))
        raw.push(await run(name, 'raw', step, server.url))
      }
      const rate = ours[0]?.perSecond ? ratioOf(ours, raw, (it) => it.perSecond) : ''
      const cpu = ours[0]?.cpuMicroseconds ? ratioOf(ours, raw, (it) => it.cpuMicroseconds) : ''
      const latency = (runs: Figures[]) => {
        const all = runs.flatMap(({ latencies }) => latencies)
        return `${at(all, 0.5).toFixed(1)} / ${at(all, 0.99).toFixed(1)}`
      }
      const idle = step.measure === 'idle' ? `${latency(ours)}, ${latency(raw)}` : ''
      console.log(`| ${name}, against ${against} | ${step.what} | ${rate} | ${cpu} | ${idle} |`)
    }
  } finally {
    await server.destroy()
  }
}
