import type { Outcome } from '../../provider.ts'
import type { Logger } from '../../types.ts'
import { Backlog } from './backlog.ts'
import { toBatches, writeRow, type Written } from './batches.ts'
import { hintChannel, wakeChannel } from './channels.ts'
import { type Claim, toClaimRow } from './claims.ts'
import { messageOf } from '../../error-parts.ts'
import { isAway, isDataError } from './connection-errors.ts'
import type { Database } from './database.ts'
import type { Heartbeat } from './heartbeat.ts'
import { packHints } from './hints.ts'
import { errorToJsonb, toJsonb } from './jsonb.ts'
import { SetAside } from './set-aside.ts'
import { SettleLane } from './settle-lane.ts'
import { deadSql, discardSql, doneSql, releaseSql, retrySql } from './settle-sql.ts'

type Kind = Outcome['type']

interface Settlement extends Written {
  claim: Claim
  kind: Kind
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
/** PostgreSQL takes about a second for ten of these; others do not wait for it. */
const largeCharacters = 1024 * 1024
/** It would not take more within the time in which we expect an answer. */
const mostCharacters = 128 * 1024 * 1024
const nothing = 'null'

export interface SettlerEvents {
  /** A settlement took place. */
  onSettled(queue: string, kind: Kind, delayMs: number): void
  /** It may no longer be behind. */
  onRelief(): void
}

/**
 * Carries outcomes out, many in one statement. What fails is tried again until the server takes it; its
 * answer alone says whether the claim still held. A server that is away is waited for with everything;
 * what it refuses is set aside.
 */
export class Settler {
  readonly #database: Database
  readonly #heartbeat: Heartbeat
  readonly #logger: Logger
  readonly #events: SettlerEvents
  readonly #backlog = new Backlog()
  readonly #usual = this.#makeLane()
  readonly #large = this.#makeLane()
  /** Of what was refused before, one after the other: none of them spoils another's statement. */
  readonly #refused = this.#makeLane(1)
  readonly #aside: SetAside<Settlement>
  #failure: unknown

  constructor(database: Database, heartbeat: Heartbeat, logger: Logger, events: SettlerEvents) {
    this.#database = database
    this.#heartbeat = heartbeat
    this.#logger = logger
    this.#events = events
    this.#aside = new SetAside(logger, (settlement) => this.#refused.add(settlement))
  }

  /** The server is away, so what waits here may be done although the claims look lapsed. */
  get stuck(): boolean {
    return this.#usual.stuck || this.#large.stuck || this.#refused.stuck
  }

  /** Whoever runs more jobs of the queue now only adds to what a crash would undo. */
  isBehind(queue: string, tolerated: number): boolean {
    return this.stuck || this.#backlog.isLarge(queue, tolerated)
  }

  settle(claim: Claim, outcome: Outcome): void {
    if (claim.lost.signal.aborted) this.#reportLost(claim, outcome.type)
    else this.#add(claim, outcome)
  }

  /** Of a job that has not run; lost or not, it is as good as new. */
  giveBack(claim: Claim): void {
    this.#add(claim, { type: 'released', delayMs: 0 })
  }

  #add(claim: Claim, outcome: Outcome): void {
    const delayMs = 'delayMs' in outcome ? outcome.delayMs : 0
    const settlement = { claim, kind: outcome.type, json: this.#write(claim, outcome), delayMs }
    this.#heartbeat.settling(claim)
    this.#backlog.add(settlement)
    const lane = settlement.json.length > largeCharacters ? this.#large : this.#usual
    lane.add(settlement)
  }

  /** Resolves when everything is settled; what was refused is tried again at once. */
  async idle(): Promise<void> {
    this.#aside.hurry()
    await this.#backlog.empty()
  }

  /** Gives up on what is left. */
  stop(): void {
    for (const lane of [this.#usual, this.#large, this.#refused]) lane.stop()
    this.#aside.stop()
    const { size } = this.#backlog
    if (size === 0) return
    this.#logger.error('the outcomes of jobs could not be stored; they will run again', {
      jobs: size,
    })
  }

