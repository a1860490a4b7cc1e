import type { ProgressOf, QueueMap } from '../client-types.ts'
import type { Contracts } from '../contract.ts'
import { unwrap } from '../envelope.ts'
import { errorCodes, PikkuQueueError } from '../errors.ts'
import { showAs, viewJob } from '../job-view.ts'
import { createPayloads } from '../payload.ts'
import type { Job } from '../types.ts'
import { toStored } from './memory/memory-job.ts'
import type { MemoryServer } from './memory/memory-server.ts'

/** What a test sees of the jobs. */
export interface StoredJobs<Queues extends QueueMap<Queues>> {
  /**
   * The queue's jobs as they stand, in the order in which they were added.
   * @throws PikkuQueueError PKQ402 for an unknown queue.
   */
  jobs<Q extends keyof Queues & string>(
    queue: Q,
  ): Job<Queues[Q]['input'], Queues[Q]['output'], ProgressOf<Queues[Q]>>[]
  /**
   * What became of the queue's jobs in its dead letter queue: the payload, and in `origin` the error and
   * the attempts.
   * @throws PikkuQueueError PKQ402 for an unknown queue.
   */
  deadLetters<Q extends keyof Queues & string>(queue: Q): Job<Queues[Q]['input']>[]
}

/** Looks into the queues of a server. */
export function lookingInto<Queues extends QueueMap<Queues>>(
  server: MemoryServer,
  contracts: Contracts,
): StoredJobs<Queues> {
  const payloads = createPayloads(contracts)
  return {
    jobs(queue) {
      refuseUnknown(queue, contracts)
      const stored = server.queue(queue).jobs.map((job) => toStored(job, server.clock.now()))
      return stored.map((job) => viewJob(job, payloads))
    },
    deadLetters(queue) {
      refuseUnknown(queue, contracts)
      return server.queues
        .flatMap(({ jobs }) => jobs)
        .filter(({ origin }) => origin?.queueName === queue)
        .map((job) => toStored(job, server.clock.now()))
        .map((letter) => ({
          ...letter,
          // Its own queue may have no contract.
          data: showAs(payloads, queue, 'input', unwrap(letter.data).payload),
        }))
    },
  }
}

/** JavaScript callers may name any queue. */
function refuseUnknown(queue: string, { queues }: Contracts): void {
  if (Object.hasOwn(queues, queue)) return
  throw new PikkuQueueError(errorCodes.unknownQueue, `there is no queue "${queue}"`, {
    hint: `The contract knows: ${Object.keys(queues).join(', ') || 'none'}.`,
  })
}
