import { randomUUID } from 'node:crypto'
import type { ConsumeOptions, Consumer, Deliver, Outcome } from '../../provider.ts'
import type { JobError, Logger } from '../../types.ts'
import { type Claim, type ClaimedJob, toClaimedJob } from './claims.ts'
import { messageOf } from '../../error-parts.ts'
import { isAway } from './connection-errors.ts'
import { toCallerId } from './ids.ts'
import type { LockKeeper } from './lock-keeper.ts'
import { type DeadLetters, toFetched } from './outcomes.ts'
import type { Fetched, Queue } from './queues.ts'
import type { SettlePlace, Settler } from './settle.ts'
import { isUnreadable, jsonFields, unreadableFields } from './unreadable.ts'
import type { Waiter } from './waiter.ts'
import { PauseNotice } from '../../pause-notice.ts'
import { within } from '../../within.ts'

/** What all loops of a provider share. */
export interface LoopParts {
  keeper: LockKeeper
  settler: Settler
  logger: Logger
}

/** What a loop has of its own. */
export interface LoopPlace {
  queue: Queue
  waiter: Waiter
  letters: DeadLetters | undefined
  /** Who is noted with a job as having run it. */
  processedBy: string | undefined
  /** Total runs, for jobs that say nothing themselves. */
  attempts: number
}

const firstRetryMs = 100
const longestRetryMs = 2_000
/** An empty queue is asked no more often than this whether it is paused. */
const lookForPauseMs = 1_000
/** A server that is away does not hold a stop up; what is not given back lapses. */
const longestStopMs = 5_000

/**
 * The worker's loop on one queue. A job that ends brings the next one with it, in the same script; a
 * free slot fetches by itself, one at a time, and where there is nothing left waits to be woken.
 */
export class FetchLoop implements Consumer {
  readonly #options: ConsumeOptions
  readonly #deliver: Deliver
  readonly #place: LoopPlace
  readonly #parts: LoopParts
  readonly #settlePlace: SettlePlace
  /** How the tokens of this loop's claims begin. */
  readonly #tokens = `${randomUUID()}:`
  #lastToken = 0
  #running = 0
  #fetching: Promise<void> | undefined
  /** There may be jobs; false after a look that found none. */
  #mayHaveMore = true
  /** When the next job is known to be due, in Unix milliseconds; 0 for none. */
  #dueAt = 0
  /** A reply was lost: there may be jobs that are ours without our knowing. */
  #unanswered = false
  /** Fetches in a row that failed. */
  #failures = 0
  #answers = 0
  #pause: NodeJS.Timeout | undefined
  readonly #notice: PauseNotice
  #lookedForPauseAt = -Infinity
  #stopped = false
  #stopping: Promise<unknown> | undefined

