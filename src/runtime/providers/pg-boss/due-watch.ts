import type { Database } from './database.ts'
import { pausedTable } from './tables.ts'

/** Questions that come within this time are asked together. */
const gatherMs = 3

interface Entry {
  queue: string
  pollMs: number
  loop: Watched
  idle: boolean
  /** Monotonic time of the next look. */
  lookAt: number
  /** A job is known to be due then: wake without asking. */
  certain: boolean
  /** Looks in a row that found a due job which the fetch then did not get. */
  misses: number
  /** Looks that were answered. */
  looks: number
}

/** The watch's side of a loop. */
export interface Watched {
  /** There may be jobs to fetch. */
  wake(): void
  /** Whether the queue is paused, each time that this is known. */
  notePause(paused: boolean): void
}

/** A loop's side of the watch. */
export interface Idler {
  /** Nothing is left to fetch. `gotSome`: the fetch before brought jobs. */
  idle(gotSome: boolean): void
  busy(): void
  /** How often the database has said whether there is anything to do. */
  readonly looks: number
  close(): void
}

/**
 * Watches over the queues that have nothing to do: one statement for all of them tells which have a
 * due job and when the next one will be. It is asked when a queue falls idle and then every poll
 * interval, the floor under NOTIFY; a job that is due in between wakes its queue on time.
 */
export class DueWatch {
  readonly #database: Database
  readonly #entries = new Set<Entry>()
  #timer: NodeJS.Timeout | undefined
  #looking = false

  constructor(database: Database) {
    this.#database = database
  }

  register(queue: string, pollMs: number, loop: Watched): Idler {
    const entry: Entry = {
      queue,
      pollMs,
      loop,
      idle: false,
      lookAt: Infinity,
      certain: false,
      misses: 0,
      looks: 0,
    }
    this.#entries.add(entry)
    return {
      idle: (gotSome) => {
        entry.misses = gotSome ? 0 : entry.misses
        const pause = entry.misses === 0 ? gatherMs : Math.min(pollMs, 5 * 2 ** entry.misses)
        entry.idle = true
        this.#lookAt(entry, performance.now() + pause, false)
      },
      busy: () => {
        entry.idle = false
      },
      get looks() {
        return entry.looks
      },
      close: () => {
        this.#entries.delete(entry)
      },
    }
  }

  /** A job of the queue will be due in `delayMs`, as this process knows at first hand. */
  note(queue: string, delayMs: number): void {
    const at = performance.now() + delayMs
    for (const entry of this.#entries) {
      if (entry.queue === queue && entry.idle && at < entry.lookAt) this.#lookAt(entry, at, true)
    }
  }

  stop(): void {
    this.#entries.clear()
    clearTimeout(this.#timer)
  }

  #lookAt(entry: Entry, at: number, certain: boolean): void {
    entry.lookAt = at
    entry.certain = certain
    this.#schedule()
  }

  #schedule(): void {
    clearTimeout(this.#timer)
    let next = Infinity
    for (const { idle, lookAt } of this.#entries) if (idle) next = Math.min(next, lookAt)
    if (next === Infinity || this.#looking) return
    const waitMs = Math.max(0, Math.ceil(next - performance.now()))
    this.#timer = setTimeout(() => void this.#look(), Math.min(waitMs, 2 ** 31 - 1))
    this.#timer.unref()
  }

  async #look(): Promise<void> {
    const now = performance.now()
    const ready = [...this.#entries].filter(({ idle, lookAt }) => idle && lookAt <= now + gatherMs)
    for (const entry of ready) if (entry.certain) entry.loop.wake()
    const unsure = ready.filter(({ certain }) => !certain)
    if (unsure.length > 0) {
      this.#looking = true
      await this.#ask(unsure)
      this.#looking = false
    }
    this.#schedule()
  }

  async #ask(entries: Entry[]): Promise<void> {
    for (const entry of entries) entry.lookAt = performance.now() + entry.pollMs
    try {
      const rows = await this.#database.query<DueRow>(dueSql(this.#database.schema), [
        [...new Set(entries.map(({ queue }) => queue))],
      ])
      const known = new Map(rows.map((row) => [row.queue, row]))
      const now = performance.now()
      for (const entry of entries) {
        entry.looks += 1
        const row = known.get(entry.queue)
        entry.loop.notePause(row?.paused ?? false)
        const ms = row?.dueInMs ?? null
        if (ms === null || !entry.idle) entry.misses = 0
        else if (ms <= 0) {
          entry.misses += 1
          entry.loop.wake()
        } else if (ms < entry.pollMs) {
          entry.lookAt = Math.min(entry.lookAt, now + ms)
          entry.certain = true
        }
      }
    } catch {
      // The database has said so; the next poll asks again.
    }
  }
}

interface DueRow {
  queue: string
  /** Null where the queue is paused. */
  dueInMs: number | null
  paused: boolean
}

/** Both halves are one look at pg-boss's index job_i14 (name, state, blocked, start_after). */
function dueSql(schema: string): string {
  const next = (state: string) => `
    LEFT JOIN LATERAL (
      SELECT start_after FROM ${schema}.job j
      WHERE j.name = q.name AND j.state = '${state}' AND NOT j.blocked
      ORDER BY start_after LIMIT 1
    ) ${state} ON true`
  return `
    SELECT q.name AS queue, p.queue IS NOT NULL AS paused,
      CASE WHEN p.queue IS NULL THEN (extract(epoch FROM
        least(created.start_after, retry.start_after) - ${schema}.job_now()) * 1000)::float8
      END AS "dueInMs"
    FROM unnest($1::text[]) AS q (name)
    LEFT JOIN ${pausedTable(schema)} p ON p.queue = q.name
    ${next('created')} ${next('retry')}
    WHERE created.start_after IS NOT NULL OR retry.start_after IS NOT NULL OR p.queue IS NOT NULL`
}
