import { messageOf } from '../../../error-parts.ts'
import type { Deliver, Outcome } from '../../../provider.ts'
import type { Logger } from '../../../types.ts'
import { within } from '../../../within.ts'
import type { Api } from '../api.ts'
import { divert } from '../arrivals.ts'
import { fifoSlack } from '../attempts.ts'
import { type Claim, toClaim } from '../claims.ts'
import { mostPerBatch } from '../limits.ts'
import type { Incoming } from '../message.ts'
import type { Queue } from '../queues.ts'
import { Settler } from '../settle.ts'
import type { InvocationTime } from './invocation-time.ts'
import { inLanes } from './lanes.ts'

export interface QueueBatchesParts {
  api: Api
  queue: Queue
  /** Where dead letters go. */
  letters: Queue | undefined
  /** Total runs, of jobs that say nothing. */
  attempts: number
  /** Jobs that run at the same time. */
  concurrency: number
  deliver: Deliver
  logger: Logger
  /** The worker's name, for the log. */
  worker: string
}

/** Nothing waits longer for a worker that it fits: by then the function's new code is in place. */
const otherContractMs = 5 * 60_000

const again = (delayMs: number): Outcome => ({
  type: 'retry',
  delayMs,
  error: { name: 'Error', message: 'it was returned to its queue' },
})

/**
 * The batches of one queue, as Lambda receives them. What is done with a message is what any worker
 * does; but to delete one is to leave it to Lambda, which deletes all that are not returned.
 */
export class QueueBatches {
  readonly #parts: QueueBatchesParts
  #warned = false

  constructor(parts: QueueBatchesParts) {
    this.#parts = parts
  }

  /**
   * Runs the jobs and resolves to the receipt handles of those that Lambda may delete: in time,
   * whatever has not ended. Never rejects.
   */
  async work(messages: readonly Incoming[], time: InvocationTime): Promise<ReadonlySet<string>> {
    const { queue, concurrency } = this.#parts
    const batch = new Batch(this.#parts, time)
    const lanes = queue.isFifo
      ? [...Map.groupBy(messages, ({ group }) => group).values()]
      : messages.map((message) => [message])
    this.#warnOfGroups(lanes)
    await within(
      inLanes(lanes, concurrency, (lane) => batch.runInOrder(lane)),
      time.leftMs,
    )
    batch.end()
    return new Set(batch.gone)
  }

  #warnOfGroups(lanes: Incoming[][]): void {
    if (this.#warned || !lanes.some((lane) => lane.length > 1)) return
    this.#warned = true
    this.#parts.logger.warn(
      'a batch has several jobs of one group: when one fails, those behind it pay an attempt; ' +
        'set the BatchSize of the event source mapping to 1',
      { queue: this.#parts.queue.name },
    )
  }
}

/** The jobs of one queue in one invocation. */
class Batch {
  readonly gone = new Set<string>()
  readonly #parts: QueueBatchesParts
  readonly #time: InvocationTime
  readonly #settler: Settler

  constructor(parts: QueueBatchesParts, time: InvocationTime) {
    const { api, queue, letters, logger, worker } = parts
    this.#parts = parts
    this.#time = time
    this.#settler = new Settler({
      api: {
        sendBatch: (url, outgoing) => api.sendBatch(url, outgoing),
        hideBatch: (url, hidden) => api.hideBatch(url, hidden),
        deleteBatch: (_url, handles) => {
          for (const handle of handles) this.gone.add(handle)
          return Promise.resolve(handles.map(() => undefined))
        },
      },
      // The queue's own visibility timeout outlasts an invocation: there is nothing to prolong.
      heartbeat: { remove: () => undefined, lose: ({ lost }) => lost.abort() },
      queue,
      letters,
      logger,
      worker,
    })
    this.#settler.letGo()
  }

  /** The first that has to come again has those behind it come again too, so that order holds. */
  async runInOrder(lane: readonly Incoming[]): Promise<void> {
    for (const [index, message] of lane.entries()) {
      await this.#run(this.#claim(message))
      if (this.gone.has(message.receiptHandle)) continue
      const behind = lane.slice(index + 1).map((one) => this.#claim(one))
      await Promise.all(behind.map((claim) => this.#settler.settle(claim, again(0))))
      return
    }
  }

  /** Gives up on what is under way. */
  end(): void {
    this.#settler.stop()
  }

  async #run(claim: Claim & { exhausted: boolean }): Promise<void> {
    const { queue, deliver, logger } = this.#parts
    const diverted = divert(claim, queue, this.#settler)
    if (diverted) return diverted
    // A copy, where one can be made: what was not begun has not used an attempt.
    if (this.#time.windDown.aborted) return this.#settler.settle(claim, notBegun)
    try {
      const outcome = await deliver({
        id: claim.id,
        queueName: queue.name,
        data: claim.message.data,
        attempt: claim.attempt,
        maxAttempts: claim.maxAttempts,
        createdAt: claim.createdAt,
        origin: claim.message.meta.origin,
        lost: AbortSignal.any([claim.lost.signal, this.#time.breakOff]),
        windDown: this.#time.windDown,
      })
      await this.#settler.settle(claim, this.#here(claim, outcome))
    } catch (error) {
      logger.error('a job could not be run; it is returned to its queue', {
        queue: queue.name,
        jobId: claim.id,
        reason: messageOf(error),
      })
    }
  }

  /** What is given back means another thing where no worker stays to hold it. */
  #here(claim: Claim, outcome: Outcome): Outcome {
    if (outcome.type !== 'released') return outcome
    const { queue, logger } = this.#parts
    if (outcome.delayMs > 0) {
      return queue.isFifo ? again(Math.max(outcome.delayMs, otherContractMs)) : outcome
    }
    // Uncounted, a job that is too long for the function would run for ever.
    logger.warn("a job did not end within the function's time; the attempt counts", {
      queue: queue.name,
      jobId: claim.id,
      attempt: `${claim.attempt}/${claim.maxAttempts}`,
    })
    return again(0)
  }

  #claim(message: Incoming): Claim & { exhausted: boolean } {
    const { attempts, queue } = this.#parts
    const { isFifo } = queue
    const most = message.meta.attempts ?? attempts
    // Those before it in its batch may have failed as often as they may, and it was returned with them.
    const slack = isFifo ? most * (mostPerBatch - 1) + fifoSlack : 0
    return toClaim(message, { attempts, isFifo, slack }, this.#time.leftMs / 1000)
  }
}

const notBegun: Outcome = { type: 'released', delayMs: 0 }
