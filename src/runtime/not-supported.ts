import { errorCodes, PikkuQueueError } from './errors.ts'
import type { QueueProvider } from './provider.ts'

/** What a provider lacks, when it is asked for all the same. */
export function notSupported(
  provider: QueueProvider,
  what: string,
  hint?: string,
): PikkuQueueError {
  return new PikkuQueueError(
    errorCodes.notSupported,
    `${what} is not supported on ${provider.capabilities.label}`,
    hint === undefined ? {} : { hint },
  )
}
