import type { Outcome } from '../../provider.ts'
import type { JsonValue, Logger } from '../../types.ts'
import { hintChannel, wakeChannel } from './channels.ts'
import { type Claim, toClaimRow } from './claims.ts'
import { isDataError, messageOf } from './connection-errors.ts'
import type { Database } from './database.ts'
import type { Heartbeat } from './heartbeat.ts'
import { packHints } from './hints.ts'
import { errorToJsonb, toJsonb } from './jsonb.ts'
import { deadSql, discardSql, doneSql, releaseSql, retrySql } from './settle-sql.ts'

type Kind = Outcome['type']

interface Settlement {
  claim: Claim
  kind: Kind
  output: JsonValue
  delayMs: number
}

const statements: Record<Kind, (schema: string) => string> = {
  done: doneSql,
  retry: retrySql,
  dead: deadSql,
  discarded: discardSql,
  released: releaseSql,
}

const maxPerStatement = 500
const firstRetryMs = 50
const longestRetryMs = 2_000

/** Told of every settlement that took place. */
export type OnSettled = (queue: string, kind: Kind, delayMs: number) => void

/**
 * Carries outcomes out, many in one statement: while one flush is under way, the next gathers. What
 * fails is tried again until the server answers; its answer alone says whether the claim still held.
 */
export class Settler {
  readonly #database: Database
  readonly #heartbeat: Heartbeat
  readonly #logger: Logger
  readonly #onSettled: OnSettled
  #pending: Settlement[] = []
  #flushing: Promise<void> | undefined
  #retryMs = 0
  #stopped = false

  constructor(database: Database, heartbeat: Heartbeat, logger: Logger, onSettled: OnSettled) {
    this.#database = database
    this.#heartbeat = heartbeat
    this.#logger = logger
    this.#onSettled = onSettled
  }

  /** The last flush failed, so what waits here may be done although the claims look lapsed. */
  get stuck(): boolean {
    return this.#retryMs > 0
  }

  settle(claim: Claim, outcome: Outcome): void {
    if (claim.lost.signal.aborted) {
      this.#reportLost(claim, outcome.type)
      return
    }
    this.#heartbeat.settling(claim)
    this.#pending.push({ claim, kind: outcome.type, ...toStored(outcome) })
    this.#flushing ??= this.#flush()
  }

  /** Resolves when everything is settled. */
  async idle(): Promise<void> {
    while (this.#flushing) await this.#flushing
  }

  /** Gives up on what is left. */
  stop(): void {
    this.#stopped = true
  }

  async #flush(): Promise<void> {
    // Whatever ends in this turn of the event loop goes into the first statement together.
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#pending.length > 0 && !this.#stopped) {
      const failed = await this.#round(this.#pending.splice(0))
      if (failed.length === 0) {
        this.#retryMs = 0
        continue
      }
      this.#pending.unshift(...failed)
      this.#retryMs = Math.min(longestRetryMs, this.#retryMs * 2 || firstRetryMs)
      await new Promise((resolve) => setTimeout(resolve, this.#retryMs))
    }
    this.#flushing = undefined
  }

  /** One statement for each kind of outcome; returns what has to be tried again. */
  async #round(settlements: Settlement[]): Promise<Settlement[]> {
    const batches: Settlement[][] = []
    for (const kindSettlements of Map.groupBy(settlements, ({ kind }) => kind).values()) {
      for (let start = 0; start < kindSettlements.length; start += maxPerStatement) {
        batches.push(kindSettlements.slice(start, start + maxPerStatement))
      }
    }
    return (await Promise.all(batches.map((batch) => this.#settleBatch(batch)))).flat()
  }

  async #settleBatch(batch: Settlement[]): Promise<Settlement[]> {
    try {
      await this.#execute(batch)
      return []
    } catch (error) {
      if (!isDataError(error)) {
        if (!this.stuck) {
          this.#logger.warn('settling jobs failed; trying again', { reason: messageOf(error) })
        }
        return batch
      }
      const [only, ...others] = batch
      // One value spoils the statement for all: each on its own, and without what cannot be stored.
      if (others.length > 0) {
        return (await Promise.all(batch.map((one) => this.#settleBatch([one])))).flat()
      }
      if (!only || only.output === null) return batch
      this.#logger.error('PostgreSQL cannot store what the job left; it is settled without', {
        queue: only.claim.queue,
        job: only.claim.id,
        reason: messageOf(error),
      })
      return this.#settleBatch([{ ...only, output: null }])
    }
  }

  async #execute(batch: Settlement[]): Promise<void> {
    const kind = batch[0]?.kind
    if (!kind) return
    const { schema } = this.#database
    const rows = batch.map(({ claim, output, delayMs }, n) => ({
      ...toClaimRow(claim, n),
      output,
      delayMs,
    }))
    const values: unknown[] = [
      JSON.stringify(rows),
      hintChannel(schema),
      packHints(batch.map(({ claim }) => claim)),
    ]
    if (kind === 'dead' || kind === 'released') values.push(wakeChannel(schema))
    const settled = await this.#database.query<{ n: number }>(statements[kind](schema), values)
    const held = new Set(settled.map(({ n }) => n))
    for (const [n, { claim, delayMs }] of batch.entries()) {
      this.#heartbeat.remove(claim)
      if (held.has(n)) this.#onSettled(claim.queue, kind, delayMs)
      else this.#reportLost(claim, kind)
    }
  }

  #reportLost(claim: Claim, kind: Kind): void {
    this.#heartbeat.remove(claim)
    claim.lost.abort()
    // Giving back what is gone already is no news.
    if (kind === 'released') return
    this.#logger.warn('the claim on a job was lost; its outcome is not recorded', {
      queue: claim.queue,
      job: claim.id,
      attempt: claim.retryCount + 1,
      outcome: kind,
    })
  }
}

function toStored(outcome: Outcome): { output: JsonValue; delayMs: number } {
  switch (outcome.type) {
    case 'done':
      return { output: toJsonb(outcome.result), delayMs: 0 }
    case 'retry':
      return { output: errorToJsonb(outcome.error), delayMs: outcome.delayMs }
    case 'dead':
    case 'discarded':
      return { output: errorToJsonb(outcome.error), delayMs: 0 }
    case 'released':
      return { output: null, delayMs: outcome.delayMs }
  }
}
