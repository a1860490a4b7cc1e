import { setTimeout as delay } from 'node:timers/promises'
import { crashError } from '../../errors.ts'
import type { Outcome } from '../../provider.ts'
import type { JobError, Logger } from '../../types.ts'
import type { Api, Fault } from './api.ts'
import { BatchLane } from './batch-lane.ts'
import { type Claim, isHeld } from './claims.ts'
import { toDeadLetter, toLesserCopy } from './dead-letter.ts'
import type { Heartbeat } from './heartbeat.ts'
import { toDelaySeconds, visibilityLeft } from './limits.ts'
import { deriveId, fits, type Outgoing, toOutgoing } from './message.ts'
import type { Meta } from './meta.ts'
import type { Queue } from './queues.ts'
import { UnderWay } from '../../under-way.ts'

export interface SettlerParts {
  api: Pick<Api, 'sendBatch' | 'hideBatch' | 'deleteBatch'>
  queue: Queue
  /** Where dead letters go. */
  letters: Queue | undefined
  heartbeat: Pick<Heartbeat, 'lose' | 'remove'>
  logger: Logger
  /** The consumer's name, for the log. */
  worker: string
}

const firstRetryMs = 100
const longestRetryMs = 2_000

/**
 * Carries outcomes out on one queue, in batches. What fails is tried again for as long as the claim
 * holds. Whatever takes a message's place is stored before the message is deleted: a crash between
 * the two leaves two of them, and never none.
 */
export class Settler {
  readonly #parts: SettlerParts
  readonly #deletes: BatchLane<string>
  readonly #hides: BatchLane<{ receiptHandle: string; seconds: number }>
  readonly #copies: BatchLane<Outgoing>
  readonly #letters: BatchLane<Outgoing> | undefined
  readonly #underWay = new UnderWay()
  readonly #stop = new AbortController()
  /** Ends when the worker stops. */
  readonly #holding = new AbortController()
  /** It was said that settling fails. */
  #saidSo = false

  constructor(parts: SettlerParts) {
    const { api, queue, letters } = parts
    const sendsTo = ({ url, isFifo }: Queue) =>
      new BatchLane<Outgoing>((messages) => api.sendBatch(url, messages), {
        inOrder: isFifo,
        bytesOf: ({ bytes }) => bytes,
      })
    this.#parts = parts
    this.#deletes = new BatchLane((handles) => api.deleteBatch(queue.url, handles))
    this.#hides = new BatchLane((messages) => api.hideBatch(queue.url, messages))
    this.#copies = sendsTo(queue)
    this.#letters = letters && sendsTo(letters)
  }

