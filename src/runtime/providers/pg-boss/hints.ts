import { hintChannel } from './channels.ts'
import type { Database, Listening } from './database.ts'
import { progressTable } from './tables.ts'

/** PostgreSQL refuses a notification of 8000 bytes. */
const maxPayloadBytes = 7_900
const idBytes = 37

/** Packs changed jobs into notifications: `queue`, then the ids, one a line. */
export function packHints(jobs: Iterable<{ queue: string; uuid: string }>): string[] {
  const byQueue = new Map<string, string[]>()
  for (const { queue, uuid } of jobs) {
    const ids = byQueue.get(queue)
    if (ids) ids.push(uuid)
    else byQueue.set(queue, [uuid])
  }
  const payloads: string[] = []
  for (const [queue, ids] of byQueue) {
    const perPayload = Math.floor((maxPayloadBytes - queue.length) / idBytes)
    for (let start = 0; start < ids.length; start += perPayload) {
      payloads.push([queue, ...ids.slice(start, start + perPayload)].join('\n'))
    }
  }
  return payloads
}

/** A change that was not heard of is seen this much later. */
const lookAgainMs = 2_000
/** What looking may take of the time, however many are watched. */
const mostOfTheTime = 1 / 50

interface Watched {
  queue: string
  uuid: string
  watchers: Set<() => void>
  /** How the job stood at the last look. */
  mark: string | undefined
}

/**
 * Tells watchers in this process of changes made by any. It listens from the first watcher on; and
 * because a notification may be lost, or never come (as through PgBouncer), one statement looks at all
 * that is watched every now and then.
 */
export class Hints {
  readonly #database: Database
  readonly #watched = new Map<string, Watched>()
  #listening: Listening | undefined
  #looking: NodeJS.Timeout | undefined
  #closed = false

  constructor(database: Database) {
    this.#database = database
  }

  async watch(queue: string, uuid: string, onChange: () => void): Promise<() => void> {
    const key = keyOf(queue, uuid)
    const watched = this.#watched.get(key) ?? {
      ...{ queue, uuid, watchers: new Set(), mark: undefined },
    }
    this.#watched.set(key, watched)
    // A function of its own, so that the same callback may watch twice.
    const watcher = () => onChange()
    watched.watchers.add(watcher)
    this.#listening ??= this.#database.listen(
      hintChannel(this.#database.schema),
      (payload) => this.#receive(payload),
      () => this.#callAll(),
    )
    this.#lookLater(lookAgainMs)
    await this.#listening.ready
    return () => {
      watched.watchers.delete(watcher)
      if (watched.watchers.size === 0 && this.#watched.get(key) === watched) {
        this.#watched.delete(key)
      }
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#watched.clear()
    clearTimeout(this.#looking)
    await this.#listening?.close()
  }

  #receive(payload: string): void {
    const [queue = '', ...ids] = payload.split('\n')
    for (const id of ids) this.#call(this.#watched.get(keyOf(queue, id)))
  }

  /** After a reconnect: anything may have been missed. */
  #callAll(): void {
    for (const watched of this.#watched.values()) this.#call(watched)
  }

  #call(watched: Watched | undefined): void {
    for (const watcher of [...(watched?.watchers ?? [])]) watcher()
  }

  #lookLater(afterMs: number): void {
    if (this.#looking || this.#closed) return
    this.#looking = setTimeout(() => void this.#look(), afterMs)
  }

  async #look(): Promise<void> {
    const startedAt = performance.now()
    if (this.#watched.size > 0) await this.#compare([...this.#watched.values()])
    this.#looking = undefined
    if (this.#watched.size === 0) return
    this.#lookLater(Math.max(lookAgainMs, (performance.now() - startedAt) / mostOfTheTime))
  }

  async #compare(all: readonly Watched[]): Promise<void> {
    try {
      const rows = await this.#database.query<{ n: number; mark: string }>(
        lookSql(this.#database.schema),
        [all.map(({ queue }) => queue), all.map(({ uuid }) => uuid)],
        { long: true },
      )
      const marks = new Map(rows.map(({ n, mark }) => [n, mark]))
      for (const [index, watched] of all.entries()) {
        const mark = marks.get(index + 1) ?? 'gone'
        if (mark !== watched.mark) this.#call(watched)
        watched.mark = mark
      }
    } catch {
      // The database has said so; the next look sees what happened meanwhile.
    }
  }
}

const keyOf = (queue: string, uuid: string) => `${queue}\n${uuid}`

/** Everything of a job that may change while somebody follows it, and nothing large. */
function lookSql(schema: string): string {
  return `
    SELECT w.n::int AS n,
      concat_ws(' ', j.state, j.retry_count, j.started_on, j.start_after, p.updated_on) AS mark
    FROM unnest($1::text[], $2::uuid[]) WITH ORDINALITY AS w (queue, id, n)
    JOIN ${schema}.job j ON j.name = w.queue AND j.id = w.id
    LEFT JOIN ${progressTable(schema)} p ON p.queue = j.name AND p.job_id = j.id`
}
