import type { BatchResult, Fault } from './api.ts'
import { takeBatch } from './batches.ts'
import { messageOf } from '../../error-parts.ts'
import { isAway, nameOf } from './connection-errors.ts'
import { mostPerBatch } from './limits.ts'

const mostUnderWay = 8

interface Waiting<Item> {
  item: Item
  bytes: number
  resolve: (fault: Fault | undefined) => void
}

/**
 * Gathers calls of one kind to one queue into batches. One batch is under way while the next fills;
 * full ones go beside it, unless their order matters.
 */
export class BatchLane<Item> {
  readonly #execute: (items: Item[]) => Promise<BatchResult>
  readonly #bytesOf: (item: Item) => number
  readonly #mostUnderWay: number
  readonly #waiting: Waiting<Item>[] = []
  #underWay = 0
  #scheduled = false

  constructor(
    execute: (items: Item[]) => Promise<BatchResult>,
    options: { inOrder?: boolean; bytesOf?: (item: Item) => number } = {},
  ) {
    this.#execute = execute
    this.#bytesOf = options.bytesOf ?? (() => 0)
    this.#mostUnderWay = options.inOrder ? 1 : mostUnderWay
  }

  /** Resolves to why it failed, or undefined. Never rejects. */
  add(item: Item): Promise<Fault | undefined> {
    return new Promise((resolve) => {
      this.#waiting.push({ item, bytes: this.#bytesOf(item), resolve })
      if (this.#scheduled) return
      this.#scheduled = true
      // Whatever ends in this turn of the event loop goes together.
      setImmediate(() => {
        this.#scheduled = false
        this.#pump()
      })
    })
  }

  #pump(): void {
    while (this.#mayStart()) void this.#run(takeBatch(this.#waiting))
  }

  #mayStart(): boolean {
    if (this.#waiting.length === 0) return false
    if (this.#underWay === 0) return true
    return this.#waiting.length >= mostPerBatch && this.#underWay < this.#mostUnderWay
  }

  async #run(batch: Waiting<Item>[]): Promise<void> {
    this.#underWay += 1
    const result = await this.#executeAll(batch.map(({ item }) => item))
    this.#underWay -= 1
    for (const [index, { resolve }] of batch.entries()) resolve(result[index])
    this.#pump()
  }

  async #executeAll(items: Item[]): Promise<BatchResult> {
    try {
      return await this.#execute(items)
    } catch (error) {
      return items.map(() => toFault(error))
    }
  }
}

/** Of a call that failed as a whole: nothing is known to be wrong with any of its entries. */
function toFault(error: unknown): Fault {
  const code = isAway(error) ? 'Unreachable' : nameOf(error)
  return { code, message: messageOf(error), final: false }
}
