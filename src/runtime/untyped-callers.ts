import { errorCodes, PikkuQueueError } from './errors.ts'

/** What the types would have told a caller who has none, or has silenced them. */

/** @throws PikkuQueueError PKQ406 when it is no string: mostly the promise of one. */
export function checkJobId(id: unknown): void {
  if (typeof id === 'string') return
  const isPromise = typeof id === 'object' && id !== null && 'then' in id
  throw new PikkuQueueError(
    errorCodes.invalidOption,
    `the id of a job must be a string, not ${isPromise ? 'a Promise' : typeof id}`,
    isPromise ? { hint: 'Await what add() returns.' } : {},
  )
}

/** @throws PikkuQueueError PKQ406 when they are not an array of `{ data, options? }`. */
export function checkBulkJobs(queue: string, jobs: unknown): void {
  if (!Array.isArray(jobs)) throw notBulk(queue, `not ${typeof jobs}`)
  const entries: unknown[] = jobs
  for (const [index, job] of entries.entries()) {
    if (typeof job !== 'object' || job === null) throw notBulk(queue, `entry ${index} is none`)
    const other = Object.keys(job).find((key) => key !== 'data' && key !== 'options')
    if (other !== undefined) throw notBulk(queue, `entry ${index} has "${other}"`)
  }
}

function notBulk(queue: string, problem: string): PikkuQueueError {
  return new PikkuQueueError(
    errorCodes.invalidOption,
    `adding to queue "${queue}": addBulk takes an array of { data, options? }, and ${problem}`,
  )
}
