import type { ProviderName } from '../../runtime/capabilities.ts'
import type { ConnectionSettings } from '../../runtime/connection-settings.ts'
import type { Logger } from '../../runtime/types.ts'
import { loadProvider } from '../load-provider.ts'

const nothing = () => undefined
const silent: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing }

/**
 * Looks whether there is an address to find the server at, without looking for it: a server that is away may come
 * back, and an address that is none stays so while we run.
 * @throws PikkuQueueError PKQ605 when it is none, or there is none.
 */
export async function checkAddress(
  provider: ProviderName,
  settings: ConnectionSettings | undefined,
): Promise<void> {
  await loadProvider(provider, { role: 'producer', settings, logger: silent })
}
