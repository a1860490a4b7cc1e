import type { JobJson } from 'bullmq'
import type { OutgoingJob, SendResult } from '../../provider.ts'
import { isAway, toConnectionError } from './connection-errors.ts'
import { makeJobKey, toCallerId, toKey } from './ids.ts'
import { toBullmqPriority } from './priorities.ts'
import type { Queue } from './queues.ts'

/** A pipeline is not made longer than this: all of it is in memory twice. */
const mostCharacters = 16 * 1024 * 1024

/**
 * Stores the jobs, in one pipeline if they are not too large. Keys are made here, so what was sent
 * without an answer can be sent again: a job that is there already is not stored twice. After a
 * pipeline that failed, no later job is stored: it would overtake those before it.
 */
export async function sendJobs(
  queue: Queue,
  jobs: OutgoingJob[],
  readyWithinMs: number,
): Promise<SendResult[]> {
  const results: SendResult[] = []
  for (const batch of toBatches(jobs.map((job) => toJobJson(queue.name, job)))) {
    const sent = await sendTwice(queue, batch, readyWithinMs)
    results.push(...sent)
    const failed = sent.find((result) => 'error' in result && isAway(result.error.cause))
    if (failed) return jobs.map((_, n) => results[n] ?? failed)
  }
  return results
}

async function sendTwice(
  queue: Queue,
  batch: JobJson[],
  readyWithinMs: number,
): Promise<SendResult[]> {
  const first = await sendBatch(queue, batch, readyWithinMs)
  const unsure = first.some((result) => 'error' in result && isAway(result.error.cause))
  return unsure ? sendBatch(queue, batch, readyWithinMs) : first
}

async function sendBatch(
  queue: Queue,
  batch: JobJson[],
  readyWithinMs: number,
): Promise<SendResult[]> {
  const { link, backend, client } = queue
  try {
    await link.ready(readyWithinMs)
    const pipeline = client.pipeline()
    for (const job of batch) void backend.addJobToTransaction(pipeline, job, job.id)
    const answers = (await pipeline.exec()) ?? []
    return batch.map(({ id }, n) => {
      const [error] = answers[n] ?? [new Error('Connection is closed.')]
      return error ? { error: toConnectionError(error, link.target) } : { id: toCallerId(id) }
    })
  } catch (error) {
    const failure = toConnectionError(error, link.target)
    return batch.map(() => ({ error: failure }))
  }
}

function toJobJson(queue: string, { id, data, delayMs, priority, attempts }: OutgoingJob): JobJson {
  const bullmqPriority = toBullmqPriority(priority)
  const delay = Math.ceil(delayMs)
  return {
    id: id === undefined ? makeJobKey() : toKey(id),
    name: queue,
    data: JSON.stringify(data),
    opts: { attempts, priority: bullmqPriority, ...(delay > 0 && { delay }) },
    timestamp: Date.now(),
    delay,
    priority: bullmqPriority,
    progress: 0,
    attemptsMade: 0,
    attemptsStarted: 0,
    stalledCounter: 0,
    failedReason: '',
    returnvalue: '',
  }
}

function* toBatches(jobs: JobJson[]): Generator<JobJson[]> {
  let batch: JobJson[] = []
  let characters = 0
  for (const job of jobs) {
    if (batch.length > 0 && characters + job.data.length > mostCharacters) {
      yield batch
      batch = []
      characters = 0
    }
    batch.push(job)
    characters += job.data.length
  }
  if (batch.length > 0) yield batch
}
