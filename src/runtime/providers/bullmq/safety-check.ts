import { errorCodes, PikkuQueueError } from '../../errors.ts'
import { warning } from '../../findings.ts'
import type { Finding } from '../../provider.ts'
import type { Logger } from '../../types.ts'
import type { Link } from './link.ts'

const oldest: readonly [number, number] = [6, 2]

/** What a server says of itself. What a managed service does not tell is not guessed at. */
export interface ServerFacts {
  /** The answer to INFO; empty where it may not be asked. */
  info: ReadonlyMap<string, string>
  maxmemoryPolicy: string | undefined
  appendonly: string | undefined
  save: string | undefined
}

/**
 * Whether the server can be trusted with jobs: one that is too old is refused, one that may lose
 * what it has accepted is warned about. Asked once, when a worker starts.
 * @throws PikkuQueueError PKQ608 for a server before Redis 6.2.
 */
export async function checkSafety(link: Link, logger: Logger): Promise<void> {
  const { server } = link.target
  const facts = await askServer(link)
  refuseOld(facts.info, server)
  for (const { message, hint } of judgeSafety(facts, server)) logger.warn(message, { hint })
}

export async function askServer({ redis }: Link): Promise<ServerFacts> {
  const setting = async (name: string) => {
    const answer: unknown = await redis.call('CONFIG', 'GET', name).catch(() => [])
    return Array.isArray(answer) && typeof answer[1] === 'string' ? answer[1] : undefined
  }
  const [text, policy, appendonly, save] = await Promise.all([
    redis.info().catch(() => ''),
    setting('maxmemory-policy'),
    setting('appendonly'),
    setting('save'),
  ])
  const info = parseInfo(text)
  return { info, maxmemoryPolicy: policy ?? info.get('maxmemory_policy'), appendonly, save }
}

/** How it may lose jobs that it has accepted. */
export function judgeSafety(facts: ServerFacts, server: string): Finding[] {
  const { maxmemoryPolicy = 'noeviction', appendonly, save } = facts
  const redis = `Redis at ${server}`
  return [
    ...(maxmemoryPolicy === 'noeviction'
      ? []
      : [
          warning(
            `${redis} may delete jobs when its memory is full: maxmemory-policy is ${maxmemoryPolicy}`,
            'Set maxmemory-policy to noeviction.',
          ),
        ]),
    ...(appendonly === 'no' && save === ''
      ? [
          warning(
            `${redis} keeps nothing on disk: jobs do not survive its restart`,
            'Set appendonly to yes.',
          ),
        ]
      : []),
  ]
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
export function refuseOld(info: ReadonlyMap<string, string>, server: string): void {
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
