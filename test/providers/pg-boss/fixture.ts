import { onTestFinished } from 'vitest'
import type { QueueDeclaration } from '../../../src/runtime/provider.ts'
import { PgBossProvider } from '../../../src/runtime/providers/pg-boss/pg-boss-provider.ts'
import type { Logger } from '../../../src/runtime/types.ts'
import { databaseUrl } from '../../support/postgres.ts'
import { declaration, listeningLogger } from '../../support/provider-work.ts'

export {
  consumeOptions,
  dead,
  declaration,
  done,
  job,
  listeningLogger,
  sendOne,
  until,
  untilStatus,
  work,
  type Work,
} from '../../support/provider-work.ts'

export interface OpenOptions {
  schema: string
  queues?: QueueDeclaration[]
  role?: 'worker' | 'producer'
  url?: string
  logger?: Logger
}

/** An open provider, closed when the test has finished. */
export async function openProvider(options: OpenOptions): Promise<PgBossProvider> {
  const { schema, role = 'worker', queues = [declaration('jobs')] } = options
  const provider = new PgBossProvider({
    connection: { connectionString: options.url ?? databaseUrl(), schema },
    role,
    logger: options.logger ?? listeningLogger(),
  })
  onTestFinished(() => provider.close(2_000))
  await provider.open(queues)
  return provider
}
