import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { capabilities } from '../../src/runtime/capabilities.ts'
import { createProvider } from '../../src/runtime/providers/bullmq/index.ts'
import { describeConformance } from '../../src/runtime/testing/conformance/index.ts'
import { withRedis } from '../support/redis.ts'
import { findValkeyBinary, type RedisBinary } from '../support/redis-binary.ts'
import { startRedisServer } from '../support/redis-server.ts'
import type { ThrowawayServer } from '../support/throwaway-server.ts'

const binary = await findValkeyBinary()

if (binary) describeOn(binary)
else it.skip('bullmq on Valkey: there is no valkey-server here, nor a package of it')

function describeOn(binary: RedisBinary): void {
  const settings = { appendfsync: 'always' }
  let server: ThrowawayServer
  beforeAll(async () => (server = await startRedisServer({ binary })))
  afterAll(() => server.destroy())

  it('the server is a Valkey', async () => {
    const about = await withRedis((redis) => redis.info('server'), server.url)
    expect(about).toContain('server_name:valkey')
  })

  describeConformance(
    { describe: describe.concurrent, it },
    {
      name: 'bullmq on Valkey',
      createProvider,
      entryPoint: import.meta.resolve('../../src/runtime/providers/bullmq/index.ts'),
      capabilities: capabilities.bullmq,
      connection: () => ({ url: server.url }),
      async startServer() {
        const own = await startRedisServer({ binary, appendOnly: true, settings })
        return {
          connection: { url: own.url },
          kill: () => own.kill(),
          start: () => own.start(),
          destroy: () => own.destroy(),
        }
      },
      leaseSeconds: 3,
      refusedByBackend: null,
    },
  )
}
