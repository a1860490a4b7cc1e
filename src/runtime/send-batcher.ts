import type { OutgoingJob, QueueProvider, SendResult } from './provider.ts'

const maxBatch = 1000

interface Pending {
  job: OutgoingJob
  resolve: (id: string) => void
  reject: (error: unknown) => void
}

/**
 * Gathers adds to one queue that are made at the same time into one `send`. One send is under way at
 * a time, so jobs are stored in the order they were added, and the next batch grows meanwhile.
 */
export class SendBatcher {
  readonly #send: (jobs: OutgoingJob[]) => Promise<SendResult[]>
  #pending: Pending[] = []
  #sending: Promise<void> | undefined

  constructor(send: (jobs: OutgoingJob[]) => ReturnType<QueueProvider['send']>) {
    this.#send = send
  }

  /** Resolves with the job's id once it is stored; rejects when it is not. */
  add(job: OutgoingJob): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ job, resolve, reject })
      this.#sending ??= this.#drain()
    })
  }

  /** Resolves when everything added so far has been answered. */
  async flush(): Promise<void> {
    await this.#sending
  }

  async #drain(): Promise<void> {
    // Let the rest of this tick's adds join.
    await Promise.resolve()
    while (this.#pending.length > 0) await this.#sendBatch(this.#pending.splice(0, maxBatch))
    this.#sending = undefined
  }

  async #sendBatch(batch: Pending[]): Promise<void> {
    try {
      const results = await this.#send(batch.map(({ job }) => job))
      for (const [index, { resolve, reject }] of batch.entries()) {
        const result = results[index] ?? { error: new Error('the provider gave no answer') }
        if ('id' in result) resolve(result.id)
        else reject(result.error)
      }
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }
}
