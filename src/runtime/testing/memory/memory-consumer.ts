import type { Consumer, Deliver } from '../../provider.ts'
import { isPending, type MemoryJob, toDelivered } from './memory-job.ts'
import type { MemoryQueue } from './memory-queue.ts'
import type { Hand, MemoryServer } from './memory-server.ts'

/** Runs the jobs of one queue: as many at a time as it may, or one by itself. */
export class MemoryConsumer implements Consumer, Hand {
  readonly healthy = true
  readonly queue: MemoryQueue
  readonly #server: MemoryServer
  readonly #concurrency: number
  readonly #deliver: Deliver
  readonly #attempts = new Set<Promise<Settled>>()
  #active = 0
  #cancelWake: (() => void) | undefined

  constructor(server: MemoryServer, queue: MemoryQueue, concurrency: number, deliver: Deliver) {
    this.#server = server
    this.queue = queue
    this.#concurrency = concurrency
    this.#deliver = deliver
  }

  stop(): Promise<void> {
    this.#cancelWake?.()
    this.#server.leave(this)
    return Promise.resolve()
  }

  /** Resolves when the attempts under way have been settled. */
  async settled(): Promise<void> {
    await Promise.all(this.#attempts)
  }

  /** Begins what is due, as far as there is room, and has itself woken when the next job will be. */
  pump(): void {
    // One look at the clock: between two, a job could come to be neither due nor to be waited for.
    const now = this.#server.clock.now()
    while (this.#server.mayBegin && this.#active < this.#concurrency) {
      const job = this.queue.nextDue(now)
      if (!job) break
      void this.#server.track(this.#runBeside(job))
    }
    this.#wakeAt(this.queue.nextDueAt(now))
  }

  /** Runs a job again and again until it has ended, without waiting; then what it became, likewise. */
  async runToEnd(job: MemoryJob): Promise<void> {
    while (isPending(job)) {
      const settled = await this.#attempt(job)
      if (settled.givenBack) return
      if (settled.letter) await this.#server.runToEnd(settled.letter)
    }
  }

  async #runBeside(job: MemoryJob): Promise<void> {
    this.#active += 1
    await this.#attempt(job)
    this.#active -= 1
    this.#server.pump()
  }

  #attempt(job: MemoryJob): Promise<Settled> {
    const attempt = this.#runOnce(job).finally(() => this.#attempts.delete(attempt))
    this.#attempts.add(attempt)
    return attempt
  }

  async #runOnce(job: MemoryJob): Promise<Settled> {
    this.#server.begun += 1
    this.queue.begin(job)
    const attempt = job.attemptsMade
    const isOwn = () => job.state === 'active' && job.attemptsMade === attempt
    const outcome = await this.#deliver(
      toDelivered(job, (progress) => {
        if (isOwn()) this.queue.setProgress(job, progress)
        return Promise.resolve()
      }),
    )
    const letters = this.queue.deadLetterQueue
    const letter =
      outcome.type === 'dead' && letters !== undefined
        ? this.#server.queue(letters).addLetter(job, outcome.error)
        : undefined
    this.queue.settle(job, outcome)
    return { letter, givenBack: outcome.type === 'released' }
  }

  #wakeAt(at: number): void {
    this.#cancelWake?.()
    const { clock } = this.#server
    this.#cancelWake =
      at === Infinity
        ? undefined
        : clock.after(Math.max(at - clock.now(), 0), () => {
            this.pump()
          })
  }
}

interface Settled {
  /** What became of it in the dead letter queue. */
  letter: MemoryJob | undefined
  givenBack: boolean
}
