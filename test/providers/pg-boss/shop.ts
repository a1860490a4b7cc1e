import pg from 'pg'
import { onTestFinished } from 'vitest'
import { QueueClient } from '../../../src/runtime/client.ts'
import type { Contracts } from '../../../src/runtime/contract.ts'
import { PgBossProvider } from '../../../src/runtime/providers/pg-boss/pg-boss-provider.ts'
import { databaseUrl } from '../../support/postgres.ts'
import { silentLogger } from '../../support/silent-logger.ts'
import { declaration, openProvider } from './fixture.ts'

interface Queues {
  numbers: { input: number; output: void }
  words: { input: string; output: void }
}

const contracts: Contracts = {
  queues: {
    numbers: { input: { type: 'number' }, output: {}, defaults: {} },
    words: { input: { type: 'string' }, output: {}, defaults: {} },
  },
  $defs: {},
}

/** Two queues with a client, and a worker's provider for them; closed when the test has finished. */
export interface Shop {
  schema: string
  client: QueueClient<Queues>
  worker: PgBossProvider
}

/** @param url Where the client finds the server. */
export async function openShop(schema: string, url = databaseUrl()): Promise<Shop> {
  const queues = [declaration('numbers'), declaration('words')]
  const worker = await openProvider({ schema, queues })
  const connection = { connectionString: url, schema }
  const client = new QueueClient<Queues>(
    new PgBossProvider({ connection, role: 'producer', logger: silentLogger }),
    contracts,
  )
  onTestFinished(() => client.close())
  return { schema, client, worker }
}

/** A connection of the application's own. */
export async function connect(url: string = databaseUrl()): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  // Databases are dropped with force.
  client.on('error', () => undefined)
  await client.connect()
  onTestFinished(() => client.end())
  return client
}
