import { createRequire } from 'node:module'
import { importFailure } from '../../missing-package.ts'

/**
 * Loads pg-boss, which is installed only where it is used.
 * @throws PikkuQueueError PKQ603 when it, or what it needs, is not installed.
 */
export async function loadPgBoss() {
  try {
    const { PgBoss } = await import('pg-boss')
    return PgBoss
  } catch (error) {
    throw importFailure('pg-boss', 'pg-boss', error)
  }
}

/** The version of the schema that the installed pg-boss works with; its package.json alone says so. */
export function installedSchemaVersion(): number {
  const manifest = createRequire(import.meta.url)('pg-boss/package.json') as {
    pgboss: { schema: number }
  }
  return manifest.pgboss.schema
}
