import type { JsonValue } from '../../types.ts'
import { halve, toBatches, writeRow } from './batches.ts'
import { hintChannel } from './channels.ts'
import { type Claim, claimColumns, claimHolds, toClaimRow } from './claims.ts'
import { isDataError } from './connection-errors.ts'
import type { Database } from './database.ts'
import { packHints } from './hints.ts'
import { toJsonb } from './jsonb.ts'
import { progressTable } from './tables.ts'

interface Update {
  claim: Claim
  json: string
  settled: { resolve: () => void; reject: (error: unknown) => void }[]
}

const maxPerStatement = 500

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
      // Here, so that only this caller hears of a value that has no JSON.
      const json = toJsonb(progress)
      const earlier = this.#waiting.get(claim)?.settled ?? []
      const settled = [...earlier, { resolve, reject }]
      this.#waiting.set(claim, { claim, json, settled })
      this.#flushing ??= this.#flush()
    })
  }

  async idle(): Promise<void> {
    await this.#flushing
  }

  async #flush(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#waiting.size > 0) {
      const updates = this.#waiting.values()
      this.#waiting = new Map()
      for (const batch of toBatches(updates, maxPerStatement)) await this.#storeBatch(batch)
    }
    this.#flushing = undefined
  }

  async #storeBatch(batch: Update[]): Promise<void> {
    try {
      await this.#store(batch)
      for (const { settled } of batch) for (const { resolve } of settled) resolve()
    } catch (error) {
      if (batch.length > 1 && isDataError(error)) {
        // One value spoils the statement for all: find out which.
        for (const half of halve(batch)) await this.#storeBatch(half)
        return
      }
      for (const { settled } of batch) for (const { reject } of settled) reject(error)
    }
  }

  async #store(updates: Update[]): Promise<void> {
    const { schema } = this.#database
    const rows = updates.map(({ claim, json }, n) =>
      writeRow(toClaimRow(claim, n), 'progress', json),
    )
    await this.#database.query(storeSql(schema), [
      `[${rows.join()}]`,
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
