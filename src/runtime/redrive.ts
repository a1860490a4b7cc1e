import type { Contracts } from './contract.ts'
import { errorCodes, PikkuQueueError } from './errors.ts'
import { notSupported } from './not-supported.ts'
import { LetterPlaces, type RefusedLetters } from './place-letters.ts'
import type { MoveResult, QueueProvider } from './provider.ts'

export interface Redrive {
  /** The dead letter queue. */
  from: string
  /** Where all of them go. Default: each back to where it failed. */
  to?: string | undefined
  /** Letters to move, at most. Default: all. */
  limit?: number | undefined
  contracts: Contracts
}

/** What a redrive did. */
export interface RedriveResult extends MoveResult {
  /** Some of those that were left: their payload does not fit the queue. By queue. */
  refused: RefusedLetters[]
}

/** What a redrive would do. */
export interface RedrivePreview {
  /** Letters by the queue that they would go to; null where the backend cannot tell them apart. */
  byQueue: Map<string, number> | null
  /** Letters that would stay because their payload does not fit; null as `byQueue`. */
  refused: RefusedLetters[] | null
  /** All that wait, those that would stay among them. About, where `byQueue` is null. */
  waiting: number
}

/** The project's queues: those with a function, and those that only hold dead letters. */
export function queueNames({ queues }: Contracts): string[] {
  const letters = Object.values(queues).flatMap(({ defaults }) => defaults.deadLetterQueue ?? [])
  return [...new Set([...Object.keys(queues), ...letters])].sort()
}

/**
 * Gives dead letters another run: the payload as it was, attempts counted anew. What does not fit the
 * contract of the queue that it would go to stays. A redrive that was killed and is begun again loses none
 * of them and, where the backend knows ids, doubles none.
 * @throws PikkuQueueError PKQ402 for a queue that is none of the project's, PKQ406 for one that leads
 *   to itself, PKQ409 where the provider cannot move jobs.
 */
export async function redrive(provider: QueueProvider, options: Redrive): Promise<RedriveResult> {
  refuseUnknown(options)
  if (!provider.move) throw notSupported(provider, 'redriving a dead letter queue')
  const places = placesOf(options)
  const result = await provider.move(options.from, options.limit ?? Infinity, (letter) =>
    places.place(letter),
  )
  return { ...result, refused: places.refused }
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
  if (!provider.list) return { byQueue: null, refused: null, waiting }
  const places = placesOf(options)
  const byQueue = new Map<string, number>()
  let left = options.limit ?? Infinity
  for (let offset = 0; left > 0; offset += pageSize) {
    const page = await provider.list(options.from, 'waiting', { offset, limit: pageSize })
    for (const letter of page) {
      if (left === 0) break
      const queue = places.place(letter)?.queue
      if (queue === undefined) continue
      byQueue.set(queue, (byQueue.get(queue) ?? 0) + 1)
      left -= 1
    }
    if (page.length < pageSize) break
  }
  return { byQueue, refused: places.refused, waiting }
}

const pageSize = 200

const placesOf = (options: Redrive): LetterPlaces =>
  new LetterPlaces(options.contracts, queueNames(options.contracts), options)

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
