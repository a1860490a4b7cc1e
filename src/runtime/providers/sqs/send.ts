import { errorCodes, PikkuQueueError } from '../../errors.ts'
import type { OutgoingJob, SendResult } from '../../provider.ts'
import { setTimeout as delay } from 'node:timers/promises'
import type { Api, BatchResult, Fault } from './api.ts'
import { takeBatch } from './batches.ts'
import { mostBytes, toDelaySeconds } from './limits.ts'
import { fits, type Outgoing, toDeduplicationId, toNewMessage } from './message.ts'
import type { Queue } from './queues.ts'

interface Entry {
  id: string
  message: Outgoing
  bytes: number
  result: SendResult | undefined
}

/** Of jobs that say nothing, on a FIFO queue: all in one line. */
export const defaultGroup = 'default'
/** Each has a connection to itself. In step they cost much less than when one begins as another ends. */
const batchesAtOnce = 50
const mostTries = 4
const firstRetryMs = 100

/**
 * Sends the jobs in batches, several at once where order does not matter. Entries that SQS could not
 * take this time are sent again. After a batch that failed as a whole no later one is sent.
 */
export async function sendJobs(
  api: Api,
  queue: Queue,
  jobs: readonly OutgoingJob[],
): Promise<SendResult[]> {
  const entries = jobs.map((job) => toNewEntry(queue, job))
  const waiting = entries.filter(({ result }) => !result)
  let failure: Error | undefined
  while (waiting.length > 0 && !failure) {
    const wave = takeWave(waiting, queue.isFifo ? 1 : batchesAtOnce)
    const failures = await Promise.all(wave.map((batch) => sendBatch(api, queue, batch)))
    failure = failures.find((error) => error !== undefined)
  }
  const unsent = { error: failure ?? new Error('it was not sent') }
  return entries.map(({ result }) => result ?? unsent)
}

function takeWave(waiting: Entry[], most: number): Entry[][] {
  const wave: Entry[][] = []
  while (waiting.length > 0 && wave.length < most) wave.push(takeBatch(waiting))
  return wave
}

/** Resolves to why a call failed as a whole. What is known of single entries is in their results. */
async function sendBatch(api: Api, queue: Queue, batch: Entry[]): Promise<Error | undefined> {
  try {
    await sendEntries(api, queue, batch)
    return undefined
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

async function sendEntries(api: Api, queue: Queue, batch: Entry[]): Promise<void> {
  let left = batch
  for (let tried = 1; left.length > 0; tried += 1) {
    const faults = await api.sendBatch(
      queue.url,
      left.map(({ message }) => message),
    )
    const mayTryAgain = tried < mostTries && (!queue.isFifo || keepsOrder(left, faults))
    const again: Entry[] = []
    for (const [index, entry] of left.entries()) {
      const fault = faults[index]
      if (!fault) entry.result = { id: entry.id }
      else if (fault.final || !mayTryAgain) entry.result = { error: toError(queue, fault) }
      else again.push(entry)
    }
    left = again
    if (left.length > 0) await delay(firstRetryMs * 2 ** (tried - 1))
  }
}

/** Whether what failed is not followed by a job of its group that was stored. */
function keepsOrder(entries: readonly Entry[], faults: BatchResult): boolean {
  const failed = new Set<string | undefined>()
  return entries.every(({ message: { group } }, index) => {
    if (faults[index]) failed.add(group)
    return faults[index] !== undefined || !failed.has(group)
  })
}

function toNewEntry(queue: Queue, job: OutgoingJob): Entry {
  const id = job.id ?? crypto.randomUUID()
  const message = toNewMessage(
    job.data,
    { queue: queue.name, id, attempts: job.attempts },
    {
      delaySeconds: toDelaySeconds(job.delayMs),
      ...(queue.isFifo && {
        group: job.group ?? defaultGroup,
        deduplicationId: toDeduplicationId(id),
      }),
    },
  )
  const result = fits(message) ? undefined : { error: tooLarge(queue, message.bytes) }
  return { id, message, bytes: message.bytes, result }
}

function tooLarge(queue: Queue, bytes: number): PikkuQueueError {
  return new PikkuQueueError(
    errorCodes.payloadTooLarge,
    `a job for queue "${queue.name}" has ${bytes} bytes as a message, and SQS takes at most ${mostBytes}`,
    { hint: 'Store what is large elsewhere and add a reference to it.' },
  )
}

function toError(queue: Queue, { code, message }: Fault): PikkuQueueError {
  if (/shorter than \d+ bytes/.test(message)) {
    return new PikkuQueueError(
      errorCodes.payloadTooLarge,
      `a job is too large for queue "${queue.name}": ${message}`,
      { hint: `Raise the queue's MaximumMessageSize, at most to ${mostBytes}.` },
    )
  }
  return new PikkuQueueError(
    errorCodes.providerRefused,
    `SQS did not take a job for queue "${queue.name}": ${message || code}`,
    { hint: 'The message above is AWS’s own.' },
  )
}
