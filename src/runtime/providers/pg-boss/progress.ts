import type { JsonValue } from '../../types.ts'
import { hintChannel } from './channels.ts'
import { type Claim, claimColumns, claimHolds, toClaimRow } from './claims.ts'
import type { Database } from './database.ts'
import { packHints } from './hints.ts'
import { toJsonb } from './jsonb.ts'

interface Update {
  claim: Claim
  progress: JsonValue
  settled: { resolve: () => void; reject: (error: unknown) => void }[]
}

/** pg-boss has no progress; this table beside its own holds the last one of each job. */
export function progressTable(schema: string): string {
  return `${schema}.pikku_progress`
}

/** Creates the table where it is missing; a user who may not create finds it created once. */
export async function createProgressTable(database: Database): Promise<void> {
  const table = progressTable(database.schema)
  const [found] = await database.query<{ exists: boolean }>(
    `SELECT to_regclass($1) IS NOT NULL AS exists`,
    [table],
  )
  if (found?.exists) return
  await database.query(`
    CREATE TABLE IF NOT EXISTS ${table} (
      queue text NOT NULL,
      job_id uuid NOT NULL,
      progress jsonb,
      updated_on timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (queue, job_id)
    )`)
}

/** Stores progress: the newest of each job, those of many jobs in one statement. */
export class Progress {
  readonly #database: Database
  #waiting = new Map<Claim, Update>()
  #flushing: Promise<void> | undefined

  constructor(database: Database) {
    this.#database = database
  }

  update(claim: Claim, progress: JsonValue): Promise<void> {
    return new Promise((resolve, reject) => {
      const earlier = this.#waiting.get(claim)?.settled ?? []
      const settled = [...earlier, { resolve, reject }]
      this.#waiting.set(claim, { claim, progress, settled })
      this.#flushing ??= this.#flush()
    })
  }

  async idle(): Promise<void> {
    await this.#flushing
  }

  async #flush(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#waiting.size > 0) {
      const updates = [...this.#waiting.values()]
      this.#waiting = new Map()
      try {
        await this.#store(updates)
        for (const { settled } of updates) for (const { resolve } of settled) resolve()
      } catch (error) {
        for (const { settled } of updates) for (const { reject } of settled) reject(error)
      }
    }
    this.#flushing = undefined
  }

  async #store(updates: Update[]): Promise<void> {
    const { schema } = this.#database
    const rows = updates.map(({ claim, progress }, n) => ({
      ...toClaimRow(claim, n),
      progress: toJsonb(progress),
    }))
    await this.#database.query(storeSql(schema), [
      JSON.stringify(rows),
      hintChannel(schema),
      packHints(updates.map(({ claim }) => claim)),
    ])
  }
}

/** A lapsed attempt stores nothing. */
function storeSql(schema: string): string {
  return `
    WITH stored AS (
      INSERT INTO ${progressTable(schema)} AS p (queue, job_id, progress)
      SELECT j.name, j.id, i.progress
      FROM json_to_recordset($1::text::json) AS i (${claimColumns}, progress jsonb)
      JOIN ${schema}.job j ON ${claimHolds}
      ON CONFLICT (queue, job_id) DO UPDATE SET progress = excluded.progress, updated_on = now()
      RETURNING 1
    )
    SELECT pg_notify($2, h.payload) FROM unnest($3::text[]) AS h (payload)
    WHERE EXISTS (SELECT FROM stored)`
}
