import type { Written } from './batches.ts'
import type { Claim } from './claims.ts'

/** More results than this are not kept in memory for a server that is slow to take them. */
const mostCharacters = 64 * 1024 * 1024

type Item = Written & { claim: Claim }

/** What has run but is not settled yet, by queue. */
export class Backlog {
  readonly #queues = new Map<string, { jobs: number; characters: number }>()
  #size = 0
  #whenEmpty: (() => void)[] = []

  /** Jobs of all queues. */
  get size(): number {
    return this.#size
  }

  /** Resolves when there is nothing. */
  async empty(): Promise<void> {
    if (this.#size === 0) return
    await new Promise<void>((resolve) => this.#whenEmpty.push(resolve))
  }

  add({ claim, json }: Item): void {
    this.#size += 1
    const { jobs, characters } = this.#of(claim.queue)
    this.#queues.set(claim.queue, { jobs: jobs + 1, characters: characters + json.length })
  }

  remove({ claim, json }: Item): void {
    this.#size -= 1
    if (this.#size === 0) for (const resolve of this.#whenEmpty.splice(0)) resolve()
    const { jobs, characters } = this.#of(claim.queue)
    this.#queues.set(claim.queue, { jobs: jobs - 1, characters: characters - json.length })
  }

  isLarge(queue: string, mostJobs: number): boolean {
    const { jobs, characters } = this.#of(queue)
    return jobs > mostJobs || characters > mostCharacters
  }

  #of(queue: string): { jobs: number; characters: number } {
    return this.#queues.get(queue) ?? { jobs: 0, characters: 0 }
  }
}
