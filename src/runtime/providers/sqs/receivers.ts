import type { Message } from '@aws-sdk/client-sqs'

export interface ReceiversOptions {
  mostAtOnce: number
  /** From the start of an empty receive to the next, at least. */
  pollIntervalMs: number
  receive(most: number, signal: AbortSignal): Promise<Message[]>
  /** How many messages one more receive may bring, when so many have been asked for. */
  most(asked: number): number
  /** @param askedAt monotonic time */
  onMessages(messages: Message[], askedAt: number): void
  /** A receive has ended. */
  onChange(): void
  /** The first failure in a row, where it is not the connection's. */
  onFailure(error: unknown): void
  isAway(error: unknown): boolean
}

const firstRetryMs = 100
const longestRetryMs = 2_000

/**
 * The receives that are under way on one queue: one long poll while there is little to do, and one
 * more for each that comes back full.
 */
export class Receivers {
  readonly #options: ReceiversOptions
  readonly #polls = new Map<Promise<void>, AbortController>()
  #asked = 0
  #wanted = 1
  /** Receives in a row that failed. */
  #failures = 0
  #answers = 0
  #pause: NodeJS.Timeout | undefined
  #stopped = false

  constructor(options: ReceiversOptions) {
    this.#options = options
  }

  get healthy(): boolean {
    return this.#failures === 0
  }

  get answers(): number {
    return this.#answers
  }

  /** Starts as many receives as there is place and reason for. */
  pump(): void {
    while (!this.#stopped && !this.#pause && this.#polls.size < this.#wanted) {
      const most = this.#options.most(this.#asked)
      if (most <= 0) return
      const controller = new AbortController()
      const poll = this.#poll(most, controller.signal).finally(() => {
        this.#polls.delete(poll)
        this.#options.onChange()
      })
      this.#polls.set(poll, controller)
    }
  }

  /** Starts none any more. */
  stop(): void {
    this.#stopped = true
    clearTimeout(this.#pause)
  }

  async idle(): Promise<void> {
    while (this.#polls.size > 0) await Promise.all(this.#polls.keys())
  }

  abandon(): void {
    for (const controller of this.#polls.values()) controller.abort()
  }

  async #poll(most: number, signal: AbortSignal): Promise<void> {
    const startedAt = performance.now()
    this.#asked += most
    try {
      const messages = await this.#options.receive(most, signal)
      this.#failures = 0
      this.#answers += 1
      this.#asked -= most
      this.#adapt(messages.length, most, performance.now() - startedAt)
      this.#options.onMessages(messages, startedAt)
    } catch (error) {
      this.#asked -= most
      if (!signal.aborted) this.#failed(error)
    }
  }

  #adapt(count: number, most: number, tookMs: number): void {
    if (count === most) this.#wanted = Math.min(this.#options.mostAtOnce, this.#wanted + 1)
    if (count > 0) return
    this.#wanted = 1
    this.#rest(this.#options.pollIntervalMs - tookMs)
  }

  #failed(error: unknown): void {
    if (this.#failures === 0 && !this.#options.isAway(error)) this.#options.onFailure(error)
    this.#wanted = 1
    this.#rest(Math.min(longestRetryMs, firstRetryMs * 2 ** this.#failures))
    this.#failures += 1
  }

  #rest(ms: number): void {
    if (ms <= 0 || this.#stopped || this.#pause) return
    this.#pause = setTimeout(() => {
      this.#pause = undefined
      this.#options.onChange()
    }, ms)
  }
}
