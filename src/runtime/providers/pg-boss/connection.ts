import { type ConnectionSettings, settingName } from '../../connection-settings.ts'
import { type AddressForm, badConnection, parseAddress } from '../../server-address.ts'

/** Where the PostgreSQL is: a connection URL, or one with the schema that holds the queues. */
export type PgBossConnection = string | { connectionString: string; schema?: string }

/** A connection that was checked and taken apart. Only `url` knows the password. */
export interface Target {
  url: string
  schema: string
  /** host:port, as it may be shown. */
  server: string
  /** host:port/database, as it may be shown. */
  address: string
  database: string
  user: string
}

const defaultSchema = 'pgboss'
const example = 'postgres://user:password@host:5432/database'
const form: AddressForm = { schemes: ['postgres://', 'postgresql://'], examples: [example] }

/**
 * Reads the connection, or DATABASE_URL when there is none; the schema is the project's own where the
 * connection names none. Messages say where what is wrong comes from.
 * @throws PikkuQueueError PKQ605 when there is none, it is no PostgreSQL URL, or the schema's name is
 * not plain.
 */
export function resolveTarget(
  connection: PgBossConnection | undefined,
  settings: ConnectionSettings = {},
): Target {
  const given = typeof connection === 'string' ? { connectionString: connection } : connection
  // Whoever gave an address does not mean the one of DATABASE_URL.
  const own: unknown = given?.connectionString
  if (given && typeof own !== 'string') {
    throw badConnection(
      'the connection has no connectionString',
      `Give { connectionString: '${example}' }, or no connection at all to use DATABASE_URL.`,
    )
  }
  const url = given?.connectionString ?? process.env.DATABASE_URL
  if (!url) {
    throw badConnection('no PostgreSQL address was given', `Set DATABASE_URL to ${example}.`)
  }
  const ofOption = typeof connection === 'string' ? 'the connection' : 'connection.connectionString'
  const parsed = parseAddress(url, given ? ofOption : 'DATABASE_URL', form)
  const schema = given?.schema ?? settings.schema ?? defaultSchema
  checkSchema(
    schema,
    given?.schema === undefined ? settingName('pg-boss', 'schema') : 'connection.schema',
  )
  const user = decode(parsed.username) || process.env.PGUSER || 'the current user'
  const host = parsed.hostname || parsed.searchParams.get('host') || 'localhost'
  const server = host.startsWith('/') ? host : `${host}:${parsed.port || '5432'}`
  const database = decode(parsed.pathname.slice(1)) || process.env.PGDATABASE || user
  return { url, schema, server, address: `${server}/${database}`, database, user }
}

function checkSchema(schema: string, source: string): void {
  // Lower case only: PostgreSQL folds unquoted names, and the LISTEN channel is derived from this.
  if (/^[a-z_][a-z0-9_]{0,49}$/.test(schema)) return
  throw badConnection(
    `${source} is "${schema}", which cannot be the schema of the queues`,
    `Use 1 to 50 lower-case letters, digits and underscores, not starting with a digit, such as ${defaultSchema}.`,
  )
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
