import type { Message } from '@aws-sdk/client-sqs'
import type { ConsumeOptions, Consumer, Deliver, Outcome } from '../../provider.ts'
import type { Logger } from '../../types.ts'
import type { Api } from './api.ts'
import { divert } from './arrivals.ts'
import { type Claim, isHeld, toClaim } from './claims.ts'
import { messageOf } from '../../error-parts.ts'
import { Prefetch } from '../../prefetch.ts'
import { isAway } from './connection-errors.ts'
import type { Heartbeat } from './heartbeat.ts'
import { mostPerBatch } from './limits.ts'
import { readMessage } from './message.ts'
import type { Queue } from './queues.ts'
import { Receivers } from './receivers.ts'
import type { Settler } from './settle.ts'
import { within } from '../../within.ts'

export interface LoopParts {
  api: Api
  queue: Queue
  /** Total runs, of jobs that say nothing. */
  attempts: number
  heartbeat: Heartbeat
  settler: Settler
  logger: Logger
}

/** A job that waits longer than this for its turn was received too early: others may have time. */
const stalestMs = 1_000
/** A crash costs each of them an attempt, and giving them back costs two calls. */
const mostAhead = 40
/** More than this many outcomes that are not settled yet: SQS is slower than the functions. */
const mostUnsettled = 100
/** A server that is away does not hold a stop up; what is not given back lapses. */
const longestStopMs = 5_000

/**
 * The worker's loop on one queue, a sliding window: receives go on while jobs run, for as many as
 * there is place for, and none waits for the slowest of a batch.
 */
export class ReceiveLoop implements Consumer {
  readonly #options: ConsumeOptions
  readonly #deliver: Deliver
  readonly #parts: LoopParts
  readonly #prefetch: Prefetch
  readonly #receivers: Receivers
  readonly #leaseSeconds: number
  readonly #stalenessTimer: NodeJS.Timeout
  #ready: Claim[] = []
  #running = 0
  #unsettled = 0
  #stopped = false

