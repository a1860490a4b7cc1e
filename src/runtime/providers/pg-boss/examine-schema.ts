import { error, namesOf, ok, queuesFound, someOf, warning } from '../../findings.ts'
import type { Finding, QueueDeclaration } from '../../provider.ts'
import type { Target } from './connection.ts'
import type { Database } from './database.ts'
import { pausedTable, progressTable } from './tables.ts'

/** Asked of the catalogue, which tells everybody: to_regclass refuses whoever may not use the schema. */
export const hasTable = (name: string) => `
  EXISTS (SELECT FROM pg_class WHERE relnamespace = to_regnamespace($1) AND relname = ${name})`

interface SchemaRow {
  mayUse: boolean
  mayCreate: boolean
  /** Tables, pg-boss's and ours, that may not be read or written. */
  closed: string[]
  /** Tables of ours that are not there. */
  missing: string[]
}

/**
 * Looks over pg-boss's schema, where there is one, and the queues in it.
 * @param schemaVersion the one that the installed pg-boss works with
 */
export async function examineSchema(
  database: Database,
  { schema, user }: Target,
  declarations: readonly QueueDeclaration[],
  schemaVersion: number,
): Promise<Finding[]> {
  const ours = [progressTable, pausedTable].map((table) => table(schema).split('.')[1])
  const [found] = await database.query<SchemaRow>(
    `SELECT
       has_schema_privilege($1, 'USAGE') AS "mayUse",
       has_schema_privilege($1, 'CREATE') AS "mayCreate",
       ARRAY(
         SELECT relname::text FROM pg_class c
         WHERE relnamespace = to_regnamespace($1) AND relkind IN ('r', 'p') AND NOT (
           has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT')
           AND has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE'))
         ORDER BY 1
       ) AS closed,
       ARRAY(SELECT name FROM unnest($2::text[]) AS name WHERE NOT ${hasTable('name')}) AS missing`,
    [schema, ours],
  )
  if (!found?.mayUse || found.closed.length > 0) return [noAccess(found, { schema, user })]
  const [version] = await database.query<{ version: number }>(
    `SELECT version::int AS version FROM ${schema}.version`,
  )
  const isCurrent = version?.version === schemaVersion
  return [
    ...judgeVersion(version?.version, schemaVersion, schema),
    ...(found.mayCreate || (isCurrent && found.missing.length === 0)
      ? []
      : [
          error(
            isCurrent
              ? `schema "${schema}" lacks ${found.missing.join(', ')}, and user "${user}" may not make it`
              : `schema "${schema}" has to be brought up to date, and user "${user}" may not do that`,
            `Run as its owner: GRANT CREATE ON SCHEMA ${schema} TO "${user}"`,
          ),
        ]),
    ...(await findQueues(database, declarations)),
  ]
}

function noAccess(
  found: SchemaRow | undefined,
  { schema, user }: Pick<Target, 'schema' | 'user'>,
): Finding {
  const closed = found?.mayUse && found.closed.length <= 2 ? found.closed : []
  const what = closed.map((table) => `${schema}.${table}`).join(' and ')
  return error(
    `user "${user}" may not read and write ${what || `all of schema "${schema}"`}`,
    `Run: GRANT USAGE ON SCHEMA ${schema} TO "${user}"; ` +
      `GRANT ALL ON ALL TABLES IN SCHEMA ${schema} TO "${user}"`,
  )
}

function judgeVersion(found: number | undefined, wanted: number, schema: string): Finding[] {
  if (found === undefined || found === wanted) {
    return [ok(`schema "${schema}" is the one that this pg-boss works with (${wanted})`)]
  }
  if (found > wanted) {
    return [
      error(
        `schema "${schema}" was made by a newer pg-boss: it is at ${found}, and this one knows ${wanted}`,
        'Use another schema for the queues: { connectionString, schema }.',
      ),
    ]
  }
  return [
    warning(
      `schema "${schema}" is at ${found}, and this pg-boss needs ${wanted}`,
      'The next worker or client brings it up to date; older software on this schema has to stop before.',
    ),
  ]
}

async function findQueues(
  database: Database,
  declarations: readonly QueueDeclaration[],
): Promise<Finding[]> {
  const names = namesOf(declarations)
  const rows = await database.query<{ name: string; policy: string }>(
    `SELECT name, policy FROM ${database.schema}.queue WHERE name = ANY($1::text[])`,
    [names],
  )
  const foreign = rows.filter(({ policy }) => policy !== 'standard').map(({ name }) => name)
  const missing = names.filter((name) => !rows.some((row) => row.name === name))
  return [
    queuesFound(names, missing, 'made by the first worker or client'),
    ...(foreign.length === 0
      ? []
      : [
          error(
            `${someOf(foreign)}: another program made it in pg-boss, with a policy that holds jobs back`,
            'Use another name, another schema, or delete the queue: only "standard" is supported.',
          ),
        ]),
  ]
}
