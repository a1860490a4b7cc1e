import type { Contracts } from '../../../runtime/contract.ts'
import { errorCodes, PikkuQueueError } from '../../../runtime/errors.ts'
import type { QueueOverview, QueueProvider } from '../../../runtime/provider.ts'
import { queueNames } from '../../../runtime/redrive.ts'
import { type Output, reportLine } from '../../report.ts'
import { ageOf, toTable } from '../../table.ts'
import { notSupported, type QueuesFlags, withQueues } from './open.ts'

interface Row {
  queue: string
  deadLetterQueue: string | undefined
  /** Undefined where there is no such queue on the server. */
  overview: QueueOverview | undefined
}

/** `pikku queues list` */
export const listQueues = (flags: QueuesFlags) =>
  withQueues(flags, async (provider, contracts) => {
    const rows = await Promise.all(
      queueNames(contracts).map(async (queue): Promise<Row> => {
        const deadLetterQueue = contracts.queues[queue]?.defaults.deadLetterQueue
        return { queue, deadLetterQueue, overview: await lookOver(provider, queue) }
      }),
    )
    const { stdout } = flags.at ?? process
    if (flags.json) {
      reportLine(JSON.stringify({ queues: rows.map((row) => toJson(row, rows)) }, null, 2), stdout)
    } else for (const line of toLines(rows, contracts, stdout)) reportLine(line, stdout)
    return 0
  })

async function lookOver(
  provider: QueueProvider,
  queue: string,
): Promise<QueueOverview | undefined> {
  if (!provider.overview) throw notSupported(provider, 'counting the jobs of queues')
  try {
    return await provider.overview(queue)
  } catch (error) {
    if (error instanceof PikkuQueueError && error.code === errorCodes.unknownQueue) return undefined
    throw error
  }
}

const deadOf = ({ deadLetterQueue }: Row, rows: readonly Row[]) =>
  rows.find(({ queue }) => queue === deadLetterQueue)?.overview?.counts.waiting

function toJson(row: Row, rows: readonly Row[]): object {
  const { queue, deadLetterQueue, overview } = row
  return {
    queue,
    exists: overview !== undefined,
    paused: overview?.paused ?? false,
    counts: overview?.counts ?? {},
    dead: deadOf(row, rows) ?? null,
    deadLetterQueue: deadLetterQueue ?? null,
    oldestWaitingSince: overview?.oldestWaitingSince ?? null,
  }
}

function toLines(rows: readonly Row[], contracts: Contracts, output: Output): string[] {
  if (rows.length === 0) return ['The project has no queues.']
  const number = (value: number | undefined) => (value === undefined ? '—' : String(value))
  const trouble = (value: number | undefined) =>
    ({ text: number(value), style: value ? 'error' : undefined }) as const
  return toTable(
    ['QUEUE', 'WAITING', 'ACTIVE', 'DELAYED', 'COMPLETED', 'FAILED', 'DEAD', 'OLDEST', ''],
    rows.map((row) => {
      const { queue, overview } = row
      const { waiting, active, delayed, completed, failed } = overview?.counts ?? {}
      const since = overview?.oldestWaitingSince
      const notes = [
        ...(overview ? [] : ['not there']),
        ...(overview?.paused ? ['paused'] : []),
        ...(contracts.queues[queue] ? [] : ['dead letters only']),
      ]
      return [
        ...[queue, number(waiting), number(active), number(delayed), number(completed)],
        ...[trouble(failed), trouble(deadOf(row, rows)), since ? ageOf(since) : '—'],
        { text: notes.join(', '), style: overview?.paused ? 'warning' : undefined },
      ]
    }),
    output,
  )
}
