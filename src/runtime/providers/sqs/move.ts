import { setTimeout as delay } from 'node:timers/promises'
import type { MoveResult, PlacedJob, PlaceJob } from '../../provider.ts'
import type { Api, BatchResult } from './api.ts'
import { takeBatch } from './batches.ts'
import { isMissingQueue } from './connection-errors.ts'
import { adopt, toLesserCopy } from './dead-letter.ts'
import { mostPerBatch } from './limits.ts'
import {
  deriveId,
  fits,
  type Incoming,
  type Outgoing,
  readBody,
  readMessage,
  toDeduplicationId,
  toOutgoing,
} from './message.ts'
import { type Meta, toAllowedText } from './meta.ts'
import type { Queue, Queues } from './queues.ts'
import { defaultGroup } from './send.ts'

/** What a move that was killed had received shows itself again after this. */
const hiddenSeconds = 20
const receivesAtOnce = 4
/** An empty answer of a shorter poll says nothing: it asks only some of the servers. */
const waitSeconds = 1
const mostTries = 4
const firstRetryMs = 100

interface Parts {
  api: Api
  queues: Queues
}

/** A message that is to be stored in another place before it leaves this one. */
interface Step {
  message: Incoming
  to: Queue
  copy: Outgoing
  bytes: number
}

/**
 * Receives what waits, stores a copy of each in its new place, then deletes it. What is not placed is
 * put back as a copy at the end, so that our looking at it does not count as one of its attempts.
 */
export async function moveJobs(
  parts: Parts,
  from: Queue,
  limit: number,
  place: PlaceJob,
): Promise<MoveResult> {
  const { api, queues } = parts
  const left = new Map<string, Incoming>()
  let moved = 0
  let begun = 0
  const moveNext = async (): Promise<void> => {
    for (;;) {
      const most = Math.min(mostPerBatch, limit - begun)
      if (most <= 0) return
      begun += most
      const messages = await receive(api, from, most)
      const steps: Step[] = []
      for (const message of messages) {
        const job = toMovable(from, message)
        const placed = left.has(job.id) ? undefined : place(job)
        const step = placed && (await toStep(queues, message, placed))
        if (step) steps.push(step)
        else left.set(job.id, message)
      }
      const gone = await carryOut(parts, from, steps)
      moved += gone
      begun += gone - most
      if (messages.length === 0) return
    }
  }
  const receivers = from.isFifo ? 1 : receivesAtOnce
  await Promise.all(Array.from({ length: receivers }, moveNext))
  await putBack(parts, from, [...left.values()])
  return { moved, left: left.size }
}

async function receive(api: Api, { url, isFifo }: Queue, most: number): Promise<Incoming[]> {
  const messages = await api.receive(url, {
    ...{ most, waitSeconds, isFifo },
    visibilitySeconds: hiddenSeconds,
    signal: new AbortController().signal,
  })
  return messages.flatMap((message) => readMessage(message) ?? [])
}

function toMovable(from: Queue, message: Incoming) {
  const { id = message.messageId, origin, createdAt } = adopted(from, message)
  return {
    id,
    queueName: from.name,
    data: message.data,
    createdAt: createdAt ?? message.sentAt,
    origin: origin ?? null,
  }
}

/** What it is in this queue, even if nobody has worked on it here since SQS itself moved it. */
function adopted(from: Queue, message: Incoming): Meta {
  return adopt(from, { message }) ?? message.meta
}

/** Undefined where it is too large for its new place. */
async function toStep(
  queues: Queues,
  message: Incoming,
  placed: PlacedJob,
): Promise<Step | undefined> {
  const to = await queues.find(placed.queue)
  const { id, data, attempts } = placed
  const body = data === undefined ? message.body : toAllowedText(data)
  const copy = toCopy(to, message, body, { queue: to.name, id, attempts }, toDeduplicationId(id))
  return copy && { message, to, copy, bytes: copy.bytes }
}

/** With the attributes of other software, if there is room for them; without what tells of it, if not. */
function toCopy(
  to: Queue,
  { foreign, group }: Incoming,
  body: string,
  meta: Meta,
  deduplicationId: string,
): Outgoing | undefined {
  const options = to.isFifo ? { group: group ?? defaultGroup, deduplicationId } : { group }
  const copies = [toOutgoing(body, meta, { ...options, foreign }), toOutgoing(body, meta, options)]
  return copies.find(fits) ?? toLesserCopy(to, { body, data: readBody(body) }, options)
}

async function putBack(parts: Parts, from: Queue, messages: readonly Incoming[]): Promise<void> {
  // A copy would go to the end of its group.
  if (from.isFifo) {
    const shown = messages.map(({ receiptHandle }) => ({ receiptHandle, seconds: 0 }))
    for (let start = 0; start < shown.length; start += mostPerBatch) {
      await parts.api.hideBatch(from.url, shown.slice(start, start + mostPerBatch))
    }
    return
  }
  const steps = messages.flatMap((message): Step[] => {
    const { messageId, receiveCount, sentAt, body } = message
    const known = adopted(from, message)
    const meta: Meta = {
      ...known,
      queue: from.name,
      id: known.id ?? messageId,
      attemptsMade: Math.max(0, (known.attemptsMade ?? 0) + receiveCount - 1),
      createdAt: known.createdAt ?? sentAt,
    }
    const copy = toCopy(from, message, body, meta, deriveId(from.name, messageId))
    // Too large for any: it shows itself again.
    return copy ? [{ message, to: from, copy, bytes: copy.bytes }] : []
  })
  await carryOut(parts, from, steps)
}

/** Resolves to how many have left. What SQS did not take stays, and shows itself again. */
async function carryOut(
  { api, queues }: Parts,
  from: Queue,
  steps: readonly Step[],
): Promise<number> {
  const stored: Step[] = []
  for (const [to, own] of Map.groupBy(steps, (step) => step.to)) {
    const waiting = [...own]
    while (waiting.length > 0) {
      const batch = takeBatch(waiting)
      stored.push(
        ...(await insist(batch, (some) => {
          const copies = some.map(({ copy }) => copy)
          return api.sendBatch(to.url, copies).catch((error: unknown) => {
            throw isMissingQueue(error) ? queues.missing(to.name, error) : error
          })
        })),
      )
    }
  }
  const handles = stored.map(({ message }) => message.receiptHandle)
  let gone = 0
  for (let start = 0; start < handles.length; start += mostPerBatch) {
    const some = handles.slice(start, start + mostPerBatch)
    gone += (await insist(some, (them) => api.deleteBatch(from.url, them))).length
  }
  return gone
}

/** Returns those that went well, tried again where that may help. */
async function insist<Item>(
  items: readonly Item[],
  call: (items: readonly Item[]) => Promise<BatchResult>,
): Promise<Item[]> {
  const done: Item[] = []
  let left = items
  for (let tried = 1; left.length > 0 && tried <= mostTries; tried += 1) {
    const faults = await call(left)
    done.push(...left.filter((_, index) => !faults[index]))
    left = left.filter((_, index) => faults[index] && !faults[index].final)
    if (left.length > 0) await delay(firstRetryMs * 2 ** (tried - 1))
  }
  return done
}
