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
  mayWrite: boolean
  mayCreate: boolean
  /** The tables of our own. */
  hasOurs: boolean
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
  const [rights] = await database.query<SchemaRow>(
    `SELECT
       has_schema_privilege($1, 'USAGE') AS "mayUse",
       has_schema_privilege($1, 'CREATE') AS "mayCreate",
       has_schema_privilege($1, 'USAGE') AND (
         SELECT bool_and(has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT')
           AND has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE'))
         FROM pg_class c
         WHERE c.relnamespace = to_regnamespace($1) AND c.relkind IN ('r', 'p')
       ) AS "mayWrite",
       ${hasTable('$2')} AND ${hasTable('$3')} AS "hasOurs"`,
    [schema, ...[progressTable, pausedTable].map((table) => table(schema).split('.')[1])],
  )
  if (!rights?.mayUse || !rights.mayWrite) {
    const grants =
      `GRANT USAGE ON SCHEMA ${schema} TO "${user}"; ` +
      `GRANT ALL ON ALL TABLES IN SCHEMA ${schema} TO "${user}"`
    return [
      error(`user "${user}" may not read and write all of schema "${schema}"`, `Run: ${grants}`),
    ]
  }
  const [found] = await database.query<{ version: number }>(
    `SELECT version::int AS version FROM ${schema}.version`,
  )
  const isReady = found?.version === schemaVersion && rights.hasOurs
  return [
    ...judgeVersion(found?.version, schemaVersion, schema),
    ...(isReady || rights.mayCreate
      ? []
      : [
          error(
            `schema "${schema}" has to be brought up to date, and user "${user}" may not do that`,
            `Run as its owner: GRANT CREATE ON SCHEMA ${schema} TO "${user}"`,
          ),
        ]),
    ...(await findQueues(database, declarations)),
  ]
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
