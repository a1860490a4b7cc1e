import { Redis } from 'ioredis'
import { limitUser } from './redis-acl.ts'
import { startRedisServer } from './redis-server.ts'
import { until } from './provider-work.ts'

const slots = 16_384
const user = { name: 'older', password: 'secret', version: '6.2.999' }

export interface RedisCluster {
  /** Of its nodes, each with a third of the keys, as a user who has the commands of Redis 6.2 alone. */
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
    }
    // Once one of them knows another, it takes no epoch any more.
    for (const node of nodes) {
      for (const { port } of servers) await node.cluster('MEET', '127.0.0.1', port)
    }
    for (const node of nodes) {
      const knowsAll = async () => {
        const info = await node.cluster('INFO')
        return info.includes('cluster_state:ok') && info.includes('cluster_known_nodes:3')
      }
      await until(knowsAll, 'the cluster')
      const refused = await limitUser(node, user)
      if (!refused.includes('lmpop')) throw new Error('nothing is refused')
    }
  } finally {
    for (const node of nodes) node.disconnect()
  }
  return {
    urls: servers.map(({ url }) => url.replace('//', `//${user.name}:${user.password}@`)),
    async destroy() {
      await Promise.all(servers.map((server) => server.destroy()))
    },
  }
}
