import type { Logger } from '../../types.ts'
import { messageOf } from '../../error-parts.ts'
import { isAway } from './connection-errors.ts'

/** Whether SQS answers. A worker says once when it does not, and once when it does again. */
export class Availability {
  readonly #address: string
  readonly #logger: Logger | undefined
  #since: number | undefined

  /** @param logger undefined where whoever calls hears of it anyway. */
  constructor(address: string, logger: Logger | undefined) {
    this.#address = address
    this.#logger = logger
  }

  get healthy(): boolean {
    return this.#since === undefined
  }

  noteError(error: unknown): void {
    // Whoever refuses answers.
    if (!isAway(error)) this.noteAnswer()
    if (!isAway(error) || !this.healthy) return
    this.#since = performance.now()
    this.#logger?.warn(`SQS at ${this.#address} cannot be reached; trying again`, {
      reason: messageOf(error),
    })
  }

  noteAnswer(): void {
    if (this.#since === undefined) return
    const seconds = ((performance.now() - this.#since) / 1000).toFixed(1)
    this.#since = undefined
    this.#logger?.info(`SQS at ${this.#address} answers again`, { seconds })
  }
}
