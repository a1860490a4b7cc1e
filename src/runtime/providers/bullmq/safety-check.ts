import { errorCodes, PikkuQueueError } from '../../errors.ts'
import type { Logger } from '../../types.ts'
import type { Link } from './link.ts'

const oldest: readonly [number, number] = [6, 2]

/**
 * Whether the server can be trusted with jobs: one that is too old is refused, one that may lose
 * what it has accepted is warned about. Asked once, when a worker starts; what a managed service does
 * not tell is not guessed at.
 * @throws PikkuQueueError PKQ608 for a server before Redis 6.2.
 */
export async function checkSafety({ redis, target }: Link, logger: Logger): Promise<void> {
  const info = parseInfo(await redis.info().catch(() => ''))
  refuseOld(info, target.server)
  const setting = async (name: string) => {
    const answer: unknown = await redis.call('CONFIG', 'GET', name).catch(() => [])
    return Array.isArray(answer) && typeof answer[1] === 'string' ? answer[1] : undefined
  }
  const [configured, appendonly, save] = await Promise.all(
    ['maxmemory-policy', 'appendonly', 'save'].map(setting),
  )
  const policy = configured ?? info.get('maxmemory_policy')
  if (policy !== undefined && policy !== 'noeviction') {
    logger.warn(`Redis at ${target.server} may delete jobs when its memory is full`, {
      maxmemoryPolicy: policy,
      hint: 'set maxmemory-policy to noeviction',
    })
  }
  if (appendonly === 'no' && save === '') {
    logger.warn(
      `Redis at ${target.server} keeps nothing on disk: jobs do not survive its restart`,
      {
        hint: 'set appendonly to yes',
      },
    )
  }
}

function parseInfo(text: string): Map<string, string> {
  return new Map(
    text.split(/\r?\n/).flatMap((line) => {
      const at = line.indexOf(':')
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1)] as const]
    }),
  )
}

/** Valkey began where Redis 7.2 was, and says so. */
export function refuseOld(info: Map<string, string>, server: string): void {
  const version = info.get('redis_version')
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number)
  if (version === undefined || major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) {
    return
  }
  throw new PikkuQueueError(
    errorCodes.providerRefused,
    `Redis at ${server} is version ${version}, and ${oldest.join('.')} is the oldest that will do`,
    { hint: 'Upgrade it, or run another one (or Valkey) for the queues.' },
  )
}
