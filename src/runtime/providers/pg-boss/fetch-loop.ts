import type { ConsumeOptions, Consumer, Deliver, Outcome } from '../../provider.ts'
import type { Logger } from '../../types.ts'
import type { ClaimedJob } from './claims.ts'
import { isAway, messageOf } from './connection-errors.ts'
import type { Database } from './database.ts'
import type { DueWatch, Idler } from './due-watch.ts'
import { fetchJobs, startJobs } from './fetch.ts'
import type { Heartbeat } from './heartbeat.ts'
import { Prefetch } from './prefetch.ts'
import type { Progress } from './progress.ts'
import type { Settler } from './settle.ts'
import { within } from './within.ts'

/** What all loops of a provider share. */
export interface LoopParts {
  database: Database
  heartbeat: Heartbeat
  settler: Settler
  progress: Progress
  due: DueWatch
  logger: Logger
}

type WaitingJob = ClaimedJob & { fetchedAt: number }

/** A job that waits longer than this for its turn was fetched too early: others may have time. */
const stalestMs = 1_000
const firstRetryMs = 100
const longestRetryMs = 2_000
/** A server that is away does not hold a stop up; what is not given back lapses. */
const longestStopMs = 5_000
const giveBack: Outcome = { type: 'released', delayMs: 0 }

/**
 * The worker's loop on one queue, a sliding window. Jobs move from `reserved` to `ready` (started in
 * the database, where quick jobs are a little ahead) to running, up to the concurrency. One fetch at
 * a time refills the window when half of what waits in it is gone.
 */
export class FetchLoop implements Consumer {
  readonly queue: string
  readonly #options: ConsumeOptions
  readonly #deliver: Deliver
  readonly #parts: LoopParts
  readonly #prefetch: Prefetch
  readonly #idler: Idler
  readonly #stalenessTimer: NodeJS.Timeout
  #reserved: WaitingJob[] = []
  #ready: WaitingJob[] = []
  /** Reserved ones whose start is under way. */
  #starting = 0
  #running = 0
  /** There may be due jobs; false after a fetch that brought fewer than it asked for. */
  #mayHaveMore = true
  #fetching: Promise<void> | undefined
  #startingDone: Promise<void> | undefined
  /** Fetches in a row that failed. */
  #failures = 0
  #retryTimer: NodeJS.Timeout | undefined
  #stopped = false
  #giving: Promise<void> | undefined

  constructor(queue: string, options: ConsumeOptions, deliver: Deliver, parts: LoopParts) {
    this.queue = queue
    this.#options = options
    this.#deliver = deliver
    this.#parts = parts
    this.#prefetch = new Prefetch(options.prefetch, options.concurrency)
    this.#idler = parts.due.register(queue, options.pollIntervalMs, () => this.wake())
    this.#stalenessTimer = setInterval(() => this.#giveBackStale(), stalestMs / 2)
    this.#stalenessTimer.unref()
    this.#pump()
  }

  get healthy(): boolean {
    return this.#parts.database.healthy && this.#failures === 0
  }

  wake(): void {
    this.#idler.busy()
    this.#mayHaveMore = true
    this.#pump()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#idler.close()
    clearInterval(this.#stalenessTimer)
    clearTimeout(this.#retryTimer)
    this.#giving ??= this.#giveBackAll()
    await within(this.#giving, longestStopMs)
  }

  async #giveBackAll(): Promise<void> {
    await Promise.all([this.#fetching, this.#startingDone])
    this.#release([...this.#ready.splice(0), ...this.#reserved.splice(0)])
    await this.#parts.settler.idle()
  }

  #pump(): void {
    while (!this.#stopped && this.#running < this.#options.concurrency) {
      const job = this.#ready.shift()
      if (!job) break
      void this.#run(job)
    }
    if (this.#stopped || this.#retryTimer) return
    this.#pumpStarts()
    this.#pumpFetches()
  }

  /** Slots without a job, and the few that quick jobs will free in a moment. */
  #startable(): number {
    const free = this.#options.concurrency - this.#running
    return Math.max(0, free + this.#prefetch.soon - this.#ready.length - this.#starting)
  }

  #pumpStarts(): void {
    if (this.#starting > 0 || this.#ready.length > this.#prefetch.soon / 2) return
    const jobs = this.#reserved.splice(0, this.#startable())
    if (jobs.length === 0) return
    this.#starting = jobs.length
    this.#startingDone = this.#start(jobs).finally(() => {
      this.#starting = 0
      this.#pump()
    })
  }

  #pumpFetches(): void {
    if (this.#fetching || !this.#mayHaveMore) return
    const { ahead } = this.#prefetch
    const claimed = this.#ready.length + this.#reserved.length + this.#starting
    if (claimed > ahead / 2) return
    const limit = this.#options.concurrency + ahead - this.#running - claimed
    if (limit <= 0) return
    // Those that wait already come first.
    const start = this.#reserved.length + this.#starting > 0 ? 0 : this.#startable()
    this.#fetching = this.#fetch(limit, start).finally(() => {
      this.#fetching = undefined
      this.#pump()
    })
  }

