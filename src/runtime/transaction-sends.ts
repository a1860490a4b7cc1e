import { notSupported } from './not-supported.ts'
import type { OutgoingJob, QueueProvider, SendResult } from './provider.ts'
import { SendBatcher } from './send-batcher.ts'
import type { Transaction } from './transaction.ts'

/**
 * What is added in one transaction. Its jobs go with no others, and one statement at a time, whatever
 * their queues: a transaction has one connection.
 */
export class TransactionSends {
  readonly #provider: QueueProvider
  readonly #tx: Transaction
  readonly #batchers = new Map<string, SendBatcher>()
  #last: Promise<unknown> = Promise.resolve()

  constructor(provider: QueueProvider, tx: Transaction) {
    this.#provider = provider
    this.#tx = tx
  }

  /** Resolves with the job's id once it is stored, if the transaction commits. */
  add(queue: string, job: OutgoingJob): Promise<string> {
    let batcher = this.#batchers.get(queue)
    if (!batcher) {
      batcher = new SendBatcher((jobs) => this.#inTurn(queue, jobs))
      this.#batchers.set(queue, batcher)
    }
    return batcher.add(job)
  }

  #inTurn(queue: string, jobs: OutgoingJob[]): Promise<SendResult[]> {
    const sent = this.#last.then(() => this.#send(queue, jobs))
    this.#last = sent.catch(() => undefined)
    return sent
  }

  async #send(queue: string, jobs: OutgoingJob[]): Promise<SendResult[]> {
    const provider = this.#provider
    if (!provider.sendIn) throw notSupported(provider, 'adding in a transaction')
    return provider.sendIn(this.#tx, queue, jobs)
  }
}
