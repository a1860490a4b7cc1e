import { type WatchedJob, WatchedJobs } from '../../watched-jobs.ts'
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

/** Tells watchers in this process of changes made by any. It listens from the first watcher on. */
export class Hints {
  readonly #database: Database
  readonly #watched = new WatchedJobs((jobs) => this.#look(jobs))
  #listening: Listening | undefined

  constructor(database: Database) {
    this.#database = database
  }

  async watch(queue: string, uuid: string, onChange: () => void): Promise<() => void> {
    const unwatch = this.#watched.add({ queue, key: uuid }, onChange)
    this.#listening ??= this.#database.listen(
      hintChannel(this.#database.schema),
      (payload) => this.#receive(payload),
      () => this.#watched.callAll(),
    )
    await this.#listening.ready
    return unwatch
  }

  async close(): Promise<void> {
    this.#watched.close()
    await this.#listening?.close()
  }

  #receive(payload: string): void {
    const [queue = '', ...ids] = payload.split('\n')
    for (const id of ids) this.#watched.call(queue, id)
  }

  /** A notification may be lost, or never come, as through PgBouncer. */
  async #look(jobs: readonly WatchedJob[]): Promise<(string | undefined)[]> {
    const rows = await this.#database.query<{ n: number; mark: string }>(
      lookSql(this.#database.schema),
      [jobs.map(({ queue }) => queue), jobs.map(({ key }) => key)],
      { long: true },
    )
    const marks = new Map(rows.map(({ n, mark }) => [n, mark]))
    return jobs.map((_, index) => marks.get(index + 1))
  }
}

/** Everything of a job that may change while somebody follows it, and nothing large. */
function lookSql(schema: string): string {
  return `
    SELECT w.n::int AS n,
      concat_ws(' ', j.state, j.retry_count, j.started_on, j.start_after, p.updated_on) AS mark
    FROM unnest($1::text[], $2::uuid[]) WITH ORDINALITY AS w (queue, id, n)
    JOIN ${schema}.job j ON j.name = w.queue AND j.id = w.id
    LEFT JOIN ${progressTable(schema)} p ON p.queue = j.name AND p.job_id = j.id`
}
