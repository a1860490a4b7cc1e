import { createRedactor, type Redactor } from '../../../dashboard/redact.ts'
import { unwrap } from '../../../runtime/envelope.ts'
import { errorCodes, PikkuQueueError } from '../../../runtime/errors.ts'
import type { QueueProvider, StoredJob } from '../../../runtime/provider.ts'
import { refuseUnknownQueue } from '../../../runtime/redrive.ts'
import type { JobError, JobStatus } from '../../../runtime/types.ts'
import { type Output, reportLine } from '../../report.ts'
import { ageOf, harmless, toTable } from '../../table.ts'
import { notSupported, type QueuesFlags, withQueues } from './open.ts'

export const statuses: readonly JobStatus[] = [
  ...(['waiting', 'active', 'delayed'] as const),
  ...(['failed', 'discarded', 'completed'] as const),
]

export interface ShowFlags extends QueuesFlags {
  status?: JobStatus
  /** Jobs of each status. */
  limit: number
  /** Show what is sensitive, too. */
  reveal?: boolean
}

/** `pikku queues show QUEUE [ID]` */
export const show = (queue: string, id: string | undefined, flags: ShowFlags) =>
  withQueues(flags, async (provider, contracts, redact) => {
    refuseUnknownQueue(queue, contracts)
    const redactor = flags.reveal ? null : createRedactor(contracts, redact)
    const { stdout } = flags.at ?? process
    if (id !== undefined) {
      const job = toShown(await findJob(provider, queue, id), redactor)
      if (flags.json) reportLine(JSON.stringify(job, null, 2), stdout)
      else for (const line of describe(job)) reportLine(harmless(line), stdout)
      return 0
    }
    const jobs = await listJobs(provider, queue, flags)
    if (flags.json) {
      const shown = jobs.map((job) => toShown(job, redactor))
      reportLine(JSON.stringify({ jobs: shown }, null, 2), stdout)
    } else if (jobs.length === 0) reportLine('no jobs', stdout)
    else for (const line of toLines(jobs, stdout)) reportLine(line, stdout)
    return 0
  })

async function listJobs(
  provider: QueueProvider,
  queue: string,
  { status, limit }: ShowFlags,
): Promise<StoredJob[]> {
  const list = provider.list?.bind(provider)
  if (!list) throw notSupported(provider, 'looking at the jobs of a queue')
  const jobs: StoredJob[] = []
  for (const each of status ? [status] : statuses) {
    jobs.push(...(await list(queue, each, { offset: 0, limit })))
  }
  return jobs
}

function toLines(jobs: readonly StoredJob[], output: Output): string[] {
  const oneLine = (text: string) => harmless(text).replaceAll('\n', '·')
  const rows = jobs.map((job) => [
    oneLine(job.id),
    { text: job.status, style: job.status === 'failed' ? ('error' as const) : undefined },
    ...[`${job.attemptsMade}/${job.maxAttempts}`, ageOf(job.createdAt)],
    oneLine((job.error ?? job.origin?.error)?.message.split('\n')[0]?.slice(0, 80) ?? ''),
  ])
  return toTable(['ID', 'STATUS', 'ATTEMPTS', 'AGE', 'ERROR'], rows, output)
}

async function findJob(provider: QueueProvider, queue: string, id: string): Promise<StoredJob> {
  if (!provider.find) throw notSupported(provider, 'looking up a job')
  const job = await provider.find(queue, id)
  if (job) return job
  throw new PikkuQueueError(errorCodes.jobNotFound, `queue "${queue}" has no job ${id}`, {
    hint: 'Finished jobs are kept within bounds (removeOnComplete, removeOnFail).',
  })
}

/** What the job carries is any JSON, and may have a mark for each part of it. */
type Shown = Omit<StoredJob, Carried> & Record<Carried, unknown>
type Carried = 'data' | 'result' | 'progress'

/** The job with its payload out of our envelope, and without what the redactor, if any, hides. */
function toShown(job: StoredJob, redactor: Redactor | null): Shown {
  if (!redactor) return { ...job, data: unwrap(job.data).payload }
  const { payload, ...rest } = redactor(job)
  return { ...job, ...rest, data: payload }
}

function describe(job: Shown): string[] {
  const { origin } = job
  const rows: [string, unknown][] = [
    ['job', job.id],
    ['queue', job.queueName],
    ['status', job.status],
    ['attempts', `${job.attemptsMade} of ${job.maxAttempts}`],
    ['created', job.createdAt.toISOString()],
    ['started', job.startedAt?.toISOString()],
    ['finished', job.finishedAt?.toISOString()],
    ['delayed until', job.delayedUntil?.toISOString()],
    ['progress', job.progress === null ? undefined : JSON.stringify(job.progress)],
    ['result', job.result === null ? undefined : JSON.stringify(job.result)],
    ['came from', origin && `job ${origin.jobId} of ${origin.queueName}, which failed`],
  ]
  const lines = rows
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `${name.padEnd(13)}  ${String(value).replaceAll('\n', '·')}`)
  lines.push('', 'data', ...indent(JSON.stringify(job.data, null, 2)))
  const error = job.error ?? origin?.error
  if (error) lines.push('', 'error', ...describeError(error))
  return lines
}

function describeError(error: JobError): string[] {
  const head = `${error.name}: ${error.message}`
  const text = error.stack?.includes(error.message) ? error.stack : `${head}\n${error.stack ?? ''}`
  const cause = error.cause ? ['  caused by', ...describeError(error.cause)] : []
  return [...indent(text.trimEnd()), ...cause]
}

const indent = (text: string): string[] => text.split('\n').map((line) => `  ${line}`)
