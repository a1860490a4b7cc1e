import type { Logger } from '../../types.ts'
import type { Api, Fault } from './api.ts'
import { type Claim, prolong } from './claims.ts'
import { mostPerBatch, visibilityLeft } from './limits.ts'

const tickMs = 250

/**
 * Keeps the messages of one queue hidden, waiting or running, ten with one call. A claim that SQS does
 * not know any more, or that could not be prolonged in time, is lost.
 */
export class Heartbeat {
  readonly #queue: { name: string; url: string }
  readonly #leaseSeconds: number
  readonly #api: Api
  readonly #logger: Logger
  readonly #claims = new Set<Claim>()
  readonly #timer: NodeJS.Timeout

  constructor(
    queue: { name: string; url: string },
    leaseSeconds: number,
    api: Api,
    logger: Logger,
  ) {
    this.#queue = queue
    this.#leaseSeconds = leaseSeconds
    this.#api = api
    this.#logger = logger
    this.#timer = setInterval(() => this.#tick(), tickMs)
    this.#timer.unref()
  }

  add(claim: Claim): void {
    this.#claims.add(claim)
  }

  remove(claim: Claim): void {
    this.#claims.delete(claim)
  }

  lose(claim: Claim): void {
    this.#claims.delete(claim)
    claim.lost.abort()
  }

  /** Claims that are left lapse, and their functions are told. */
  stop(): void {
    clearInterval(this.#timer)
    for (const claim of this.#claims) this.lose(claim)
  }

  #tick(): void {
    const now = performance.now()
    for (const claim of this.#claims) {
      if (now >= claim.expiresAt) this.#expire(claim, now)
    }
    const idle = [...this.#claims].filter(({ renewing, settling }) => !renewing && !settling)
    if (!idle.some(({ renewAt }) => now >= renewAt)) return
    // Those that are due soon go along.
    const soon = now + (this.#leaseSeconds * 1000) / 6
    const due = idle.filter(({ renewAt }) => soon >= renewAt)
    for (let start = 0; start < due.length; start += mostPerBatch) {
      this.#renew(due.slice(start, start + mostPerBatch), now)
    }
  }

  #renew(claims: Claim[], now: number): void {
    const entries = claims
      .map((claim) => ({
        claim,
        receiptHandle: claim.message.receiptHandle,
        seconds: Math.min(this.#leaseSeconds, visibilityLeft(now - claim.receivedAt)),
      }))
      .filter(({ seconds }) => seconds > 0)
    if (entries.length === 0) return
    const renewal = this.#api
      .hideBatch(this.#queue.url, entries)
      .then((result) => {
        for (const [index, { claim, seconds }] of entries.entries()) {
          this.#renewed(claim, seconds, now, result[index])
        }
      })
      // Whoever watches the connection has said so; the next tick asks again.
      .catch(() => undefined)
      .finally(() => {
        for (const { claim } of entries) claim.renewing = undefined
      })
    for (const { claim } of entries) claim.renewing = renewal
  }

  #renewed(claim: Claim, seconds: number, from: number, fault: Fault | undefined): void {
    if (!fault) prolong(claim, seconds, from)
    // A delete may have overtaken the renewal.
    else if (fault.final && this.#claims.has(claim) && !claim.settling) this.lose(claim)
  }

  #expire(claim: Claim, now: number): void {
    this.lose(claim)
    if (visibilityLeft(now - claim.receivedAt) > 0) return
    this.#logger.error('a job ran longer than SQS lets any message be held: 12 hours', {
      queue: this.#queue.name,
      jobId: claim.id,
      attempt: claim.attempt,
    })
  }
}
