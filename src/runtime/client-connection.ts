// Imported, it stays real where a test runner fakes the global one.
import { setImmediate } from 'node:timers/promises'
import type { Contracts } from './contract.ts'
import { declareContracts } from './declare-queues.ts'
import { errorCodes, PikkuQueueError } from './errors.ts'
import { Outage } from './outage.ts'
import type { OutgoingJob, QueueProvider } from './provider.ts'
import { SendBatcher } from './send-batcher.ts'
import type { Transaction } from './transaction.ts'
import type { ProviderAccess } from './shared-provider.ts'
import { TransactionSends } from './transaction-sends.ts'
import type { Logger } from './types.ts'

/** What all queues of one client share: the provider, opened when it is first needed, and closed once. */
export class ClientConnection {
  readonly provider: QueueProvider
  readonly logger: Logger
  /** Of those who follow jobs. */
  readonly outage = new Outage()
  readonly #contracts: Contracts
  readonly #access: ProviderAccess
  readonly #batchers = new Map<string, SendBatcher>()
  readonly #transactions = new WeakMap<Transaction, TransactionSends>()
  #opening: Promise<void> | undefined
  #closing: Promise<void> | undefined
  readonly #closed = new AbortController()

  constructor(
    provider: QueueProvider,
    contracts: Contracts,
    logger: Logger,
    access: ProviderAccess,
  ) {
    this.provider = provider
    this.logger = logger
    this.#access = access
    this.#contracts = contracts
  }

  /** Aborted when the client is closed. */
  get closed(): AbortSignal {
    return this.#closed.signal
  }

  /**
   * A failed connection is not remembered: the next call tries again.
   * @throws PikkuQueueError PKQ408 when the client is closed.
   */
  open(): Promise<void> {
    if (this.#closing) {
      throw new PikkuQueueError(errorCodes.clientClosed, 'the queue client is closed')
    }
    this.#opening ??= this.#access
      .open(declareContracts(this.#contracts))
      .catch((error: unknown) => {
        this.#opening = undefined
        throw error
      })
    return this.#opening
  }

  /** Sends a job together with others of its queue that are sent at the same time; needs to be open. */
  send(queue: string, job: OutgoingJob, tx?: Transaction): Promise<string> {
    const { provider } = this
    const sent =
      tx === undefined ? this.#batcherOf(queue).add(job) : this.#sendsIn(tx).add(queue, job)
    if (!provider.added) return sent
    return sent.then(async (id) => {
      await provider.added?.(queue, id)
      return id
    })
  }

  #batcherOf(queue: string): SendBatcher {
    let batcher = this.#batchers.get(queue)
    if (!batcher) {
      batcher = new SendBatcher((jobs) => this.provider.send(queue, jobs))
      this.#batchers.set(queue, batcher)
    }
    return batcher
  }

  #sendsIn(tx: Transaction): TransactionSends {
    let sends = this.#transactions.get(tx)
    if (!sends) {
      sends = new TransactionSends(this.provider, tx)
      this.#transactions.set(tx, sends)
    }
    return sends
  }

  /** Waits for what is being sent, then disconnects. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    this.#closed.abort()
    return this.#closing
  }

  async #close(): Promise<void> {
    const opening = this.#opening
    if (!opening) return
    await opening.catch(() => undefined)
    // Adds that waited for the connection reach their batchers first.
    await setImmediate()
    await Promise.all([...this.#batchers.values()].map((batcher) => batcher.flush()))
    await this.#access.close(5000)
  }
}
