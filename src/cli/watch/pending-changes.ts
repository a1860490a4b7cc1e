import { setTimeout as wait } from 'node:timers/promises'

export interface Changes {
  /** Files with another text; absolute. */
  paths: string[]
  /** Files are new or gone, or a configuration has changed: nothing is as it was. */
  isWhole: boolean
}

/**
 * Editors and version control write many files, and some of them twice, in a moment. Longer than the 50 ms
 * after a change in which chokidar (5.0, `_emit`) tells of no other of the same file: what it keeps quiet
 * about is on disk before it is read.
 */
const settleMs = 60

/**
 * How long chokidar keeps it to itself that a file is gone, which may be back in a moment. Shorter than the above: so
 * what a checkout deletes is one change with what it writes.
 */
export const goneMs = 40

/** What is written all the time is looked at all the same. */
const longestMs = 1_000

/** What has changed since it was asked for last. */
export class PendingChanges {
  #changes: Changes | null = { paths: [], isWhole: true }
  #areLinksNew = true
  #stirred = Promise.withResolvers<void>()
  #stirredAt = 0

  /** Something may have changed: whoever waits is to look. */
  stir = (): void => {
    this.#stirredAt = performance.now()
    this.#stirred.resolve()
  }

  tell(paths: readonly string[], isWhole: boolean): void {
    this.#changes ??= { paths: [], isWhole: false }
    this.#changes.paths.push(...paths)
    this.#changes.isWhole ||= isWhole
    this.stir()
  }

  /** A link leads to another folder: whoever follows links has to begin again, and nothing is as it was. */
  relink = (): void => {
    this.#areLinksNew = true
    this.tell([], true)
  }

  /** Null: nothing has changed. */
  take(): Changes | null {
    const taken = this.#changes
    this.#changes = null
    return taken
  }

  /** True at first, too. */
  takeLinks(): boolean {
    const taken = this.#areLinksNew
    this.#areLinksNew = false
    return taken
  }

  /** Resolves when something may have changed since the last time, and nothing more does so for a while. */
  async settled(): Promise<void> {
    await this.#stirred.promise
    const latest = performance.now() + longestMs
    for (;;) {
      const rest = Math.min(this.#stirredAt + settleMs, latest) - performance.now()
      if (rest <= 0) break
      await wait(rest)
    }
    this.#stirred = Promise.withResolvers()
  }
}
