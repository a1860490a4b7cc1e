import { error, ok, warning } from '../../findings.ts'
import type { Finding, QueueDeclaration } from '../../provider.ts'
import type { Target } from './connection.ts'
import type { Database } from './database.ts'
import { examineSchema, hasTable } from './examine-schema.ts'

/** pg-boss 12's own requirement. */
const oldestMajor = 13
/** What a worker opens at most: pg-boss's pool, and one connection that listens. */
const connectionsOfWorker = 11

interface ServerRow {
  version: string
  major: number
  recovery: boolean
  readOnly: boolean
  fsync: string
  fullPageWrites: string
  synchronousCommit: string
  /** Connections that an ordinary user may still open. */
  free: number
  most: number
  hasSchema: boolean
  isInstalled: boolean
  mayCreate: boolean
}

/**
 * Looks over the server, pg-boss's schema and the queues in it, and changes nothing.
 * @param schemaVersion the one that the installed pg-boss works with
 */
export async function examinePostgres(
  database: Database,
  target: Target,
  declarations: readonly QueueDeclaration[],
  schemaVersion: number,
): Promise<Finding[]> {
  const [server] = await database.query<ServerRow>(serverSql, [target.schema], { long: true })
  if (!server) return []
  return [
    ok(`PostgreSQL ${server.version} at ${target.address} answers`),
    ...judgeServer(server, target),
    ...judgeDurability(server, target),
    ...judgeConnections(server, target),
    ...(server.isInstalled
      ? await examineSchema(database, target, declarations, schemaVersion)
      : judgeMissingSchema(server, target)),
  ]
}

const serverSql = `
  SELECT
    current_setting('server_version') AS version,
    current_setting('server_version_num')::int / 10000 AS major,
    pg_is_in_recovery() AS recovery,
    current_setting('default_transaction_read_only') = 'on' AS "readOnly",
    current_setting('fsync') AS fsync,
    current_setting('full_page_writes') AS "fullPageWrites",
    current_setting('synchronous_commit') AS "synchronousCommit",
    current_setting('max_connections')::int AS most,
    current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
      - (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend') AS free,
    to_regnamespace($1) IS NOT NULL AS "hasSchema",
    ${hasTable("'version'")} AS "isInstalled",
    CASE WHEN to_regnamespace($1) IS NULL
      THEN has_database_privilege(current_database(), 'CREATE')
      ELSE has_schema_privilege($1, 'CREATE')
    END AS "mayCreate"`

function judgeServer({ version, major, recovery, readOnly }: ServerRow, target: Target): Finding[] {
  const findings: Finding[] = []
  if (major < oldestMajor) {
    findings.push(
      error(
        `PostgreSQL ${version} is too old: pg-boss needs ${oldestMajor} or newer`,
        'Upgrade it, or use another server for the queues.',
      ),
    )
  }
  if (recovery || readOnly) {
    findings.push(
      error(
        `PostgreSQL at ${target.server} ${recovery ? 'is a standby' : 'is set to read only'}, and takes no jobs`,
        recovery ? 'Connect to its primary.' : 'Set default_transaction_read_only to off.',
      ),
    )
  }
  return findings
}

function judgeDurability(server: ServerRow, target: Target): Finding[] {
  const loss = (setting: string, consequence: string) =>
    warning(
      `PostgreSQL at ${target.server} runs with ${setting} = off: ${consequence}`,
      `Set ${setting} to on.`,
    )
  const crash = 'a crash of its machine may destroy the database'
  return [
    ...(server.fsync === 'off' ? [loss('fsync', crash)] : []),
    ...(server.fullPageWrites === 'off' ? [loss('full_page_writes', crash)] : []),
    ...(server.synchronousCommit === 'off'
      ? [loss('synchronous_commit', 'a crash may lose jobs that were just added or finished')]
      : []),
  ]
}

function judgeConnections({ free, most }: ServerRow, target: Target): Finding[] {
  if (free >= connectionsOfWorker) return []
  return [
    warning(
      `PostgreSQL at ${target.server} has ${Math.max(0, free)} of ${most} connections left, ` +
        `and a worker opens up to ${connectionsOfWorker}`,
      'Raise max_connections, or have fewer processes connect.',
    ),
  ]
}

function judgeMissingSchema({ hasSchema, mayCreate }: ServerRow, target: Target): Finding[] {
  const { schema, user, database } = target
  if (mayCreate) {
    return [ok(`schema "${schema}" is not there yet; the first worker or client sets it up`)]
  }
  const grant = hasSchema
    ? `GRANT CREATE, USAGE ON SCHEMA ${schema} TO "${user}"`
    : `GRANT CREATE ON DATABASE "${database}" TO "${user}"`
  return [
    error(
      `schema "${schema}" is not set up, and user "${user}" may not do that`,
      `Run as its owner: ${grant}; or start a worker once as a user who may.`,
    ),
  ]
}
