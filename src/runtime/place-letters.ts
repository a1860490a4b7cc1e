import { createHash } from 'node:crypto'
import type { Contracts } from './contract.ts'
import { defaultAttempts } from './defaults.ts'
import { unwrap, wrap } from './envelope.ts'
import { ValidationError } from './errors.ts'
import { createPayloads } from './payload.ts'
import type { MovableJob, PlacedJob } from './provider.ts'
import type { JsonValue } from './types.ts'

/** Letters that stay because the queue that they would go to could not take them. */
export interface RefusedLetters {
  queue: string
  letters: number
  /** Of the first of them; never a value of the payload. */
  reason: string
}

/** Decides for one redrive where each letter goes, and keeps count of those it must not send there. */
export class LetterPlaces {
  readonly #from: string
  readonly #to: string | undefined
  readonly #contracts: Contracts
  readonly #known: ReadonlySet<string>
  readonly #payloads
  readonly #refused = new Map<string, { ids: Set<string>; reason: string }>()

  /** @param known the project's queues @param to where all go. Default: each back to where it failed */
  constructor(
    contracts: Contracts,
    known: readonly string[],
    { from, to }: { from: string; to?: string | undefined },
  ) {
    this.#from = from
    this.#to = to
    this.#contracts = contracts
    this.#known = new Set(known)
    this.#payloads = createPayloads(contracts)
  }

  get refused(): RefusedLetters[] {
    return [...this.#refused]
      .map(([queue, { ids, reason }]) => ({ queue, letters: ids.size, reason }))
      .sort((a, b) => (a.queue < b.queue ? -1 : 1))
  }

  place(letter: MovableJob): PlacedJob | undefined {
    const { origin } = letter
    const queue = this.#to ?? origin?.queueName
    if (queue === undefined || queue === this.#from || !this.#known.has(queue)) return undefined
    const { payload } = unwrap(letter.data)
    const reason = this.#misfit(queue, payload)
    if (reason !== undefined) {
      const refused = this.#refused.get(queue) ?? { ids: new Set(), reason }
      this.#refused.set(queue, refused)
      refused.ids.add(letter.id)
      return undefined
    }
    return {
      queue,
      id: deriveId(letter),
      ...newData(letter.data, queue, origin?.queueName ?? this.#from),
      attempts: this.#contracts.queues[queue]?.defaults.attempts ?? defaultAttempts,
    }
  }

  /** Its worker would fail it at once, and that only under the next name. */
  #misfit(queue: string, payload: unknown): string | undefined {
    // A queue without a function takes anything.
    if (!Object.hasOwn(this.#contracts.queues, queue)) return undefined
    try {
      this.#payloads.decode(queue, 'input', payload)
      return undefined
    } catch (error) {
      if (error instanceof ValidationError) return error.message
      throw error
    }
  }
}

/**
 * Under its old contract, a job that does not fit would be given back for a day, in case that it is
 * newer than the worker. Whoever redrives it wants to know at once. In another queue it takes along where
 * it comes from: what was sensitive there still is.
 */
function newData(data: unknown, queue: string, source: string): { data?: JsonValue } {
  const { payload, envelope } = unwrap(data)
  const sources = new Set([...(envelope.sources ?? []), source])
  sources.delete(queue)
  if (envelope.contract === undefined && sources.size === (envelope.sources?.length ?? 0)) return {}
  const renewed = { ...envelope, contract: undefined, sources: [...sources] }
  // It was taken out of what a provider stores as JSON.
  return { data: wrap(payload as JsonValue, renewed) }
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