  async #fetch(limit: number, start: number): Promise<void> {
    const { database, heartbeat } = this.#parts
    this.#mayHaveMore = false
    try {
      const visibilitySeconds = this.#options.visibilityTimeoutSeconds
      const request = { queue: this.queue, limit, start, visibilitySeconds }
      const jobs = await fetchJobs(database, request)
      this.#failures = 0
      const fetchedAt = performance.now()
      for (const job of jobs) {
        heartbeat.add(job.claim)
        const place = job.claim.token === null ? this.#reserved : this.#ready
        place.push({ ...job, fetchedAt })
      }
      this.#fetched(jobs.length, limit)
    } catch (error) {
      this.#failed('fetching', error)
    }
  }

  #fetched(count: number, limit: number): void {
    if (count === limit) this.#mayHaveMore = true
    // Unless a wake-up came while the fetch was under way.
    else if (!this.#mayHaveMore) this.#idler.idle(count > 0)
  }

  async #start(jobs: WaitingJob[]): Promise<void> {
    const { database, heartbeat } = this.#parts
    try {
      const started = new Set<ClaimedJob>(await startJobs(database, jobs))
      for (const job of jobs) {
        if (started.has(job)) this.#ready.push(job)
        else heartbeat.remove(job.claim)
      }
    } catch (error) {
      this.#reserved.unshift(...jobs)
      this.#failed('starting', error)
    }
  }

  #failed(what: string, error: unknown): void {
    if (!isAway(error)) {
      this.#parts.logger.error(`${what} jobs failed; trying again`, {
        queue: this.queue,
        reason: messageOf(error),
      })
    }
    this.#retryLater()
  }

  #retryLater(): void {
    this.#mayHaveMore = true
    if (this.#stopped || this.#retryTimer) return
    this.#retryTimer = setTimeout(
      () => {
        this.#retryTimer = undefined
        this.#pump()
      },
      Math.min(longestRetryMs, firstRetryMs * 2 ** this.#failures),
    )
    this.#failures += 1
  }

  async #run({ claim, data, maxAttempts, createdAt, origin }: ClaimedJob): Promise<void> {
    if (claim.lost.signal.aborted) return
    const startedAt = performance.now()
    this.#running += 1
    let outcome: Outcome
    try {
      outcome = await this.#deliver({
        id: claim.id,
        queueName: claim.queue,
        data,
        attempt: claim.retryCount + 1,
        maxAttempts,
        createdAt,
        origin,
        lost: claim.lost.signal,
        updateProgress: (progress) => this.#parts.progress.update(claim, progress),
      })
    } catch (error) {
      this.#parts.logger.error('a delivery was rejected; its job is given back', {
        queue: claim.queue,
        job: claim.id,
        reason: messageOf(error),
      })
      outcome = { type: 'released', delayMs: 1_000 }
    }
    this.#parts.settler.settle(claim, outcome)
    this.#running -= 1
    this.#prefetch.observe(performance.now() - startedAt)
    this.#pump()
  }

  #giveBackStale(): void {
    if (!this.#prefetch.adaptive) return
    const limit = performance.now() - stalestMs
    const isStale = ({ fetchedAt }: WaitingJob) => fetchedAt < limit
    const stale = [...this.#ready, ...this.#reserved].filter(isStale)
    if (stale.length === 0) return
    this.#ready = this.#ready.filter((job) => !isStale(job))
    this.#reserved = this.#reserved.filter((job) => !isStale(job))
    this.#prefetch.forget()
    this.#mayHaveMore = true
    this.#release(stale)
  }

  #release(jobs: ClaimedJob[]): void {
    for (const { claim } of jobs) this.#parts.settler.settle(claim, giveBack)
  }
}
