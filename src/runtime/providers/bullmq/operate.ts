import { defaultAttempts } from '../../defaults.ts'
import type { MoveResult, PlacedJob, PlaceJob } from '../../provider.ts'
import { toKey } from './ids.ts'
import { foundJobs } from './inspect.ts'
import { usualPriority } from './priorities.ts'
import type { Queue } from './queues.ts'
import { scripts } from './scripts.ts'
import { toStoredJob } from './stored-job.ts'

/** BullMQ's own: its workers look at the same mark as ours, in the script that fetches. */
export async function setPaused(queue: Queue, paused: boolean): Promise<void> {
  await queue.backend.pause(paused)
}

/** Resolves to how many there were: both are one transaction. */
export async function drainQueue(queue: Queue): Promise<number> {
  const { lua, keys } = scripts['pikku:counts']
  const transaction = queue.transaction()
  transaction.eval(lua, keys, queue.prefix, Date.now())
  const { keys: names } = queue.backend
  queue.backend.execCommand(transaction, 'drain', [
    ...[names['wait'], names['paused'], names['delayed'], names['prioritized'], names['repeat']],
    ...[queue.prefix, '1'],
  ])
  const [counted, drained] = (await transaction.exec()) ?? []
  const [waiting = 0, delayed = 0] = toNumbers(counted?.[1])
  const error = counted?.[0] ?? drained?.[0]
  if (error?.message.includes('NOSCRIPT')) {
    // Outside of a transaction, the driver teaches the server the script.
    await queue.backend.drain(true)
  } else if (error) {
    throw error
  }
  return waiting + delayed
}

function toNumbers(answer: unknown): number[] {
  return Array.isArray(answer) ? answer.map(Number) : []
}

const perPage = 100

/** Page for page, past those that stay. */
export async function moveJobs(
  queue: Queue,
  limit: number,
  place: PlaceJob,
  prefixOf: (queue: string) => string,
): Promise<MoveResult> {
  const result = { moved: 0, left: 0 }
  while (result.moved < limit) {
    const page = { offset: result.left, limit: Math.min(perPage, limit - result.moved) }
    const found = await foundJobs(queue, 'waiting', page)
    const answers = await Promise.all(
      found.map(async (job) => {
        const placed = place(toStoredJob(queue.name, job, defaultAttempts))
        return placed ? moveJob(queue, job[1], placed, prefixOf(placed.queue)) : 'left'
      }),
    )
    const taken = answers.filter((answer) => answer === 'taken').length
    const moved = answers.filter((answer) => answer === 'moved').length
    result.moved += moved
    result.left += answers.length - moved - taken
    // Workers are quicker; or there are none.
    if (taken === answers.length) break
  }
  return result
}

/** The script's answer: moved, known or taken. */
function moveJob(queue: Queue, key: string, placed: PlacedJob, prefix: string): Promise<unknown> {
  const options = { attempts: placed.attempts, priority: usualPriority }
  return queue.client.runCommand('pikku:move', [
    ...[queue.prefix, prefix, key, toKey(placed.id)],
    placed.data === undefined ? '' : JSON.stringify(placed.data),
    ...[JSON.stringify(options), usualPriority, Date.now()],
  ])
}
