// One run of one side, in a process of its own; prints its figures as JSON.
// node bench/runtime/run.ts <backend> <ours|raw> <measure> <server> <count> <concurrency>
import { measures } from './measures.ts'
import type { OpenSide } from './side.ts'

const [backend = '', side = '', measure = '', server = '', count = '', concurrency = ''] =
  process.argv.slice(2)

interface Sides {
  ours: OpenSide
  raw: OpenSide
}

const sides: Record<string, () => Promise<Sides>> = {
  bullmq: () => import('./bullmq.ts'),
  'pg-boss': () => import('./pg-boss.ts'),
  sqs: () => import('./sqs.ts'),
}

const both = await sides[backend]?.()
const open = side === 'ours' ? both?.ours : both?.raw
const take = Object.entries(measures).find(([name]) => name === measure)?.[1]
if (!open || !take) throw new Error(`there is no ${side} ${measure} of ${backend}`)

const opened = await open(server, `bench-${side}-${measure}-${process.pid}`)
const figures = await take(opened, Number(count), Number(concurrency))
await opened.close()
console.log(JSON.stringify(figures))
