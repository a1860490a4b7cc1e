import type { JobStatus as BoardJobStatus } from '@bull-board/api/typings/app'
import type { Capabilities } from '../runtime/capabilities.ts'
import type { JobStatus } from '../runtime/types.ts'

/**
 * The board's names for our statuses. It has none for jobs that were discarded: they go where it has
 * parents that wait for their children, which there are none of, and `labels.ts` calls that what it is.
 */
export const boardStatuses: Record<JobStatus, BoardJobStatus> = {
  active: 'active',
  waiting: 'waiting',
  delayed: 'delayed',
  completed: 'completed',
  failed: 'failed',
  discarded: 'waiting-children',
}

export const allStatuses: readonly JobStatus[] = [
  'active',
  'waiting',
  'delayed',
  'completed',
  'failed',
  'discarded',
]

/** Those that jobs of this provider are shown in: where single jobs cannot be seen, no finished ones either. */
export const statusesOn = ({ status }: Capabilities): BoardJobStatus[] =>
  (status ? allStatuses : (['active', 'waiting', 'delayed'] as const)).map(
    (it) => boardStatuses[it],
  )

export const ourStatus = (status: string): JobStatus | undefined =>
  allStatuses.find((it) => boardStatuses[it] === status)