  /** Resolves when it is done, or given up. Never rejects. */
  settle(claim: Claim, outcome: Outcome): Promise<void> {
    return this.#track(claim, outcome.type, () => {
      switch (outcome.type) {
        case 'done':
        case 'discarded':
          return this.#delete(claim)
        case 'retry':
          return this.#retry(claim, outcome.delayMs)
        case 'dead':
          return this.#bury(claim, claim.attempt, outcome.error)
        case 'released':
          return this.#release(claim, outcome.delayMs)
      }
    })
  }

  /** Of a job whose attempts were used up by workers that died. */
  giveUp(claim: Claim): Promise<void> {
    const { logger, queue, letters } = this.#parts
    logger.error('a job failed for good: its workers went silent while they ran it', {
      ...this.#about(claim),
      deadLetterQueue: letters?.name,
      ...(!letters && { note: `queue ${queue.name} has no deadLetterQueue, so it is deleted` }),
    })
    return this.#track(claim, 'dead', () => this.#bury(claim, claim.attempt - 1, crashError))
  }

  /** Makes it the last attempt of a job that SQS would take away before the next ones. */
  endWith(claim: Claim): void {
    const { attempt, maxAttempts } = claim
    claim.maxAttempts = attempt
    this.#parts.logger.warn(
      `a job has ${maxAttempts} attempts, but the redrive policy of its queue takes it away after ` +
        `${this.#parts.queue.mostReceives} receives: attempt ${attempt} is its last`,
      { ...this.#about(claim), hint: 'raise maxReceiveCount' },
    )
  }

  /**
   * Puts a copy in the place of a message that was not sent to this queue. Undefined where none would be
   * a job of this queue: its body says otherwise, and an attribute has no room.
   */
  adopt(claim: Claim, meta: Meta): Promise<void> | undefined {
    const { logger, queue } = this.#parts
    const whole = this.#copy(claim, meta, 0)
    const copy = whole ?? toLesserCopy(queue, claim.message, this.#copyOptions(claim, 0))
    if (!copy) return undefined
    if (!whole) {
      logger.warn('a message that was moved here is too large to say where it came from', {
        ...this.#about(claim),
        note: 'it is a new job of this queue',
      })
    }
    return this.#track(claim, 'released', () => this.#putInPlace(claim, copy))
  }

  /** Hides what was received before its time. */
  postpone(claim: Claim, notBefore: Date): Promise<void> {
    return this.#track(claim, 'released', async () => {
      const { receiveCount, meta } = claim.message
      const delayMs = Math.max(0, notBefore.getTime() - Date.now())
      const left = visibilityLeft(this.#heldMs(claim))
      // Once; the next time a copy begins anew, because the receives count.
      if (receiveCount === 1) return this.#hide(claim, Math.min(Math.ceil(delayMs / 1000), left))
      return this.#wait(claim, meta.attemptsMade ?? 0, delayMs)
    })
  }

  /** Resolves when everything is settled or given up. */
  idle(): Promise<void> {
    return this.#underWay.idle()
  }

  /** Shows what it holds for others: this worker is about to end. */
  letGo(): void {
    this.#holding.abort()
  }

  /** Gives up on what is left. */
  stop(): void {
    this.letGo()
    this.#stop.abort()
  }

  async #track(claim: Claim, outcome: Outcome['type'], work: () => Promise<void>): Promise<void> {
    claim.outcome = outcome
    if (!isHeld(claim)) {
      this.#lose(claim)
      return
    }
    this.#underWay.begin()
    try {
      await work()
    } finally {
      this.#underWay.end()
    }
  }

  async #retry(claim: Claim, delayMs: number): Promise<void> {
    const seconds = Math.ceil(delayMs / 1000)
    const left = visibilityLeft(this.#heldMs(claim))
    // A copy would go to the end of its group; it waits for as long as it can.
    if (seconds <= left || this.#parts.queue.isFifo) {
      return this.#hide(claim, Math.min(seconds, left))
    }
    return this.#wait(claim, claim.attempt, delayMs)
  }

  /** In a copy, which begins its twelve hours anew. */
  async #wait(claim: Claim, attemptsMade: number, delayMs: number): Promise<void> {
    const isLong = delayMs > toDelaySeconds(delayMs) * 1000
    const meta = this.#copyMeta(claim, attemptsMade)
    if (isLong) meta.notBefore = new Date(Date.now() + delayMs)
    return this.#replace(claim, meta, delayMs)
  }

  async #release(claim: Claim, delayMs: number): Promise<void> {
    // A copy's receives begin anew, so this one is not counted. In a group it would lose its place.
    if (this.#parts.queue.isFifo) return this.#hold(claim, delayMs)
    return this.#replace(claim, this.#copyMeta(claim, claim.attempt - 1), delayMs)
  }

  /**
   * Each return to a group counts, so what is not for this worker is not returned again and again: it
   * is held, and its group with it, until this worker makes way for another, or SQS's limit comes.
   */
  async #hold(claim: Claim, delayMs: number): Promise<void> {
    if (delayMs > 0) {
      const longestMs = visibilityLeft(this.#heldMs(claim)) * 1000
      await pause(longestMs, AbortSignal.any([this.#holding.signal, claim.lost.signal]))
    }
    if (isHeld(claim)) await this.#hide(claim, 0)
  }

  async #bury(claim: Claim, attemptsMade: number, error: JobError): Promise<void> {
    const { queue, letters } = this.#parts
    if (this.#letters && letters) {
      const letter = toDeadLetter(queue, letters, claim, attemptsMade, error)
      if (!(await this.#send(claim, this.#letters, letter, letters))) return
    }
    return this.#delete(claim)
  }

  /** Where no copy fits, the message shows itself again. */
  async #replace(claim: Claim, meta: Meta, delayMs: number): Promise<void> {
    const copy = this.#copy(claim, meta, delayMs)
    return copy ? this.#putInPlace(claim, copy) : this.#hide(claim, toDelaySeconds(delayMs))
  }

  /** The copy first, then the message goes. */
  async #putInPlace(claim: Claim, copy: Outgoing): Promise<void> {
    if (await this.#send(claim, this.#copies, copy, this.#parts.queue)) await this.#delete(claim)
  }

  #copy(claim: Claim, meta: Meta, delayMs: number): Outgoing | undefined {
    const { body, foreign } = claim.message
    const options = this.#copyOptions(claim, delayMs)
    return [toOutgoing(body, meta, { ...options, foreign }), toOutgoing(body, meta, options)].find(
      fits,
    )
  }

  #copyOptions({ message: { group, messageId } }: Claim, delayMs: number) {
    const { isFifo, name } = this.#parts.queue
    return {
      group,
      ...(isFifo
        ? { deduplicationId: deriveId(name, messageId) }
        : { delaySeconds: toDelaySeconds(delayMs) }),
    }
  }

  async #send(
    claim: Claim,
    lane: BatchLane<Outgoing>,
    message: Outgoing,
    to: Queue,
  ): Promise<boolean> {
    const fault = await this.#insist(claim, () => lane.add(message))
    if (!fault) return true
    if (fault.final) {
      this.#parts.logger.error('SQS does not take the message; the job stays in its queue', {
        ...this.#about(claim),
        to: to.name,
        reason: fault.message,
      })
    }
    this.#parts.heartbeat.remove(claim)
    return false
  }

  #delete(claim: Claim): Promise<void> {
    return this.#finish(claim, () => this.#deletes.add(claim.message.receiptHandle))
  }

  #hide(claim: Claim, seconds: number): Promise<void> {
    const { receiptHandle } = claim.message
    return this.#finish(claim, () => this.#hides.add({ receiptHandle, seconds }))
  }

  /** The last step: after it the message is not ours any more. */
  async #finish(claim: Claim, step: () => Promise<Fault | undefined>): Promise<void> {
    const fault = await this.#insist(claim, async () => {
      // It might come after the step, and undo it.
      if (claim.renewing) await claim.renewing
      claim.settling = true
      const answer = await step()
      claim.settling = false
      return answer
    })
    if (fault?.final) this.#lose(claim)
    this.#parts.heartbeat.remove(claim)
  }

  /** Until it succeeds, is refused for good, or the claim has lapsed. */
  async #insist(claim: Claim, step: () => Promise<Fault | undefined>): Promise<Fault | undefined> {
    for (let tried = 0; ; tried += 1) {
      const fault = await step()
      if (!fault) this.#saidSo = false
      if (!fault || fault.final) return fault
      this.#saySo(fault)
      await pause(Math.min(longestRetryMs, firstRetryMs * 2 ** tried), this.#stop.signal)
      if (this.#stop.signal.aborted) return fault
      if (isHeld(claim)) continue
      this.#lose(claim)
      return fault
    }
  }

  #copyMeta({ message, id, createdAt }: Claim, attemptsMade: number): Meta {
    const { attempts, origin } = message.meta
    return {
      queue: this.#parts.queue.name,
      id,
      ...(attempts !== undefined && { attempts }),
      attemptsMade,
      createdAt,
      ...(origin && { origin }),
    }
  }

  #heldMs({ receivedAt }: Claim): number {
    return performance.now() - receivedAt
  }

  #saySo({ code, message }: Fault): void {
    // Whoever watches the connection has said so.
    if (this.#saidSo || code === 'Unreachable') return
    this.#saidSo = true
    this.#parts.logger.warn('settling jobs failed; trying again', {
      queue: this.#parts.queue.name,
      reason: message || code,
    })
  }

  #lose(claim: Claim): void {
    const { attempt, outcome } = claim
    this.#parts.heartbeat.lose(claim)
    // Giving back what is gone already is no news.
    if (outcome === 'released') return
    this.#parts.logger.warn('the claim on a job was lost; its outcome is not recorded', {
      ...this.#about(claim),
      attempt,
      outcome,
    })
  }

  #about({ id }: Claim) {
    return { queue: this.#parts.queue.name, worker: this.#parts.worker, jobId: id }
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined)
}
