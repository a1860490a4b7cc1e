import { createRedactor, type Redactor } from '../../../dashboard/redact.ts'
import type { Contracts } from '../../../runtime/contract.ts'
import { unwrap } from '../../../runtime/envelope.ts'
import { errorCodes, PikkuQueueError } from '../../../runtime/errors.ts'
import type { QueueProvider, StoredJob } from '../../../runtime/provider.ts'
import { refuseUnknownQueue } from '../../../runtime/redrive.ts'
import type { JobError, JobStatus } from '../../../runtime/types.ts'
import { reportLine } from '../../report.ts'
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
}

/** `pikku queues show QUEUE [ID]` */
export const show = (queue: string, id: string | undefined, flags: ShowFlags) =>
  withQueues(flags, async (provider, contracts) => {
    refuseUnknownQueue(queue, contracts)
    const redactor = createRedactor(contracts)
    if (id === undefined) await showJobs(provider, contracts, queue, flags)
    else {
      const job = toShown(await findJob(provider, queue, id), redactor)
      if (flags.json) reportLine(JSON.stringify(job, null, 2))
      else for (const line of describe(job)) reportLine(harmless(line))
    }
    return 0
  })

async function showJobs(
  provider: QueueProvider,
  contracts: Contracts,
  queue: string,
  { status, limit, json }: ShowFlags,
): Promise<void> {
  const list = provider.list?.bind(provider)
  if (!list) throw notSupported(provider, 'looking at the jobs of a queue')
  const redactor = createRedactor(contracts)
  const jobs: StoredJob[] = []
  for (const each of status ? [status] : statuses) {
    jobs.push(...(await list(queue, each, { offset: 0, limit })))
  }
  if (json) {
    reportLine(JSON.stringify({ jobs: jobs.map((job) => toShown(job, redactor)) }, null, 2))
    return
  }
  if (jobs.length === 0) reportLine('no jobs')
  const rows = jobs.map((job) => [
    ...[job.id, job.status, `${job.attemptsMade}/${job.maxAttempts}`, ageOf(job.createdAt)],
    (job.error ?? job.origin?.error)?.message.split('\n')[0]?.slice(0, 80) ?? '',
  ])
  const cells = rows.map((row) => row.map((cell) => harmless(cell).replaceAll('\n', '·')))
  if (rows.length > 0) {
    for (const line of toTable(['ID', 'STATUS', 'ATTEMPTS', 'AGE', 'ERROR'], cells))
      reportLine(line)
  }
}

async function findJob(provider: QueueProvider, queue: string, id: string): Promise<StoredJob> {
  if (!provider.find) throw notSupported(provider, 'looking up a job')
  const job = await provider.find(queue, id)
  if (job) return job
  throw new PikkuQueueError(errorCodes.jobNotFound, `queue "${queue}" has no job ${id}`, {
    hint: 'Finished jobs are kept within bounds (removeOnComplete, removeOnFail).',
  })
}

/** Its payload without our envelope, and without what is marked as sensitive. */
function toShown(job: StoredJob, redactor: Redactor): StoredJob {
  const { queueName, data, result, progress } = job
  return {
    ...job,
    data: redactor.payload(queueName, unwrap(data).payload),
    result: redactor.result(queueName, result) as StoredJob['result'],
    progress: redactor.progress(queueName, progress) as StoredJob['progress'],
  }
}

function describe(job: StoredJob): string[] {
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