  constructor(options: ConsumeOptions, deliver: Deliver, parts: LoopParts) {
    const { queue, api, logger } = parts
    const { concurrency, drainDelaySeconds } = options
    this.#options = options
    this.#deliver = deliver
    this.#parts = parts
    // A job that waits holds up its group.
    const given = options.prefetch ?? (queue.isFifo ? 0 : undefined)
    this.#prefetch = new Prefetch(given, concurrency, mostAhead)
    this.#leaseSeconds = toLeaseSeconds(options.visibilityTimeoutSeconds)
    this.#receivers = new Receivers({
      // Of one group SQS hands out several at once, and each that could not run would be counted.
      mostAtOnce: queue.isFifo ? Math.min(concurrency, mostPerBatch) : receivesFor(concurrency),
      pollIntervalMs: options.pollIntervalMs,
      receive: (most, signal) =>
        api.receive(queue.url, {
          most,
          waitSeconds: toWaitSeconds(drainDelaySeconds, this.#leaseSeconds),
          visibilitySeconds: this.#leaseSeconds,
          isFifo: queue.isFifo,
          signal,
        }),
      most: (asked) => this.#place(asked),
      onMessages: (messages, askedAt) => this.#take(messages, askedAt),
      onChange: () => this.#pump(),
      isAway,
      onFailure: (error) =>
        logger.error('receiving jobs failed; trying again', {
          queue: queue.name,
          worker: options.workerName,
          reason: messageOf(error),
        }),
    })
    this.#stalenessTimer = setInterval(() => this.#giveBackStale(), stalestMs / 2)
    this.#stalenessTimer.unref()
    this.#pump()
  }

  get healthy(): boolean {
    return this.#receivers.healthy
  }

  get answers(): number {
    return this.#receivers.answers
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearInterval(this.#stalenessTimer)
    this.#receivers.stop()
    this.#parts.settler.letGo()
    const givingBack = this.#ready.splice(0).map((claim) => this.#release(claim))
    await within(Promise.all(givingBack), longestStopMs)
  }

  /** Resolves when no poll is under way any more; what they brought is being given back. */
  async polled(): Promise<void> {
    await this.#receivers.idle()
  }

  /** Leaves the polls that are under way: what they are given lapses. */
  abandon(): void {
    this.#receivers.abandon()
  }

  #pump(): void {
    while (!this.#stopped && this.#running < this.#options.concurrency) {
      const claim = this.#ready.shift()
      if (!claim) break
      void this.#run(claim)
    }
    this.#receivers.pump()
  }

  /** How many jobs one more receive may bring, when others have been asked for. */
  #place(asked: number): number {
    const { concurrency } = this.#options
    if (this.#unsettled > concurrency + mostUnsettled) return 0
    const { isFifo } = this.#parts.queue
    const taken = this.#running + this.#ready.length + asked
    const free = concurrency + this.#prefetch.ahead - taken
    if (isFifo) return Math.min(free, 1)
    // While there is something to run, only whole batches are worth a call.
    return this.#ready.length > 0 && free < mostPerBatch ? 0 : Math.min(free, mostPerBatch)
  }

  #take(messages: Message[], askedAt: number): void {
    const { queue, attempts } = this.#parts
    const late: Claim[] = []
    for (const message of messages) {
      const incoming = readMessage(message)
      if (!incoming) continue
      const kind = { attempts, isFifo: queue.isFifo }
      const claim = toClaim(incoming, kind, this.#leaseSeconds, askedAt)
      if (isHeld(claim)) this.#arrived(claim)
      else late.push(claim)
    }
    if (late.length > 0) this.#noteLate(late)
  }

  #arrived(claim: ReturnType<typeof toClaim>): void {
    const { heartbeat, settler, queue } = this.#parts
    heartbeat.add(claim)
    if (divert(claim, queue, settler)) return
    if (this.#stopped) void this.#release(claim)
    else this.#ready.push(claim)
  }

  /** By now others may have them. */
  #noteLate(claims: Claim[]): void {
    this.#parts.logger.warn(
      'jobs came too late to be held, because this process stood still or the network did; ' +
        'they come again, and that counts as an attempt',
      {
        queue: this.#parts.queue.name,
        worker: this.#options.workerName,
        jobIds: claims.map(({ id }) => id).join(', '),
      },
    )
  }

  async #run(claim: Claim): Promise<void> {
    const { queue, logger } = this.#parts
    if (!isHeld(claim)) return
    const startedAt = performance.now()
    this.#running += 1
    let outcome: Outcome
    try {
      outcome = await this.#deliver({
        id: claim.id,
        queueName: queue.name,
        data: claim.message.data,
        attempt: claim.attempt,
        maxAttempts: claim.maxAttempts,
        createdAt: claim.createdAt,
        origin: claim.message.meta.origin,
        lost: claim.lost.signal,
        heldUntil: claim.expiresAt,
      })
    } catch (error) {
      logger.error('a delivery was rejected; its job is given back', {
        queue: queue.name,
        worker: this.#options.workerName,
        jobId: claim.id,
        reason: messageOf(error),
      })
      outcome = { type: 'released', delayMs: 1_000 }
    }
    this.#running -= 1
    this.#prefetch.observe(performance.now() - startedAt)
    void this.#settle(claim, outcome)
    this.#pump()
  }

  async #settle(claim: Claim, outcome: Outcome): Promise<void> {
    this.#unsettled += 1
    await this.#parts.settler.settle(claim, outcome)
    this.#unsettled -= 1
    this.#pump()
  }

  #giveBackStale(): void {
    if (!this.#prefetch.adaptive) return
    const limit = performance.now() - stalestMs
    const isStale = ({ arrivedAt }: Claim) => arrivedAt < limit
    const stale = this.#ready.filter(isStale)
    if (stale.length === 0) return
    this.#ready = this.#ready.filter((claim) => !isStale(claim))
    this.#prefetch.forget()
    for (const claim of stale) void this.#release(claim)
  }

  #release(claim: Claim): Promise<void> {
    return this.#parts.settler.settle(claim, { type: 'released', delayMs: 0 })
  }
}

/** One for each batch that can run, within reason: less than four would not hide the way to SQS and back. */
function receivesFor(concurrency: number): number {
  return Math.min(mostPerBatch, Math.max(4, Math.ceil(concurrency / mostPerBatch)))
}

/** SQS counts in whole seconds. */
export function toLeaseSeconds(wanted: number): number {
  return Math.max(1, Math.ceil(wanted))
}

/** A claim counts from the beginning of its poll, so a poll leaves a third of it, to be renewed in. */
function toWaitSeconds(wanted: number, leaseSeconds: number): number {
  return Math.min(Math.ceil(wanted), Math.floor((leaseSeconds * 2) / 3))
}
