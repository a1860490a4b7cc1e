import { type Clock, systemClock } from './clock.ts'
import { errorCodes, PikkuQueueError, toJobError } from './errors.ts'
import type { DeliveredJob, Outcome } from './provider.ts'
import type { Logger } from './types.ts'

const shortestMs = 1_000
const longestMs = 5 * 60_000
const patienceMs = 24 * 3_600_000
const mostSaid = 100

/**
 * Jobs of one queue whose payload does not fit this worker. Without a word of another contract such a
 * job never will. Under another contract it may be newer than this worker, and fit the one that is
 * about to be deployed: it is given back. Or it is older and fits nobody any more; nothing but time
 * tells the two apart, so a day after it was added it fails.
 */
export class OtherContracts {
  readonly #own: string | undefined
  readonly #logger: Logger
  readonly #clock: Clock
  readonly #seen = new Set<string>()

  constructor(own: string | undefined, logger: Logger, clock: Clock = systemClock) {
    this.#own = own
    this.#logger = logger
    this.#clock = clock
  }

  /** @param contract fingerprint that the job was added under, where it says so. */
  refuse(job: DeliveredJob, contract: string | undefined, reason: Error): Outcome {
    if (contract === undefined || this.#own === undefined || contract === this.#own) {
      return { type: 'dead', error: toJobError(reason) }
    }
    const ageMs = this.#clock.now() - job.createdAt.getTime()
    if (ageMs > patienceMs) return { type: 'dead', error: toJobError(outdated(contract, reason)) }
    this.#sayOnce(job, contract, reason)
    // As long again as it has waited: it comes back soon, and a backlog does not spin.
    return { type: 'released', delayMs: Math.min(Math.max(ageMs, shortestMs), longestMs) }
  }

  #sayOnce({ queueName }: DeliveredJob, contract: string, { message }: Error): void {
    if (this.#seen.has(contract) || this.#seen.size === mostSaid) return
    this.#seen.add(contract)
    this.#logger.warn(
      'jobs of another contract do not fit this worker; they are given back, for a day at most',
      { queue: queueName, contract, ownContract: this.#own, reason: message },
    )
  }
}

function outdated(contract: string, cause: Error): PikkuQueueError {
  return new PikkuQueueError(
    errorCodes.invalidPayload,
    `${cause.message}; it was added under another contract (${contract}) more than a day ago`,
    { cause },
  )
}
