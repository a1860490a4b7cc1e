import type { StoredJob } from '../../provider.ts'
import type { JobOrigin, JobStatus, JsonValue } from '../../types.ts'
import { readOrigin } from '../../job-origin.ts'
import { attemptsOf } from './claims.ts'
import { toCallerId } from './ids.ts'
import { toStoredError } from './stored-error.ts'

/** What the script `find` answers. */
export type FoundJob = [fields: string[], key: string, place: JobStatus, dueScore?: string]

/** BullMQ counts the jobs that are due in one millisecond in a score's lowest bits. */
const scorePerMs = 0x1000

/** When a delayed job is due, in Unix milliseconds. */
export function dueTimeOf(score: string): number {
  return Math.floor(Number(score) / scorePerMs)
}

/** @param attempts total runs of a job that says nothing itself. */
export function toStoredJob(queueName: string, found: FoundJob, attempts: number): StoredJob {
  const [fields, key, place, dueScore] = found
  const job = toRecord(fields)
  const dueAt = dueScore === undefined ? 0 : dueTimeOf(dueScore)
  // Nobody may have looked for due jobs since.
  const status = place === 'delayed' && dueAt <= Date.now() ? 'waiting' : place
  const options = toOptions(job['opts'])
  const ended = status === 'completed' || status === 'failed' || status === 'discarded'
  const made = count(job['atm']) + count(job['stc']) + (status === 'active' ? 1 : 0)
  return {
    id: toCallerId(key),
    queueName,
    data: parse(job['data']),
    status,
    progress: parse(job['progress']),
    result: status === 'completed' ? parse(job['returnvalue']) : null,
    error: status === 'completed' ? null : toStoredError(job),
    attemptsMade: made,
    maxAttempts: attemptsOf(options, attempts),
    createdAt: new Date(count(job['timestamp'])),
    // A start that was given back has not taken place.
    startedAt: made > 0 ? toDate(job['processedOn']) : null,
    finishedAt: ended ? toDate(job['finishedOn']) : null,
    delayedUntil: status === 'delayed' ? new Date(dueAt) : null,
    origin: options.origin ?? null,
  }
}

function toRecord(fields: string[]): Record<string, string> {
  const record: Record<string, string> = {}
  for (let n = 0; n < fields.length; n += 2) record[fields[n] ?? ''] = fields[n + 1] ?? ''
  return record
}

/** Stored by BullMQ or by us; a foreign producer's may be anything. */
function toOptions(json: string | undefined): {
  attempts?: number
  origin: JobOrigin | undefined
} {
  const options = parse(json)
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    return { origin: undefined }
  }
  const { attempts, origin } = options
  return { ...(typeof attempts === 'number' && { attempts }), origin: readOrigin(origin) }
}

function toDate(ms: string | undefined): Date | null {
  return ms === undefined ? null : new Date(Number(ms))
}

function count(text: string | undefined): number {
  return Number(text ?? 0)
}

/** What is not JSON is another producer's, and shown as it is. */
export function parse(json: string | undefined): JsonValue {
  if (json === undefined) return null
  try {
    return JSON.parse(json) as JsonValue
  } catch {
    return json
  }
}
