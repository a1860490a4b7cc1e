import type { ConnectionSettings } from '../../connection-settings.ts'
import { errorCodes, PikkuQueueError } from '../../errors.ts'

/**
 * Where the Redis is: a URL (`redis://`, or `rediss://` for TLS), or one with the prefix of the
 * queues' keys, or one node of a cluster.
 */
export type BullmqConnection =
  | string
  | {
      url: string
      /** Default `{pikku}`; the braces keep all keys on one node of a cluster. */
      prefix?: string
      /** The URL is that of a node of a Redis Cluster. Default false. */
      cluster?: boolean
    }

/** A connection that was checked and taken apart. */
export interface Target {
  host: string
  port: number
  username: string | undefined
  password: string | undefined
  db: number
  tls: boolean
  prefix: string
  cluster: boolean
  /** host:port, as it may be shown. */
  server: string
  /** host:port/db, as it may be shown. */
  address: string
}

const defaultPrefix = '{pikku}'
const example = 'redis://user:password@host:6379/0'

/**
 * Reads the connection, or REDIS_URL when there is none; what it leaves open is as the project's settings
 * have it. Messages never repeat the URL: it holds the password.
 * @throws PikkuQueueError PKQ605 when there is none, it is no Redis URL, or the prefix does not suit.
 */
export function resolveTarget(
  connection: BullmqConnection | undefined,
  settings: ConnectionSettings = {},
): Target {
  const given = typeof connection === 'string' ? { url: connection } : connection
  // Whoever gave an address does not mean the one of REDIS_URL.
  const own: unknown = given?.url
  if (given && typeof own !== 'string') {
    throw bad(
      'the connection has no url',
      `Give { url: '${example}' }, or no connection at all to use REDIS_URL.`,
    )
  }
  const url = given?.url ?? process.env.REDIS_URL
  if (!url) throw bad('no Redis address was given', `Set REDIS_URL to ${example}.`)
  const parsed = parse(url)
  const prefix = given?.prefix ?? settings.prefix ?? defaultPrefix
  const cluster = given?.cluster ?? settings.cluster ?? false
  checkPrefix(prefix, cluster)
  const db = parseDatabase(parsed, cluster)
  const host = parsed.hostname.replace(/^\[|\]$/g, '') || 'localhost'
  const port = Number(parsed.port || 6379)
  const server = `${parsed.hostname || 'localhost'}:${port}`
  return {
    host,
    port,
    username: decode(parsed.username) || undefined,
    password: decode(parsed.password) || undefined,
    db,
    tls: parsed.protocol === 'rediss:',
    prefix,
    cluster,
    server,
    address: cluster ? `${server} (cluster)` : `${server}/${db}`,
  }
}

function parse(url: string): URL {
  if (!URL.canParse(url)) {
    throw bad(
      'the Redis address is not a URL',
      `Write it as ${example}; percent-encode special characters in the password.`,
    )
  }
  const parsed = new URL(url)
  if (!['redis:', 'rediss:'].includes(parsed.protocol)) {
    throw bad(
      `the Redis address starts with "${parsed.protocol}//"`,
      `Write it as ${example} (rediss:// with TLS), or choose another provider.`,
    )
  }
  return parsed
}

function parseDatabase({ pathname }: URL, cluster: boolean): number {
  const text = pathname.replace(/^\//, '')
  if (!/^\d{0,5}$/.test(text)) {
    throw bad('the Redis address ends with no database number', `Write it as ${example}.`)
  }
  const db = Number(text)
  if (cluster && db !== 0)
    throw bad('a Redis Cluster has no other database than 0', 'Leave it out.')
  return db
}

function checkPrefix(prefix: unknown, cluster: boolean): void {
  if (typeof prefix !== 'string' || prefix === '') {
    throw bad(
      'the prefix of the keys must be a string that is not empty',
      `Default: ${defaultPrefix}.`,
    )
  }
  if (cluster && !/\{[^}]+\}/.test(prefix)) {
    throw bad(
      `on a cluster the prefix "${prefix}" would spread the keys of one queue over the nodes`,
      `Put it in braces, such as {${prefix}}: they keep all keys on one node.`,
    )
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function bad(message: string, hint: string): PikkuQueueError {
  return new PikkuQueueError(errorCodes.badConnection, message, { hint })
}
