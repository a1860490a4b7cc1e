import type { Contracts } from './contract.ts'
import { declareContracts } from './declare-queues.ts'
import { errorCodes, PikkuQueueError } from './errors.ts'
import type { OutgoingJob, QueueProvider } from './provider.ts'
import { SendBatcher } from './send-batcher.ts'

/** What all queues of one client share: the provider, opened when it is first needed, and closed once. */
export class ClientConnection {
  readonly provider: QueueProvider
  readonly #contracts: Contracts
  readonly #batchers = new Map<string, SendBatcher>()
  #opening: Promise<void> | undefined
  #closing: Promise<void> | undefined

  constructor(provider: QueueProvider, contracts: Contracts) {
    this.provider = provider
    this.#contracts = contracts
  }

  /**
   * A failed connection is not remembered: the next call tries again.
   * @throws PikkuQueueError PKQ408 when the client is closed.
   */
  open(): Promise<void> {
    if (this.#closing) {
      throw new PikkuQueueError(errorCodes.clientClosed, 'the queue client is closed')
    }
    this.#opening ??= this.provider
      .open(declareContracts(this.#contracts))
      .catch((error: unknown) => {
        this.#opening = undefined
        throw error
      })
    return this.#opening
  }

  /** Sends a job together with others of its queue that are sent at the same time; needs to be open. */
  send(queue: string, job: OutgoingJob): Promise<string> {
    let batcher = this.#batchers.get(queue)
    if (!batcher) {
      batcher = new SendBatcher((jobs) => this.provider.send(queue, jobs))
      this.#batchers.set(queue, batcher)
    }
    return batcher.add(job)
  }

  /** Waits for what is being sent, then disconnects. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const opening = this.#opening
    if (!opening) return
    await opening.catch(() => undefined)
    // Adds that waited for the connection reach their batchers first.
    await new Promise((resolve) => setImmediate(resolve))
    await Promise.all([...this.#batchers.values()].map((batcher) => batcher.flush()))
    await this.provider.close(5000)
  }
}
