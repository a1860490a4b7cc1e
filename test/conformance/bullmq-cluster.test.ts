import { afterAll, beforeAll, describe, it } from 'vitest'
import { capabilities } from '../../src/runtime/capabilities.ts'
import { createProvider } from '../../src/runtime/providers/bullmq/index.ts'
import { describeConformance } from '../../src/runtime/testing/conformance/index.ts'
import { type RedisCluster, startRedisCluster } from '../support/redis-cluster.ts'

let cluster: RedisCluster
beforeAll(async () => (cluster = await startRedisCluster()))
afterAll(() => cluster.destroy())

describeConformance(
  { describe: describe.concurrent, it },
  {
    name: 'bullmq on a Redis Cluster, with the commands of Redis 6.2',
    createProvider,
    entryPoint: import.meta.resolve('../../src/runtime/providers/bullmq/index.ts'),
    capabilities: capabilities.bullmq,
    connection: () => ({ url: cluster.urls[0] ?? '', cluster: true }),
    leaseSeconds: 3,
    refusedByBackend: null,
  },
)
