import { errorCodes, PikkuQueueError } from './errors.ts'
import { createServices, type ServiceContainer, type ServiceFactories } from './services.ts'
import type { Logger } from './types.ts'

/**
 * Makes a worker's services.
 * @throws PikkuQueueError PKQ507 when a factory of the project throws.
 */
export async function makeServices(
  factories: ServiceFactories,
  fallbackLogger: Logger,
): Promise<ServiceContainer> {
  try {
    return await createServices(factories, fallbackLogger)
  } catch (cause) {
    // The user's own code failed: its stack is what they need to see.
    const reason = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
    throw new PikkuQueueError(errorCodes.services, `the services could not be made: ${reason}`, {
      hint: 'createConfig or createSingletonServices threw; nothing was started.',
      cause,
    })
  }
}
