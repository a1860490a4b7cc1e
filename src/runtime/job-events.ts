import type { StoredJob } from './provider.ts'
import type { JobError } from './types.ts'

/** What happened to a job, as its followers see it. */
export type JobEvent<Result, Progress = unknown> =
  | { type: 'active'; attempt: number }
  | { type: 'progress'; progress: Progress }
  /** An attempt failed and another will follow. */
  | { type: 'retrying'; error: JobError | null; attemptsMade: number }
  | { type: 'completed'; result: Result }
  | { type: 'failed'; error: JobError | null }
  | { type: 'discarded'; reason: string | undefined }

/** What a stored job holds, as its types say. */
export interface Shows<Result, Progress> {
  result: (job: StoredJob) => Result
  progress: (job: StoredJob) => Progress
}

/** Turns the states of a job into what happened between them. Steps between two looks are not seen. */
export async function* jobEvents<Result, Progress>(
  states: AsyncIterable<StoredJob>,
  shows: Shows<Result, Progress>,
): AsyncGenerator<JobEvent<Result, Progress>, void> {
  let progress: string | undefined
  let status: string | undefined
  for await (const job of states) {
    const nextProgress = JSON.stringify(job.progress)
    const isNewProgress = job.progress !== null && nextProgress !== progress
    // A delayed job comes to wait without anything having happened to it.
    const nextStatus = `${job.status.replace('delayed', 'waiting')} ${job.attemptsMade}`
    const event = nextStatus === status ? undefined : eventOf(job, shows.result)
    // An attempt makes progress after it has begun, and before it ends.
    if (event?.type === 'active') yield event
    if (isNewProgress) yield { type: 'progress', progress: shows.progress(job) }
    if (event && event.type !== 'active') yield event
    progress = nextProgress
    status = nextStatus
  }
}

function eventOf<Result>(
  job: StoredJob,
  resultOf: (job: StoredJob) => Result,
): JobEvent<Result, never> | undefined {
  switch (job.status) {
    case 'active':
      return { type: 'active', attempt: job.attemptsMade }
    case 'completed':
      return { type: 'completed', result: resultOf(job) }
    case 'failed':
      return { type: 'failed', error: job.error }
    case 'discarded':
      return { type: 'discarded', reason: job.error?.message }
    case 'waiting':
    case 'delayed':
      return job.attemptsMade > 0
        ? { type: 'retrying', error: job.error, attemptsMade: job.attemptsMade }
        : undefined
  }
}
