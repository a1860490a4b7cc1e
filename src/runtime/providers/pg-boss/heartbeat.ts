import { type Claim, claimColumns, claimLives, toClaimRow } from './claims.ts'
import type { Database } from './database.ts'

const tickMs = 1_000

/**
 * Keeps every claim of this worker alive, waiting or running, with one statement for all of them.
 * A claim the server does not know any more, or that it could not be asked about for as long as the
 * claim lasts, is lost.
 */
export class Heartbeat {
  readonly #database: Database
  readonly #claims = new Set<Claim>()
  /** Their functions have ended: only the settlement's own answer says whether they held. */
  readonly #settling = new Set<Claim>()
  readonly #timer: NodeJS.Timeout
  #beating = false

  constructor(database: Database) {
    this.#database = database
    this.#timer = setInterval(() => this.#tick(), tickMs)
    this.#timer.unref()
  }

  add(claim: Claim): void {
    this.#claims.add(claim)
  }

  settling(claim: Claim): void {
    this.#settling.add(claim)
  }

  remove(claim: Claim): void {
    this.#claims.delete(claim)
    this.#settling.delete(claim)
  }

  /** Stops the beat. Claims that are left lapse, and their functions are told. */
  stop(): void {
    clearInterval(this.#timer)
    for (const claim of this.#claims) this.#lose(claim)
  }

  #tick(): void {
    const now = performance.now()
    for (const claim of this.#claims) {
      if (now - claim.renewedAt > claim.visibilitySeconds * 1000) this.#lose(claim)
    }
    const due = [...this.#claims].some(
      ({ renewedAt, visibilitySeconds }) => now - renewedAt >= (visibilitySeconds * 1000) / 3,
    )
    if (due && !this.#beating) void this.#beat([...this.#claims])
  }

  async #beat(claims: Claim[]): Promise<void> {
    this.#beating = true
    const sentAt = performance.now()
    try {
      const rows = claims.map(toClaimRow)
      const alive = await this.#database.query<{ n: number }>(beatSql(this.#database.schema), [
        JSON.stringify(rows),
      ])
      const held = new Set(alive.map(({ n }) => n))
      for (const [n, claim] of claims.entries()) {
        if (held.has(n)) claim.renewedAt = sentAt
        else this.#lose(claim)
      }
    } catch {
      // The database has said so; the next tick asks again.
    } finally {
      this.#beating = false
    }
  }

  #lose(claim: Claim): void {
    if (this.#settling.has(claim) || !this.#claims.has(claim)) return
    this.#claims.delete(claim)
    claim.lost.abort()
  }
}

function beatSql(schema: string): string {
  return `
    UPDATE ${schema}.job j SET heartbeat_on = ${schema}.job_now()
    FROM json_to_recordset($1::text::json) AS i (${claimColumns})
    WHERE ${claimLives}
    RETURNING i.n`
}
