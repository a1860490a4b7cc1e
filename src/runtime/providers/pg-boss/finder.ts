// Imported, it stays real where a test runner fakes the global one.
import { setImmediate } from 'node:timers/promises'
import type { StoredJob } from '../../provider.ts'
import type { Database } from './database.ts'
import { toJobKey } from './ids.ts'
import { findJobs } from './inspect.ts'

/** Their payloads come with them, and may be large. */
const mostPerStatement = 25

interface Asked {
  uuid: string
  resolve: (job: StoredJob | null) => void
  reject: (error: unknown) => void
}

/** Looks jobs up: those of a queue that are asked for at the same time in one statement. */
export class Finder {
  readonly #database: Database
  readonly #asked = new Map<string, Asked[]>()

  constructor(database: Database) {
    this.#database = database
  }

  find(queue: string, id: string): Promise<StoredJob | null> {
    return new Promise((resolve, reject) => {
      const asked = this.#asked.get(queue) ?? []
      asked.push({ uuid: toJobKey(queue, id).uuid, resolve, reject })
      if (asked.length > 1) return
      this.#asked.set(queue, asked)
      void this.#answer(queue, asked)
    })
  }

  async #answer(queue: string, asked: Asked[]): Promise<void> {
    // Until then, others join.
    await setImmediate()
    this.#asked.delete(queue)
    while (asked.length > 0) void this.#ask(queue, asked.splice(0, mostPerStatement))
  }

  async #ask(queue: string, asked: Asked[]): Promise<void> {
    try {
      const uuids = asked.map(({ uuid }) => uuid)
      const found = await findJobs(this.#database, queue, uuids)
      for (const { uuid, resolve } of asked) resolve(found.get(uuid) ?? null)
    } catch (error) {
      for (const { reject } of asked) reject(error)
    }
  }
}
