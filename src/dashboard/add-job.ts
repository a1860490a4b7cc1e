import type { Contracts } from '../runtime/contract.ts'
import { PikkuQueueError } from '../runtime/errors.ts'
import { toOutgoingJob } from '../runtime/outgoing-job.ts'
import { createPayloads, type Payloads } from '../runtime/payload.ts'
import type { OutgoingJob, QueueProvider, StoredJob } from '../runtime/provider.ts'
import { shownOrigin } from './job-json.ts'
import type { BoardQueue } from './queues.ts'
import { holdsMark } from './redact.ts'
import { Refusal } from './refusal.ts'

/** Adds a job whose payload is given as it travels, and shows it. */
export type AddJob = (queue: BoardQueue, json: unknown, options: object) => Promise<StoredJob>

/** Adds as the generated client does: only what fits the type of the queue, with options that exist. */
export function createAddJob(provider: QueueProvider, contracts: Contracts): AddJob {
  const payloads = createPayloads(contracts)
  return async (queue, json, options) => {
    const { name } = queue
    const job = toJob(queue, json, options, { provider, payloads })
    const [result] = await provider.send(name, [job])
    if (result === undefined || 'error' in result) {
      throw result?.error ?? new Error(`"${name}" said nothing of the job`)
    }
    await provider.added?.(name, result.id)
    return (await provider.find?.(name, result.id)) ?? justAdded(name, result.id, job)
  }
}

/** @throws Refusal that says what to write instead. */
function toJob(
  { name, contract }: BoardQueue,
  json: unknown,
  given: object,
  { provider, payloads }: { provider: QueueProvider; payloads: Payloads },
): OutgoingJob {
  if (!contract) throw new Refusal(405, `Jobs come to "${name}" by failing elsewhere.`)
  if (holdsMark(json)) {
    throw new Refusal(400, 'Write what is meant in the place of what is redacted.')
  }
  // A copy of a dead letter is none.
  const options = Object.fromEntries(Object.entries(given).filter(([key]) => key !== shownOrigin))
  try {
    const value = payloads.decode(name, 'input', json)
    return toOutgoingJob(name, value, options, { provider, payloads, contract })
  } catch (error) {
    if (!(error instanceof PikkuQueueError)) throw error
    throw new Refusal(400, [error.message, error.hint].filter(Boolean).join('. '))
  }
}

/** Where a job cannot be looked at, or is gone already. */
function justAdded(queueName: string, id: string, job: OutgoingJob): StoredJob {
  return {
    id,
    queueName,
    data: job.data,
    status: job.delayMs > 0 ? 'delayed' : 'waiting',
    progress: null,
    result: null,
    error: null,
    attemptsMade: 0,
    maxAttempts: job.attempts,
    createdAt: new Date(),
    startedAt: null,
    finishedAt: null,
    delayedUntil: job.delayMs > 0 ? new Date(Date.now() + job.delayMs) : null,
    origin: null,
  }
}
