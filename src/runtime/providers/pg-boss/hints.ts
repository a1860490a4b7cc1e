import { hintChannel } from './channels.ts'
import type { Database, Listening } from './database.ts'

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

/** Tells watchers in this process of changes made by any. Listens from the first watcher on. */
export class Hints {
  readonly #database: Database
  readonly #watchers = new Map<string, Set<() => void>>()
  #listening: Listening | undefined

  constructor(database: Database) {
    this.#database = database
  }

  async watch(queue: string, uuid: string, onChange: () => void): Promise<() => void> {
    const key = `${queue}\n${uuid}`
    const watchers = this.#watchers.get(key) ?? new Set()
    this.#watchers.set(key, watchers)
    // A function of its own, so that the same callback may watch twice.
    const watcher = () => onChange()
    watchers.add(watcher)
    this.#listening ??= this.#database.listen(
      hintChannel(this.#database.schema),
      (payload) => this.#receive(payload),
      () => this.#callAll(),
    )
    await this.#listening.ready
    return () => {
      watchers.delete(watcher)
      if (watchers.size === 0 && this.#watchers.get(key) === watchers) this.#watchers.delete(key)
    }
  }

  async close(): Promise<void> {
    this.#watchers.clear()
    await this.#listening?.close()
  }

  #receive(payload: string): void {
    const [queue, ...ids] = payload.split('\n')
    for (const id of ids) this.#call(this.#watchers.get(`${queue}\n${id}`))
  }

  /** After a reconnect: anything may have been missed. */
  #callAll(): void {
    for (const watchers of this.#watchers.values()) this.#call(watchers)
  }

  #call(watchers: Set<() => void> | undefined): void {
    for (const watcher of [...(watchers ?? [])]) watcher()
  }
}
