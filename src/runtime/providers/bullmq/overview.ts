import type { QueueOverview } from '../../provider.ts'
import { countJobs } from './inspect.ts'
import type { Queue } from './queues.ts'
import { dueTimeOf, parse } from './stored-job.ts'

/** BullMQ keeps a line for each priority; nobody uses more than a few. */
const mostPriorities = 200

/** What the script oldest says of a job at the head of its line. */
type Head = [
  timestamp: string | null,
  options: string | null,
  processedOn: string | null,
  dueAt: string | null,
]

export async function lookOver(queue: Queue): Promise<QueueOverview> {
  const [counts, [heads, dueScore, paused]] = await Promise.all([
    countJobs(queue),
    queue.run<[heads: Head[], dueScore: string, paused: 0 | 1]>('pikku:oldest', [
      Date.now(),
      mostPriorities,
    ]),
  ])
  const times = heads.map(waitingSince)
  if (dueScore !== '') times.push(dueTimeOf(dueScore))
  return {
    counts,
    oldestWaitingSince: times.length === 0 ? null : new Date(Math.min(...times)),
    paused: paused === 1,
  }
}

/** BullMQ keeps no such time: it is the last of what has to be over before the job can wait. */
function waitingSince([timestamp, options, processedOn, dueAt]: Head): number {
  const parsed = parse(options ?? undefined)
  const delay: unknown =
    typeof parsed === 'object' && parsed !== null && Reflect.get(parsed, 'delay')
  const firstDue = Number(timestamp ?? 0) + (typeof delay === 'number' ? delay : 0)
  return Math.max(firstDue, Number(processedOn ?? 0), Number(dueAt ?? 0))
}
