import type { Logger } from '../../types.ts'
import { messageOf } from '../../error-parts.ts'
import type { Database } from './database.ts'
import { progressTable } from './tables.ts'

/** Finished jobs to keep in a queue. */
export interface Keep {
  completed: number
  failed: number
}

/** A queue that keeps none still keeps them this long, so that who waits for a result gets it. */
const soonMs = 2_000
const usualMs = 15_000
const perStatement = 5_000

/**
 * Deletes finished jobs beyond the newest that a queue keeps: in queues where this worker finished
 * some, from time to time.
 */
export class Trimmer {
  readonly #database: Database
  readonly #logger: Logger
  readonly #keep = new Map<string, Keep>()
  readonly #timers = new Map<string, NodeJS.Timeout>()
  readonly #trimming = new Set<Promise<void>>()
  #stopped = false

  constructor(database: Database, logger: Logger) {
    this.#database = database
    this.#logger = logger
  }

  keep(queue: string, keep: Keep): void {
    this.#keep.set(queue, keep)
  }

  /** A job of the queue has finished. */
  finished(queue: string): void {
    const keep = this.#keep.get(queue)
    if (!keep || this.#stopped || this.#timers.has(queue)) return
    const afterMs = keep.completed === 0 || keep.failed === 0 ? soonMs : usualMs
    const timer = setTimeout(() => {
      this.#timers.delete(queue)
      const trimming = this.#trim(queue, keep).finally(() => this.#trimming.delete(trimming))
      this.#trimming.add(trimming)
    }, afterMs)
    timer.unref()
    this.#timers.set(queue, timer)
  }

  /** What is left to trim is left to the next worker. */
  async stop(): Promise<void> {
    this.#stopped = true
    for (const timer of this.#timers.values()) clearTimeout(timer)
    await Promise.all(this.#trimming)
  }

  async #trim(queue: string, keep: Keep): Promise<void> {
    try {
      await this.#deleteBeyond(queue, ['completed'], keep.completed)
      await this.#deleteBeyond(queue, ['failed', 'cancelled'], keep.failed)
    } catch (error) {
      this.#logger.debug('trimming finished jobs failed', { queue, reason: messageOf(error) })
    }
  }

  async #deleteBeyond(queue: string, states: string[], keep: number): Promise<void> {
    for (;;) {
      const deleted = await this.#database.query(
        trimSql(this.#database.schema),
        [queue, states, keep, perStatement],
        { long: true },
      )
      if (deleted.length < perStatement || this.#stopped) return
    }
  }
}

/** Reads the index job_i16 (name, completed_on) from its end; other workers' rows are skipped. */
function trimSql(schema: string): string {
  return `
    WITH surplus AS (
      SELECT name, id FROM ${schema}.job
      WHERE name = $1 AND completed_on IS NOT NULL AND state = ANY($2::${schema}.job_state[])
      ORDER BY completed_on DESC, id DESC
      OFFSET $3
      LIMIT $4
    ),
    deleted AS (
      DELETE FROM ${schema}.job j USING surplus s
      WHERE j.name = s.name AND j.id = s.id AND j.state = ANY($2::${schema}.job_state[])
      RETURNING j.id
    ),
    forgotten AS (
      DELETE FROM ${progressTable(schema)} p USING deleted d WHERE p.queue = $1 AND p.job_id = d.id
    )
    SELECT id FROM deleted`
}