  constructor(place: LoopPlace, options: ConsumeOptions, deliver: Deliver, parts: LoopParts) {
    this.#place = place
    this.#options = options
    this.#deliver = deliver
    this.#parts = parts
    this.#settlePlace = {
      letters: place.letters,
      onUnanswered: () => {
        this.#unanswered = true
      },
    }
    const about = { queue: place.queue.name, worker: options.workerName }
    this.#notice = new PauseNotice(about, parts.logger)
    this.#pump()
  }

  get healthy(): boolean {
    return this.#place.queue.link.healthy && this.#failures === 0
  }

  get answers(): number {
    return this.#answers
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#pause)
    this.#stopping ??= Promise.all([this.#place.waiter.close(), this.#fetching])
    await within(this.#stopping, longestStopMs)
  }

  #pump(): void {
    if (this.#stopped || this.#fetching || this.#pause) return
    if (this.#running >= this.#options.concurrency) return
    this.#fetching = this.#fetch().finally(() => {
      this.#fetching = undefined
      this.#pump()
    })
  }

  async #fetch(): Promise<void> {
    const { queue, waiter, processedBy } = this.#place
    try {
      if (this.#unanswered) await this.#giveBackUnknown()
      if (!this.#mayHaveMore) {
        const dueAt = await waiter.wait(this.#dueAt)
        this.#failures = 0
        this.#answers += 1
        this.#dueAt = dueAt
        if (dueAt > 0 || this.#stopped) return
      }
      const token = this.#nextToken()
      const sentAt = performance.now()
      const fetched = toFetched(await queue.backend.moveToActive(token, processedBy))
      this.#failures = 0
      const claimed = this.#take(fetched, token, sentAt)
      if (claimed) void this.#runAll(claimed)
    } catch (error) {
      if (!this.#stopped) this.#failed(error)
    }
  }

  /** Registers a fetched job as ours; remembers what to wait for where there is none. */
  #take([job, key, limitMs, dueAt]: Fetched, token: string, sentAt: number) {
    this.#answers += 1
    this.#mayHaveMore = Boolean(job)
    if (!job || key === undefined) {
      this.#dueAt = dueAt ?? 0
      if (limitMs !== undefined && limitMs > 0) this.#pauseFor(limitMs)
      void this.#lookForPause()
      return undefined
    }
    this.#notice.note(false)
    const { lockDurationMs, workerName } = this.#options
    const { queue, attempts } = this.#place
    const claimed = toClaimedJob(job, key, token, {
      ...{ queue, attempts, name: workerName, lockMs: lockDurationMs, fetchedAt: sentAt },
    })
    this.#parts.keeper.add(claimed.claim)
    return claimed
  }

  /** Runs and settles it, then the job that came with the settlement, and so on. */
  async #runAll(first: ClaimedJob): Promise<void> {
    this.#running += 1
    let claimed: ClaimedJob | undefined = first
    while (claimed) {
      let outcome: Outcome
      try {
        outcome = await this.#outcomeOf(claimed)
      } catch (error) {
        outcome = this.#rejected(claimed, error)
      }
      const sentAt = performance.now()
      const { settler } = this.#parts
      const { claim }: ClaimedJob = claimed
      const next = await settler.settle(claimed, outcome, this.#settlePlace, !this.#stopped)
      claimed = next.length > 0 ? this.#take(next, claim.token, sentAt) : undefined
    }
    this.#running -= 1
    this.#pump()
  }

  #outcomeOf({ claim, job, maxAttempts, origin, doom }: ClaimedJob): Outcome | Promise<Outcome> {
    if (this.#stopped) return { type: 'released', delayMs: 0 }
    if (doom) return this.#doomed(claim, doom)
    return this.#deliver({
      id: claim.id,
      queueName: claim.queue.name,
      data: parseData(job.data),
      attempt: claim.attempt,
      maxAttempts,
      createdAt: new Date(job.timestamp),
      origin,
      lost: claim.lost.signal,
      heldUntil: claim.renewedAt + claim.lockMs,
      updateProgress: async (progress) => {
        if (claim.lost.signal.aborted) throw new Error('the claim on the job was lost')
        await claim.queue.backend.updateProgress(claim.key, progress)
      },
    })
  }

  #doomed({ queue, worker, id }: Claim, error: JobError): Outcome {
    this.#parts.logger.warn('a job failed without being run', {
      ...{ queue: queue.name, worker, jobId: id },
      reason: error.message,
    })
    return { type: 'dead', error }
  }

  #rejected({ claim: { queue, worker, id } }: ClaimedJob, error: unknown): Outcome {
    this.#parts.logger.error('a delivery was rejected; its job is given back', {
      ...{ queue: queue.name, worker, jobId: id },
      reason: messageOf(error),
    })
    return { type: 'released', delayMs: 1_000 }
  }

  /** Jobs that were fetched for us by what was never answered. Their attempt has not begun. */
  async #giveBackUnknown(): Promise<void> {
    const { queue } = this.#place
    this.#unanswered = false
    try {
      const found = await queue.run<
        [key: string, token: string, starts: string, ...fields: string[]][]
      >('pikku:claimedBy', [this.#tokens, ...jsonFields])
      // Replies that came before this one have been taken note of by then.
      await new Promise((resolve) => setImmediate(resolve))
      const known = this.#parts.keeper.claimsOn(queue)
      for (const [key, token, starts, ...fields] of found) {
        if (known.get(key)?.starts === Number(starts)) continue
        await this.#clear(key, unreadableFields(fields))
        await queue.backend.moveJobFromActiveToWait(key, token)
        this.#mayHaveMore = true
      }
    } catch (error) {
      this.#unanswered = true
      throw error
    }
  }

  /** Another producer's job, which nobody could ever be handed. */
  async #clear(key: string, fields: string[]): Promise<void> {
    if (fields.length === 0) return
    const { queue } = this.#place
    await queue.client.hdel(`${queue.prefix}${key}`, ...fields)
    this.#parts.logger.warn('a job of another producer held what is no JSON; it runs without', {
      ...{ queue: queue.name, worker: this.#options.workerName, jobId: toCallerId(key) },
      fields: fields.join(', '),
    })
  }

  #failed(error: unknown): void {
    if (isAway(error) || isUnreadable(error)) this.#unanswered = true
    if (!isAway(error)) {
      this.#parts.logger.error('fetching jobs failed; trying again', {
        queue: this.#place.queue.name,
        worker: this.#options.workerName,
        reason: messageOf(error),
      })
    }
    this.#mayHaveMore = true
    this.#pauseFor(Math.min(longestRetryMs, firstRetryMs * 2 ** this.#failures))
    this.#failures += 1
  }

  /** BullMQ's scripts hand no jobs out then, but do not say why. */
  async #lookForPause(): Promise<void> {
    const now = performance.now()
    if (now - this.#lookedForPauseAt < lookForPauseMs) return
    this.#lookedForPauseAt = now
    const { link, prefix } = this.#place.queue
    const paused = await link.redis.hexists(`${prefix}meta`, 'paused').catch(() => 0)
    this.#notice.note(paused === 1)
  }

  #pauseFor(ms: number): void {
    if (this.#stopped) return
    clearTimeout(this.#pause)
    this.#pause = setTimeout(() => {
      this.#pause = undefined
      this.#pump()
    }, ms)
  }

  #nextToken(): string {
    this.#lastToken += 1
    return `${this.#tokens}${this.#lastToken}`
  }
}

/** What is not JSON is another producer's; the core will refuse it. */
function parseData(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return json
  }
}
