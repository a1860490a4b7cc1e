import { type ConnectionSettings, settingName } from '../../connection-settings.ts'
import { type AddressForm, badConnection, parseAddress } from '../../server-address.ts'

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
const form: AddressForm = {
  schemes: ['redis://', 'rediss://'],
  examples: ['redis://localhost:6379', `${example} (rediss:// with TLS)`],
}

/**
 * Reads the connection, or REDIS_URL when there is none; what it leaves open is as the project's settings
 * have it. Messages say where what is wrong comes from.
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
    throw badConnection(
      'the connection has no url',
      `Give { url: '${example}' }, or no connection at all to use REDIS_URL.`,
    )
  }
  const url = given?.url ?? process.env.REDIS_URL
  if (!url) throw badConnection('no Redis address was given', `Set REDIS_URL to ${example}.`)
  const ofOption = typeof connection === 'string' ? 'the connection' : 'connection.url'
  const source = given ? ofOption : 'REDIS_URL'
  const parsed = parseAddress(url, source, form)
  const prefix = given?.prefix ?? settings.prefix ?? defaultPrefix
  const cluster = given?.cluster ?? settings.cluster ?? false
  checkPrefix(
    prefix,
    given?.prefix === undefined ? settingName('bullmq', 'prefix') : 'connection.prefix',
    cluster,
  )
  const db = parseDatabase(parsed, source, cluster)
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

function parseDatabase({ pathname }: URL, source: string, cluster: boolean): number {
  const text = pathname.replace(/^\//, '')
  if (!/^\d{0,5}$/.test(text)) {
    throw badConnection(
      `what follows the host in ${source} is not the number of a database`,
      `Write it as ${example}, or leave it out.`,
    )
  }
  const db = Number(text)
  if (cluster && db !== 0) {
    throw badConnection(
      `${source} names database ${db}, and a Redis Cluster has no other than 0`,
      'Leave it out.',
    )
  }
  return db
}

function checkPrefix(prefix: unknown, source: string, cluster: boolean): void {
  if (typeof prefix !== 'string' || prefix === '') {
    throw badConnection(
      `${source} is not a text that is not empty`,
      `What the keys begin with, such as ${defaultPrefix}, the default.`,
    )
  }
  if (cluster && !/\{[^}]+\}/.test(prefix)) {
    throw badConnection(
      `${source} is "${prefix}", which would spread the keys of one queue over the nodes of the cluster`,
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
