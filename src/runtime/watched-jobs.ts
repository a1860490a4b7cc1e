/** A change that was not heard of is seen this much later. */
const lookAgainMs = 2_000
/** What looking may take of the time, however many are watched. */
const mostOfTheTime = 1 / 50

export interface WatchedJob {
  queue: string
  /** What tells it from the other jobs of its queue. */
  key: string
}

interface Watched extends WatchedJob {
  watchers: Set<() => void>
  /** How the job stood at the last look. */
  mark: string | undefined
}

/**
 * The jobs that are watched in this process, and who wants to hear of each. A provider calls when it hears of a
 * change; because it may not hear of one, all jobs are looked at together every now and then.
 */
export class WatchedJobs {
  readonly #look: (jobs: readonly WatchedJob[]) => Promise<readonly (string | undefined)[]>
  readonly #watched = new Map<string, Watched>()
  #looking: NodeJS.Timeout | undefined
  /** The last look failed. */
  #failed = false
  #closed = false

  /**
   * @param look says of each job, in few words, how it stands: what differs when it has changed; undefined when it is
   *   not there. When it begins to reject, all watchers are called, to find out for themselves.
   */
  constructor(look: (jobs: readonly WatchedJob[]) => Promise<readonly (string | undefined)[]>) {
    this.#look = look
  }

  /** Returns the unsubscriber. */
  add({ queue, key }: WatchedJob, onChange: () => void): () => void {
    const id = idOf(queue, key)
    const watched = this.#watched.get(id) ?? { queue, key, watchers: new Set(), mark: undefined }
    this.#watched.set(id, watched)
    // A function of its own, so that the same callback may watch twice.
    const watcher = () => onChange()
    watched.watchers.add(watcher)
    this.#lookLater(lookAgainMs)
    return () => {
      watched.watchers.delete(watcher)
      if (watched.watchers.size === 0 && this.#watched.get(id) === watched) this.#watched.delete(id)
    }
  }

  /** The job has changed. */
  call(queue: string, key: string): void {
    callWatchers(this.#watched.get(idOf(queue, key)))
  }

  /** Anything may have changed unheard. */
  callAll(): void {
    for (const watched of this.#watched.values()) callWatchers(watched)
  }

  close(): void {
    this.#closed = true
    this.#watched.clear()
    clearTimeout(this.#looking)
  }

  #lookLater(afterMs: number): void {
    if (this.#looking || this.#closed) return
    this.#looking = setTimeout(() => void this.#lookAtAll(), afterMs)
  }

  async #lookAtAll(): Promise<void> {
    const startedAt = performance.now()
    if (this.#watched.size > 0) await this.#compare([...this.#watched.values()])
    this.#looking = undefined
    if (this.#watched.size === 0) return
    this.#lookLater(Math.max(lookAgainMs, (performance.now() - startedAt) / mostOfTheTime))
  }

  async #compare(all: readonly Watched[]): Promise<void> {
    const marks = await this.#look(all).catch(() => undefined)
    const hasFailed = this.#failed
    this.#failed = marks === undefined
    if (!marks) {
      // From then on each goes on as it does in an outage.
      if (!hasFailed) this.callAll()
      return
    }
    for (const [index, watched] of all.entries()) {
      const mark = marks[index] ?? 'gone'
      if (mark !== watched.mark) callWatchers(watched)
      watched.mark = mark
    }
  }
}

function callWatchers(watched: Watched | undefined): void {
  for (const watcher of [...(watched?.watchers ?? [])]) watcher()
}

const idOf = (queue: string, key: string): string => `${queue}\n${key}`
