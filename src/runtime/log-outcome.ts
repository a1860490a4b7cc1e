import type { DeliveredJob, Outcome } from './provider.ts'
import type { Wiring } from './registry.ts'
import type { JobError, Logger } from './types.ts'

/** Of some errors the cause says more: `fetch failed` is all that fetch says itself. */
const reasonsOf = ({ message, cause }: JobError) => ({
  error: message,
  // One of several attempts to connect has a code alone.
  cause: cause && (cause.message || cause.code),
})

/** Says what became of an attempt. Payloads are never logged. */
export function logOutcome(
  logger: Logger,
  wiring: Wiring,
  job: DeliveredJob,
  outcome: Outcome,
): void {
  const { name } = wiring.config
  const about = {
    queue: wiring.queue,
    worker: name === wiring.queue ? undefined : name,
    jobId: job.id,
    attempt: `${job.attempt}/${job.maxAttempts}`,
  }
  switch (outcome.type) {
    case 'done':
      logger.debug('job completed', about)
      break
    case 'retry':
      logger.warn(`job failed, runs again in ${outcome.delayMs} ms`, {
        ...about,
        ...reasonsOf(outcome.error),
      })
      break
    case 'dead':
      logger.error('job failed for good', {
        ...about,
        ...reasonsOf(outcome.error),
        deadLetterQueue: wiring.config.deadLetterQueue,
        stack: outcome.error.stack,
      })
      break
    case 'discarded':
      logger.warn('job discarded', { ...about, reason: outcome.error.message })
      break
    case 'released':
      // With a delay it may be one of many, and why was said once for all of them.
      if (outcome.delayMs > 0) logger.debug(`job given back for ${outcome.delayMs} ms`, about)
      else logger.info('job given back', about)
      break
  }
}
