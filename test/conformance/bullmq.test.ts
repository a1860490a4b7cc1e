import { afterAll, describe, it } from 'vitest'
import { capabilities } from '../../src/runtime/capabilities.ts'
import { createProvider } from '../../src/runtime/providers/bullmq/index.ts'
import { describeConformance } from '../../src/runtime/testing/conformance/index.ts'
import { dropPrefix, newPrefix, redisUrl } from '../support/redis.ts'
import { startRedisServer } from '../support/redis-server.ts'

const prefix = newPrefix()
afterAll(() => dropPrefix(prefix))

describeConformance(
  { describe: describe.concurrent, it },
  {
    name: 'bullmq',
    createProvider,
    entryPoint: import.meta.resolve('../../src/runtime/providers/bullmq/index.ts'),
    capabilities: capabilities.bullmq,
    connection: () => ({ url: redisUrl(), prefix }),
    async startServer() {
      const server = await startRedisServer({
        appendOnly: true,
        settings: { appendfsync: 'always' },
      })
      return {
        connection: { url: server.url, prefix },
        kill: () => server.kill(),
        start: () => server.start(),
        destroy: () => server.destroy(),
      }
    },
    leaseSeconds: 3,
    refusedByBackend: null,
  },
)
