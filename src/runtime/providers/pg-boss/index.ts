import type { CreateProvider } from '../../provider.ts'
import type { PgBossConnection } from './connection.ts'
import { PgBossProvider } from './pg-boss-provider.ts'

export type { PgBossConnection } from './connection.ts'

/**
 * The provider on pg-boss 12 and PostgreSQL. The connection is a URL, or `{ connectionString,
 * schema }`; without one it is the environment's DATABASE_URL, schema `pgboss`.
 * @throws PikkuQueueError PKQ605 when the connection is no PostgreSQL URL.
 */
export const createProvider: CreateProvider<PgBossConnection, 'pg-boss'> = (options) =>
  new PgBossProvider(options)
