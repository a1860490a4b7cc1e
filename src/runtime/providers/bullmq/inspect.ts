import type { Page, StoredJob } from '../../provider.ts'
import type { JobCounts, JobStatus } from '../../types.ts'
import { candidateKeys } from './ids.ts'
import type { Queue } from './queues.ts'
import { type FoundJob, toStoredJob } from './stored-job.ts'

export async function findJob(
  queue: Queue,
  id: string,
  attempts: number,
): Promise<StoredJob | null> {
  const found = await look(queue, id)
  return found && toStoredJob(queue.name, found, attempts)
}

export async function removeJob(queue: Queue, id: string): Promise<boolean> {
  const found = await look(queue, id)
  if (!found) return false
  const [, key, place] = found
  // A job that is fetched meanwhile is locked, and stays.
  return place !== 'active' && (await queue.backend.remove(key, false)) === 1
}

export async function retryJob(queue: Queue, id: string): Promise<boolean> {
  const args = [Date.now(), ...candidateKeys(id)]
  return (await queue.run<number>('pikku:retry', args)) === 1
}

export async function countJobs(queue: Queue): Promise<JobCounts> {
  const [waiting = 0, delayed = 0, active = 0, completed = 0, failed = 0, discarded = 0] =
    await queue.run<number[]>('pikku:counts', [Date.now()])
  return { waiting, delayed, active, completed, failed, discarded }
}

export async function listJobs(
  queue: Queue,
  status: JobStatus,
  page: Page,
  attempts: number,
): Promise<StoredJob[]> {
  const found = await foundJobs(queue, status, page)
  return found.map((job) => toStoredJob(queue.name, job, attempts))
}

export function foundJobs(
  queue: Queue,
  status: JobStatus,
  { offset, limit }: Page,
): Promise<FoundJob[]> {
  return queue.run('pikku:list', [status, offset, limit, Date.now()])
}

function look(queue: Queue, id: string): Promise<FoundJob | null> {
  return queue.run<FoundJob | null>('pikku:find', candidateKeys(id))
}
