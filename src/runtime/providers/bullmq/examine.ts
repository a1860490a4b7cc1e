import { error, namesOf, ok, queuesFound, warning } from '../../findings.ts'
import type { Finding, QueueDeclaration } from '../../provider.ts'
import type { Link } from './link.ts'
import type { Queues } from './queues.ts'
import { askServer, judgeSafety, refuseOld, type ServerFacts } from './safety-check.ts'

/** Fuller than this, it may soon refuse jobs. */
const nearlyFull = 0.9

/**
 * Looks over the server and the queues on it, and changes nothing.
 * @throws PikkuQueueError PKQ608 for a server before Redis 6.2.
 */
export async function examineRedis(
  link: Link,
  queues: Queues,
  declarations: readonly QueueDeclaration[],
): Promise<Finding[]> {
  const { server, cluster } = link.target
  const facts = await askServer(link)
  refuseOld(facts.info, server)
  return [
    ok(describe(facts, server)),
    ...judgeRole(facts, server, cluster),
    ...judgeSafety(facts, server),
    ...judgeMemory(facts, server),
    await findQueues(link, queues, declarations),
  ]
}

function describe({ info }: ServerFacts, server: string): string {
  const valkey = info.get('valkey_version')
  const [name, version] = valkey ? ['Valkey', valkey] : ['Redis', info.get('redis_version')]
  return `${name} ${version ?? 'of an unknown version'} at ${server} answers`
}

function judgeRole({ info }: ServerFacts, server: string, isCluster: boolean): Finding[] {
  if (info.get('role') === 'slave') {
    const primary = `${info.get('master_host') ?? '?'}:${info.get('master_port') ?? '?'}`
    return [
      error(`Redis at ${server} is a replica, which takes no jobs`, `Use its primary, ${primary}.`),
    ]
  }
  if (info.get('cluster_enabled') !== '1' || isCluster) return []
  return [
    warning(
      `Redis at ${server} is a node of a cluster, and the connection does not say so`,
      'Connect with { url, cluster: true }: what other nodes hold is out of reach without.',
    ),
  ]
}

function judgeMemory({ info }: ServerFacts, server: string): Finding[] {
  const [used, most] = [Number(info.get('used_memory')), Number(info.get('maxmemory'))]
  if (!(most > 0 && used / most > nearlyFull)) return []
  return [
    warning(
      `the memory of Redis at ${server} is ${Math.floor((used / most) * 100)} % full`,
      'When it is full it takes no more jobs. Raise maxmemory, or keep fewer finished jobs.',
    ),
  ]
}

/** BullMQ makes a queue with its first job, which it numbers; of dead letters there are events. */
async function findQueues(
  { redis }: Link,
  queues: Queues,
  declarations: readonly QueueDeclaration[],
): Promise<Finding> {
  const names = namesOf(declarations)
  const found = await Promise.all(
    names.map((name) => {
      const { prefix } = queues.get(name)
      return redis.exists(`${prefix}id`, `${prefix}events`)
    }),
  )
  const missing = names.filter((_, index) => found[index] === 0)
  return queuesFound(names, missing, 'made with their first jobs')
}
