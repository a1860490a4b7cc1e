import type { ConsumeOptions, Consumer, Deliver, Outcome } from '../../provider.ts'
import type { Logger } from '../../types.ts'
import type { ClaimedJob } from './claims.ts'
import { messageOf } from '../../error-parts.ts'
import { isAway } from './connection-errors.ts'
import type { Database } from './database.ts'
import type { DueWatch, Idler, Watched } from './due-watch.ts'
import { fetchJobs, type FetchRequest, makeMark, recoverJobs, startJobs } from './fetch.ts'
import type { Heartbeat } from './heartbeat.ts'
import { Prefetch } from '../../prefetch.ts'
import { PauseNotice } from '../../pause-notice.ts'
import type { Progress } from './progress.ts'
import type { Settler } from './settle.ts'
import { within } from '../../within.ts'

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
const mostAhead = 200
/** What a worker starts ahead of a free slot runs within this; a crash costs it an attempt. */
const soonMs = 10
const firstRetryMs = 100
const longestRetryMs = 2_000
/** A server that is away does not hold a stop up; what is not given back lapses. */
const longestStopMs = 5_000

/**
 * The worker's loop on one queue, a sliding window. Jobs move from `reserved` to `ready` (started in
 * the database, where quick jobs are a little ahead) to running, up to the concurrency. One fetch at
 * a time refills the window when half of what waits in it is gone.
 */
export class FetchLoop implements Consumer, Watched {
  readonly queue: string
  readonly #options: ConsumeOptions
  readonly #deliver: Deliver
  readonly #parts: LoopParts
  readonly #prefetch: Prefetch
  readonly #idler: Idler
  readonly #notice: PauseNotice
  readonly #stalenessTimer: NodeJS.Timeout
  #reserved: WaitingJob[] = []
  #ready: WaitingJob[] = []
  /** Reserved ones whose start is under way. */
  #starting = 0
  #running = 0
  /** There may be due jobs; false after a fetch that brought fewer than it asked for. */
  #mayHaveMore = true
  #fetching: Promise<void> | undefined
  /** A fetch whose reply was lost: it may have started jobs. */
  #unanswered: FetchRequest | undefined
  /** Nothing is fetched until the settler has caught up. */
  #heldBack = false
  #startingDone: Promise<void> | undefined
  /** Fetches in a row that failed. */
  #failures = 0
  #answers = 0
  #retryTimer: NodeJS.Timeout | undefined
  #stopped = false
  #giving: Promise<void> | undefined

  constructor(queue: string, options: ConsumeOptions, deliver: Deliver, parts: LoopParts) {
    this.queue = queue
    this.#options = options
    this.#deliver = deliver
    this.#parts = parts
    this.#prefetch = new Prefetch(options.prefetch, options.concurrency, mostAhead)
    this.#idler = parts.due.register(queue, options.pollIntervalMs, this)
    this.#notice = new PauseNotice({ queue, worker: options.workerName }, parts.logger)
    this.#stalenessTimer = setInterval(() => this.#giveBackStale(), stalestMs / 2)
    this.#stalenessTimer.unref()
    this.#pump()
  }

  get healthy(): boolean {
    return this.#parts.database.healthy && this.#failures === 0
  }

  get answers(): number {
    return this.#answers + this.#idler.looks
  }

  wake(): void {
    this.#idler.busy()
    this.#mayHaveMore = true
    this.#pump()
  }

  /** What has not begun is given back, so that it does not run in spite of a pause. */
  notePause(paused: boolean): void {
    this.#notice.note(paused)
    if (paused) this.#release([...this.#ready.splice(0), ...this.#reserved.splice(0)])
  }

  /** The settler may have caught up. */
  resume(): void {
    if (this.#heldBack) this.#pump()
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
    if (this.#unanswered) await this.#fetch(0, 0)
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
    return Math.max(0, free + this.#prefetch.within(soonMs) - this.#ready.length - this.#starting)
  }

  #pumpStarts(): void {
    if (this.#starting > 0 || this.#ready.length > this.#prefetch.within(soonMs) / 2) return
    // To start what has lapsed would cost it an attempt, and it would not be run.
    this.#reserved = this.#reserved.filter(({ claim }) => !claim.lost.signal.aborted)
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
    const { concurrency } = this.#options
    this.#heldBack = this.#parts.settler.isBehind(this.queue, concurrency + mostAhead)
    if (this.#heldBack) return
    // Those that wait already come first.
    const start = this.#reserved.length + this.#starting > 0 ? 0 : this.#startable()
    this.#fetching = this.#fetch(limit, start).finally(() => {
      this.#fetching = undefined
      this.#pump()
    })
  }

  async #fetch(limit: number, start: number): Promise<void> {
    const { database } = this.#parts
    this.#mayHaveMore = false
    const request = this.#unanswered ?? {
      queue: this.queue,
      worker: this.#options.workerName,
      limit,
      start,
      token: database.clock.next(),
      mark: makeMark(),
      visibilitySeconds: this.#options.visibilityTimeoutSeconds,
    }
    try {
      const jobs = await (this.#unanswered ? recoverJobs : fetchJobs)(database, request)
      this.#failures = 0
      this.#answers += 1
      this.#fetched(jobs, request.limit)
      this.#unanswered = undefined
    } catch (error) {
      if (request.start > 0 && isAway(error)) this.#unanswered = request
      this.#failed('fetching', error)
    }
  }

  #fetched(jobs: ClaimedJob[], limit: number): void {
    const fetchedAt = performance.now()
    for (const job of jobs) {
      this.#parts.heartbeat.add(job.claim)
      const place = job.claim.started ? this.#ready : this.#reserved
      place.push({ ...job, fetchedAt })
    }
    if (this.#unanswered || jobs.length === limit) this.#mayHaveMore = true
    // Unless a wake-up came while the fetch was under way.
    else if (!this.#mayHaveMore) this.#idler.idle(jobs.length > 0)
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
        worker: this.#options.workerName,
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

  async #run(job: ClaimedJob): Promise<void> {
    const { claim, data, maxAttempts, createdAt, origin } = job
    if (claim.lost.signal.aborted) {
      this.#release([job])
      return
    }
    const { settler, progress, logger } = this.#parts
    const startedAt = performance.now()
    this.#running += 1
    try {
      const outcome: Outcome = await this.#deliver({
        id: claim.id,
        queueName: claim.queue,
        data,
        attempt: claim.retryCount + 1,
        maxAttempts,
        createdAt,
        origin,
        lost: claim.lost.signal,
        heldUntil: claim.renewedAt + claim.visibilitySeconds * 1000,
        updateProgress: (value) => progress.update(claim, value),
      })
      settler.settle(claim, outcome)
    } catch (error) {
      logger.error('a delivery was rejected; its job is given back', {
        queue: claim.queue,
        worker: claim.worker,
        jobId: claim.id,
        reason: messageOf(error),
      })
      settler.settle(claim, { type: 'released', delayMs: 1_000 })
    }
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
    for (const { claim } of jobs) this.#parts.settler.giveBack(claim)
  }
}