  #makeLane(mostRows = maxPerStatement): SettleLane<Settlement> {
    return new SettleLane(
      (settlements) => this.#round(settlements, mostRows),
      (failed) => {
        if (failed) {
          const reason = messageOf(this.#failure)
          this.#logger.warn('settling jobs failed; trying again', { reason })
        }
        this.#events.onRelief()
      },
    )
  }

  /** Each kind of outcome has its statement; returns what the server was away for. */
  async #round(settlements: Settlement[], mostRows: number): Promise<Settlement[]> {
    const kinds = [...Map.groupBy(settlements, ({ kind }) => kind).values()]
    return (await Promise.all(kinds.map((ofKind) => this.#settleAll(ofKind, mostRows)))).flat()
  }

  async #settleAll(ofKind: Settlement[], mostRows: number): Promise<Settlement[]> {
    const failed: Settlement[] = []
    for (const batch of toBatches(ofKind, mostRows)) {
      // A server that went away is not waited for once for each batch.
      const skip = failed.length > 0 && !this.#database.healthy
      failed.push(...(skip ? batch : await this.#settleBatch(batch)))
    }
    return failed
  }

  async #settleBatch(batch: Settlement[]): Promise<Settlement[]> {
    try {
      await this.#execute(batch)
      return []
    } catch (error) {
      if (isAway(error)) {
        this.#failure = error
        return batch
      }
      const [only, ...others] = batch
      if (!only) return []
      // One may spoil the statement for all: find out which.
      if (others.length > 0) return this.#settleAll(batch, Math.ceil(batch.length / 2))
      if (only.json !== nothing && isDataError(error)) {
        return this.#settleBatch([this.#empty(only, error)])
      }
      this.#aside.add(only, error)
      return []
    }
  }

  async #execute(batch: Settlement[]): Promise<void> {
    const kind = batch[0]?.kind
    if (!kind) return
    const { schema } = this.#database
    const rows = batch.map(({ claim, delayMs, json }, n) =>
      writeRow({ ...toClaimRow(claim, n), delayMs }, 'output', json),
    )
    const values: unknown[] = [
      `[${rows.join()}]`,
      hintChannel(schema),
      packHints(batch.map(({ claim }) => claim)),
    ]
    if (kind === 'dead' || kind === 'released') values.push(wakeChannel(schema))
    const settled = await this.#database.query<{ n: number }>(statements[kind](schema), values)
    const held = new Set(settled.map(({ n }) => n))
    for (const [n, settlement] of batch.entries()) {
      const { claim, delayMs } = settlement
      this.#backlog.remove(settlement)
      this.#heartbeat.remove(claim)
      if (held.has(n)) this.#events.onSettled(claim.queue, kind, delayMs)
      else this.#reportLost(claim, kind)
    }
  }

  /** The settlement without what it should have stored. */
  #empty(settlement: Settlement, error: unknown): Settlement {
    const empty = { ...settlement, json: nothing }
    this.#backlog.add(empty)
    this.#backlog.remove(settlement)
    this.#reportUnstorable(settlement.claim, error)
    return empty
  }

  #write(claim: Claim, outcome: Outcome): string {
    try {
      const json = toOutput(outcome)
      if (json.length <= mostCharacters) return json
      throw new RangeError(`${json.length} characters are more than PostgreSQL holds`)
    } catch (error) {
      this.#reportUnstorable(claim, error)
      return nothing
    }
  }

  #reportUnstorable(claim: Claim, error: unknown): void {
    this.#logger.error('PostgreSQL cannot store what the job left; it is settled without', {
      queue: claim.queue,
      worker: claim.worker,
      jobId: claim.id,
      reason: messageOf(error),
    })
  }

  #reportLost(claim: Claim, kind: Kind): void {
    this.#heartbeat.remove(claim)
    claim.lost.abort()
    // Giving back what is gone already is no news.
    if (kind === 'released') return
    this.#logger.warn('the claim on a job was lost; its outcome is not recorded', {
      queue: claim.queue,
      worker: claim.worker,
      jobId: claim.id,
      attempt: claim.retryCount + 1,
      outcome: kind,
    })
  }
}

/** What the job leaves behind, as JSON. */
function toOutput(outcome: Outcome): string {
  if (outcome.type === 'done') return toJsonb(outcome.result)
  return outcome.type === 'released' ? nothing : JSON.stringify(errorToJsonb(outcome.error))
}
