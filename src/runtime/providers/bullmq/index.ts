import type { CreateProvider } from '../../provider.ts'
import { BullmqProvider } from './bullmq-provider.ts'
import type { BullmqConnection } from './connection.ts'

export type { BullmqConnection } from './connection.ts'

/**
 * The provider on BullMQ 6.7 and Redis 6.2 or newer, or Valkey. The connection is a URL, or `{ url,
 * prefix, cluster }`; without one it is the environment's REDIS_URL, prefix `{pikku}`.
 * @throws PikkuQueueError PKQ605 when the connection is no Redis URL.
 */
export const createProvider: CreateProvider<BullmqConnection, 'bullmq'> = (options) =>
  new BullmqProvider(options)
