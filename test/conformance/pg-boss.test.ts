import { afterAll, describe, it } from 'vitest'
import { capabilities } from '../../src/runtime/capabilities.ts'
import { createProvider } from '../../src/runtime/providers/pg-boss/index.ts'
import { describeConformance } from '../../src/runtime/testing/conformance/index.ts'
import { databaseUrl, dropSchema, inTransaction, newSchemaName } from '../support/postgres.ts'
import { startThrowawayServer } from '../support/throwaway-server.ts'

const schema = newSchemaName()
afterAll(() => dropSchema(schema))

describeConformance(
  { describe: describe.concurrent, it },
  {
    name: 'pg-boss',
    createProvider,
    entryPoint: import.meta.resolve('../../src/runtime/providers/pg-boss/index.ts'),
    capabilities: capabilities['pg-boss'],
    connection: () => ({ connectionString: databaseUrl(), schema }),
    transaction: (_, body) => inTransaction(databaseUrl(), body),
    async startServer() {
      const server = await startThrowawayServer({ fsync: true })
      return {
        connection: { connectionString: server.url, schema },
        kill: () => server.kill(),
        start: () => server.start(),
        destroy: () => server.destroy(),
      }
    },
    leaseSeconds: 10,
    // PostgreSQL's text holds no U+0000.
    refusedByBackend: { jobId: 'no \u0000' },
  },
)
