import type { Outcome } from '../../provider.ts'
import type { JobOrigin, JsonValue } from '../../types.ts'
import type { Claim, ClaimedJob } from './claims.ts'
import { makeJobKey } from './ids.ts'
import { usualPriority } from './priorities.ts'
import type { Fetched } from './queues.ts'
import { scripts } from './scripts.ts'
import { errorFields } from './stored-error.ts'

/** What the queue's dead letters need; undefined where it has none. */
export interface DeadLetters {
  /** How the keys of the dead letter queue begin. */
  prefix: string
}

/**
 * Carries an outcome out, in one script or one transaction. Resolves to the next job where that came
 * with it.
 * @throws Error with a negative number as its code when the claim does not hold.
 */
export function carryOut(
  claimed: ClaimedJob,
  outcome: Outcome,
  letters: DeadLetters | undefined,
  fetchNext: boolean,
): Promise<Fetched> {
  switch (outcome.type) {
    case 'done':
      return complete(claimed, outcome.result, fetchNext)
    case 'retry':
      return runAgain(claimed, outcome)
    case 'released':
      return giveBack(claimed.claim, Math.ceil(outcome.delayMs))
    case 'dead':
      return bury(claimed, outcome, letters)
    case 'discarded':
      return bury(claimed, outcome, undefined)
  }
}

async function complete(
  { claim, job: { opts } }: ClaimedJob,
  result: JsonValue,
  fetchNext: boolean,
): Promise<Fetched> {
  const { key, token } = claim
  const { backend } = claim.queue
  const job = { id: key, opts }
  const json = JSON.stringify(result)
  const args = backend.moveToCompletedArgs(job, json, opts.removeOnComplete, token, fetchNext)
  return toFetched(await backend.moveToFinished(key, args))
}

async function runAgain(
  { claim }: ClaimedJob,
  outcome: Extract<Outcome, { type: 'retry' }>,
): Promise<Fetched> {
  const { key, token, queue } = claim
  const delayMs = Math.ceil(outcome.delayMs)
  const fieldsToUpdate = { ...errorFields(outcome.error), ...dueField(delayMs) }
  if (delayMs === 0) await queue.backend.retryJob(key, false, token, { fieldsToUpdate })
  else await queue.backend.moveToDelayed(key, Date.now(), delayMs, token, { fieldsToUpdate })
  return []
}

async function giveBack({ key, token, queue }: Claim, delayMs: number): Promise<Fetched> {
  const { backend, link, prefix } = queue
  if (delayMs > 0) {
    const options = { skipAttempt: true, fieldsToUpdate: dueField(delayMs) }
    await backend.moveToDelayed(key, Date.now(), delayMs, token, options)
  } else {
    await backend.moveJobFromActiveToWait(key, token)
    // BullMQ wakes nobody for a job that it puts back in line.
    await link.redis.zadd(`${prefix}marker`, 0, '0')
  }
  return []
}

/** Since when the job will be waiting again: once it does, BullMQ has no trace of that left. */
function dueField(delayMs: number): Record<string, string> {
  return { 'pikku:due': String(Date.now() + delayMs) }
}

/** The letter, the marks and the failure: all of them, or none. */
async function bury(
  { claim, job, doom }: ClaimedJob,
  { type, error }: Extract<Outcome, { type: 'dead' | 'discarded' }>,
  letters: DeadLetters | undefined,
): Promise<Fetched> {
  const { key, token, attempt, queue } = claim
  // BullMQ counts a failed attempt; a job that was not run has made none.
  const attemptsMade = doom ? attempt - 1 : attempt
  const fields = {
    ...errorFields(error),
    ...(doom && { atm: String(job.attemptsMade - 1) }),
  }
  const origin = { queueName: queue.name, jobId: claim.id, attemptsMade, error }
  const kind = type === 'dead' ? 'failed' : 'discarded'
  const burial = toBurial({ prefix: queue.prefix, key, token, kind }, letters, origin)
  const moving = { id: key, opts: job.opts }
  const keep = job.opts.removeOnFail
  const move = queue.backend.moveToFailedArgs(moving, error.message, keep, token, false, fields)
  const { lua, keys } = scripts['pikku:bury']
  const transaction = queue.transaction()
  // With its whole text: one that the server has forgotten would not keep the move from taking place.
  transaction.eval(lua, keys, ...burial)
  queue.backend.execCommand(transaction, 'moveToFinished', move)
  const [buried, moved] = (await transaction.exec()) ?? []
  if (buried?.[0]) throw buried[0]
  const forgotten = moved?.[0]?.message.includes('NOSCRIPT')
  if (moved?.[0] && !forgotten) throw moved[0]
  // Outside of a transaction, the driver teaches the server the script again.
  const code: unknown = forgotten
    ? await queue.backend.execCommand(queue.client, 'moveToFinished', move)
    : moved?.[1]
  if (typeof code === 'number' && code < 0) {
    throw Object.assign(new Error(`BullMQ did not move job ${key}`), { code })
  }
  return []
}

/** The arguments of the script `bury`. */
export function toBurial(
  job: { prefix: string; key: string; token: string; kind: 'failed' | 'discarded' },
  letters: DeadLetters | undefined,
  origin: JobOrigin,
): (string | number)[] {
  const { prefix, key, token, kind } = job
  return [
    ...[prefix, letters?.prefix ?? prefix, key, token, Date.now(), kind],
    ...[letters ? makeJobKey() : '', JSON.stringify({ priority: usualPriority, origin })],
    usualPriority,
  ]
}

/** BullMQ's scripts answer with a job, with what to wait for, or with nothing. */
export function toFetched(answer: unknown): Fetched {
  return Array.isArray(answer) ? (answer as Fetched) : []
}
