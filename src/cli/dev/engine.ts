import type { ConnectionSettings } from '../../runtime/connection-settings.ts'
import type { Logger } from '../../runtime/types.ts'
import { loadProvider } from '../load-provider.ts'
import { type Output, reportLine } from '../report.ts'

/**
 * Keeps the embedded engine running: it stops with its last user, and between two workers there is none.
 * @returns what lets go of it
 * @throws PikkuQueueError when it cannot be started.
 */
export async function holdEngine(
  settings: ConnectionSettings | undefined,
  output: Output,
): Promise<() => Promise<void>> {
  const say = (message: string, details?: Record<string, unknown>) => {
    const { reason } = details ?? {}
    reportLine(typeof reason === 'string' ? `${message}: ${reason}` : message, output)
  }
  const logger: Logger = { debug: () => undefined, info: say, warn: say, error: say }
  const provider = await loadProvider('embedded', {
    role: 'producer',
    applicationName: 'pikku dev',
    settings,
    logger,
  })
  await provider.open([])
  say(`PostgreSQL at ${provider.address}`)
  return () => provider.close(1_000)
}
