import { Redis } from 'ioredis'
import { startRedisServer } from './redis-server.ts'
import { until } from './provider-work.ts'

const slots = 16_384

export interface RedisCluster {
  /** Of its nodes, each with a third of the keys. */
  urls: string[]
  destroy(): Promise<void>
}

/** Starts a Redis Cluster of three nodes, for one test file. */
export async function startRedisCluster(): Promise<RedisCluster> {
  const settings = { 'cluster-enabled': 'yes', 'cluster-announce-ip': '127.0.0.1' }
  const servers = await Promise.all([1, 2, 3].map(() => startRedisServer({ settings })))
  const nodes = servers.map(({ url }) => new Redis(url))
  try {
    const share = Math.ceil(slots / nodes.length)
    for (const [index, node] of nodes.entries()) {
      await node.cluster('ADDSLOTSRANGE', index * share, Math.min((index + 1) * share, slots) - 1)
      await node.cluster('SET-CONFIG-EPOCH', index + 1)
      for (const { port } of servers) await node.cluster('MEET', '127.0.0.1', port)
    }
    for (const node of nodes) {
      const knowsAll = async () => {
        const info = await node.cluster('INFO')
        return info.includes('cluster_state:ok') && info.includes('cluster_known_nodes:3')
      }
      await until(knowsAll, 'the cluster')
    }
  } finally {
    for (const node of nodes) node.disconnect()
  }
  return {
    urls: servers.map(({ url }) => url),
    async destroy() {
      await Promise.all(servers.map((server) => server.destroy()))
    },
  }
}
