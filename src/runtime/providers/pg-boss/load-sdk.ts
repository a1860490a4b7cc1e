import { createRequire } from 'node:module'
import { errorCodes, PikkuQueueError } from '../../errors.ts'

/**
 * Loads pg-boss, which is installed only where it is used.
 * @throws PikkuQueueError PKQ603 when it, or what it needs, is not installed.
 */
export async function loadPgBoss() {
  try {
    const { PgBoss } = await import('pg-boss')
    return PgBoss
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) {
      throw error
    }
    const missing = /Cannot find package '([^']+)'/.exec(error.message)?.[1] ?? 'pg-boss'
    throw new PikkuQueueError(
      errorCodes.missingPackage,
      `the package "${missing}" is not installed`,
      {
        hint: 'Run: npm install pg-boss pg @opentelemetry/api',
        cause: error,
      },
    )
  }
}

/** The version of the schema that the installed pg-boss works with; its package.json alone says so. */
export function installedSchemaVersion(): number {
  const manifest = createRequire(import.meta.url)('pg-boss/package.json') as {
    pgboss: { schema: number }
  }
  return manifest.pgboss.schema
}
