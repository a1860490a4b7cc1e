import { createHash } from 'node:crypto'
import type { Contracts } from './contract.ts'
import { defaultAttempts } from './defaults.ts'
import { unwrap, wrap } from './envelope.ts'
import { errorCodes, PikkuQueueError } from './errors.ts'
import { notSupported } from './follow.ts'
import type { JsonValue } from './types.ts'
import type { MovableJob, MoveResult, PlaceJob, QueueProvider } from './provider.ts'

export interface Redrive {
  /** The dead letter queue. */
  from: string
  /** Where all of them go. Default: each back to where it failed. */
  to?: string | undefined
  /** Letters to move, at most. Default: all. */
  limit?: number | undefined
  contracts: Contracts
}

/** What a redrive would do. */
export interface RedrivePreview {
  /** Letters by the queue that they would go to; null where the backend cannot tell them apart. */
  byQueue: Map<string, number> | null
  /** All that wait, those that would stay among them. About, where `byQueue` is null. */
  waiting: number
}

/** The project's queues: those with a function, and those that only hold dead letters. */
export function queueNames({ queues }: Contracts): string[] {
  const letters = Object.values(queues).flatMap(({ defaults }) => defaults.deadLetterQueue ?? [])
  return [...new Set([...Object.keys(queues), ...letters])].sort()
}

/**
 * Gives dead letters another run: the payload as it was, attempts counted anew. A redrive that was
 * killed and is begun again loses none of them and, where the backend knows ids, doubles none.
 * @throws PikkuQueueError PKQ402 for a queue that is none of the project's, PKQ406 for one that leads
 *   to itself, PKQ409 where the provider cannot move jobs.
 */
export async function redrive(provider: QueueProvider, options: Redrive): Promise<MoveResult> {
  refuseUnknown(options)
  if (!provider.move) throw notSupported(provider, 'redriving a dead letter queue')
  return provider.move(options.from, options.limit ?? Infinity, placeLetters(options))
}

/** What `redrive` would do now. Changes nothing. @throws as it does. */
export async function previewRedrive(
  provider: QueueProvider,
  options: Redrive,
): Promise<RedrivePreview> {
  refuseUnknown(options)
  if (!provider.overview) throw notSupported(provider, 'looking into a dead letter queue')
  const { counts } = await provider.overview(options.from)
  const waiting = counts.waiting ?? 0
  if (!provider.list) return { byQueue: null, waiting }
  const place = placeLetters(options)
  const byQueue = new Map<string, number>()
  let left = options.limit ?? Infinity
  for (let offset = 0; left > 0; offset += pageSize) {
    const page = await provider.list(options.from, 'waiting', { offset, limit: pageSize })
    for (const letter of page) {
      const queue = place(letter)?.queue
      if (queue === undefined || left === 0) continue
      byQueue.set(queue, (byQueue.get(queue) ?? 0) + 1)
      left -= 1
    }
    if (page.length < pageSize) break
  }
  return { byQueue, waiting }
}

const pageSize = 200

function placeLetters({ from, to, contracts }: Redrive): PlaceJob {
  const known = new Set(queueNames(contracts))
  return (letter) => {
    const queue = to ?? letter.origin?.queueName
    if (queue === undefined || queue === from || !known.has(queue)) return undefined
    return {
      queue,
      id: deriveId(letter),
      ...newData(letter.data),
      attempts: contracts.queues[queue]?.defaults.attempts ?? defaultAttempts,
    }
  }
}

/**
 * Under its old contract, a job that does not fit would be given back for a day, in case that it is
 * newer than the worker. Whoever redrives it wants to know at once.
 */
function newData(data: unknown): { data?: JsonValue } {
  const { payload, envelope } = unwrap(data)
  if (envelope.contract === undefined) return {}
  // It was taken out of what a provider stores as JSON.
  return { data: wrap(payload as JsonValue, { ...envelope, contract: undefined }) }
}

/**
 * Always the same for the same letter, and never that of the job it was, which may be kept in its
 * queue. The time is part of it: a letter's id may have been another's before.
 */
function deriveId({ queueName, id, createdAt }: MovableJob): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([queueName, id, createdAt]))
    .digest()
  // As a UUID, which every backend takes as it is; version 8: by a scheme of our own.
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x80, 6)
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = hash.toString('hex')
  const cuts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)]
  return [...cuts, hex.slice(20, 32)].join('-')
}

function refuseUnknown({ from, to, contracts }: Redrive): void {
  for (const queue of [from, to]) if (queue !== undefined) refuseUnknownQueue(queue, contracts)
  if (from !== to) return
  throw new PikkuQueueError(
    errorCodes.invalidOption,
    `the letters of queue "${from}" cannot go to itself`,
    { hint: 'Name another queue, or none: then each goes back to where it failed.' },
  )
}

/** @throws PikkuQueueError PKQ402 with the names that there are. */
export function refuseUnknownQueue(queue: string, contracts: Contracts): void {
  const names = queueNames(contracts)
  if (names.includes(queue)) return
  throw new PikkuQueueError(errorCodes.unknownQueue, `there is no queue "${queue}"`, {
    hint:
      names.length === 0
        ? 'The project has no queues yet.'
        : `It is none of the project's: ${names.join(', ')}.`,
  })
}
