import type { QueueJobJson } from '@bull-board/api/typings/app'
import { unwrap } from '../runtime/envelope.ts'
import type { StoredJob } from '../runtime/provider.ts'
import type { JobError } from '../runtime/types.ts'
import type { Redactor } from './redact.ts'

/** Where the board shows what a dead letter was, among the options of the job. */
export const shownOrigin = 'deadLetterOf'

/** The job as the board shows it: its payload as it travels, without our envelope and what is sensitive. */
export function jobJson(job: StoredJob, redactor: Redactor): QueueJobJson {
  const { queueName, origin } = job
  const { envelope } = unwrap(job.data)
  const { payload, result, progress } = redactor(job)
  const { createdAt, delayedUntil } = job
  const delay = delayedUntil && { delay: delayedUntil.getTime() - createdAt.getTime() }
  // A dead letter waits like any job; what it died of is what one looks at it for.
  const error = job.error ?? origin?.error ?? null
  return {
    id: job.id,
    name: origin ? `dead letter of ${origin.queueName}` : queueName,
    data: payload,
    returnvalue: result,
    progress: shownProgress(progress),
    attemptsMade: job.attemptsMade,
    timestamp: createdAt.getTime(),
    processedOn: job.startedAt?.getTime() ?? null,
    finishedOn: job.finishedAt?.getTime() ?? null,
    ...delay,
    failedReason: error?.message ?? '',
    stacktrace: error ? [stackText(error)] : [],
    opts: {
      attempts: job.maxAttempts,
      // Without it, the board takes the delay for a changed one.
      ...delay,
      ...(envelope.backoff && { backoff: envelope.backoff }),
      ...(envelope.timeout !== undefined && { timeout: envelope.timeout }),
      ...(origin && {
        [shownOrigin]: {
          queue: origin.queueName,
          jobId: origin.jobId,
          attemptsMade: origin.attemptsMade,
        },
      }),
    },
  }
}

/** The board draws numbers as a circle, and expects something. */
function shownProgress(progress: unknown): string | boolean | number | object {
  switch (typeof progress) {
    case 'string':
    case 'boolean':
    case 'number':
      return progress
    default:
      return progress ?? 0
  }
}

function stackText({ name, message, code, stack, cause }: JobError): string {
  const own = stack ?? `${name}: ${message}`
  const coded = code === undefined ? own : `${own}\ncode: ${code}`
  return cause ? `${coded}\ncaused by: ${stackText(cause)}` : coded
}
