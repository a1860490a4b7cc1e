import type { Logger } from '../../types.ts'
import { hintChannel, wakeChannel } from './channels.ts'
import { messageOf } from '../../error-parts.ts'
import type { Database } from './database.ts'
import { packHints } from './hints.ts'
import { crashSql } from './settle-sql.ts'
import { crashError } from '../../errors.ts'

const shortestMs = 1_000

/**
 * Looks for jobs whose workers went silent, in the queues that this worker serves. pg-boss does the
 * same once a minute; a few cheap looks within one visibility timeout bring a job back soon. Workers
 * do not wait for one another: rows that one of them holds are skipped.
 */
export class CrashSweep {
  readonly #database: Database
  readonly #logger: Logger
  readonly #maySweep: () => boolean
  readonly #onRetry: (queue: string) => void
  readonly #queues = new Map<string, number>()
  #timer: NodeJS.Timeout | undefined
  #sweeping: Promise<void> | undefined
  #stopped = false

  constructor(
    database: Database,
    logger: Logger,
    maySweep: () => boolean,
    onRetry: (queue: string) => void,
  ) {
    this.#database = database
    this.#logger = logger
    this.#maySweep = maySweep
    this.#onRetry = onRetry
  }

  /** The first look comes at once: a worker is often started because one died. */
  add(queue: string, visibilitySeconds: number): void {
    this.#queues.set(queue, visibilitySeconds)
    this.#schedule(0)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#sweeping
  }

  #schedule(afterMs: number): void {
    if (this.#stopped) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#sweeping = this.#sweep().finally(() => {
        const shortest = Math.min(...this.#queues.values()) * 1000
        // Spread, so that workers that started together do not look together.
        this.#schedule(Math.max(shortestMs, shortest / 5) * (0.75 + Math.random() / 2))
      })
    }, afterMs)
    this.#timer.unref()
  }

  async #sweep(): Promise<void> {
    if (!this.#maySweep()) return
    const { schema } = this.#database
    try {
      const found = await this.#database.query<{ queue: string; uuid: string; state: string }>(
        crashSql(schema),
        [
          [...this.#queues.keys()],
          [...this.#queues.values()],
          JSON.stringify(crashError),
          wakeChannel(schema),
        ],
      )
      for (const { queue, uuid, state } of found) {
        this.#onRetry(queue)
        if (state === 'created') continue
        this.#logger.warn('a worker went silent while it ran a job', {
          queue,
          jobId: uuid,
          outcome: state === 'failed' ? 'failed, no attempts left' : 'will run again',
        })
      }
      if (found.length === 0) return
      await this.#database.query(`SELECT pg_notify($1, payload) FROM unnest($2::text[]) payload`, [
        hintChannel(schema),
        packHints(found),
      ])
    } catch (error) {
      this.#logger.debug('looking for crashed jobs failed', { reason: messageOf(error) })
    }
  }
}
