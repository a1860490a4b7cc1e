import type Pg from 'pg'
import { importFailure } from '../../missing-package.ts'

/**
 * Loads PostgreSQL's client.
 * @throws PikkuQueueError (missingPackage)
 */
export async function loadPg(): Promise<typeof Pg> {
  try {
    return (await import('pg')).default
  } catch (error) {
    throw importFailure('embedded', 'pg', error)
  }
}
