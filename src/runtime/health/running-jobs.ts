import type { DeliveredJob, Outcome } from '../provider.ts'
import type { AttemptObserver } from '../worker.ts'

/** Hears of an attempt that has ended. */
export type OnEnded = (job: DeliveredJob, outcome: Outcome, seconds: number) => void

/** Counts what runs, by queue. */
export class RunningJobs implements AttemptObserver {
  readonly #counts = new Map<string, number>()
  readonly #onEnded: OnEnded

  constructor(onEnded: OnEnded) {
    this.#onEnded = onEnded
  }

  on(queue: string): number {
    return this.#counts.get(queue) ?? 0
  }

  begins(job: DeliveredJob): (outcome: Outcome) => void {
    const { queueName } = job
    this.#counts.set(queueName, this.on(queueName) + 1)
    const beganAt = performance.now()
    return (outcome) => {
      this.#counts.set(queueName, this.on(queueName) - 1)
      this.#onEnded(job, outcome, (performance.now() - beganAt) / 1_000)
    }
  }
}
