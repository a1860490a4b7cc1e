import type { Logger } from '../../types.ts'
import { messageOf } from '../../error-parts.ts'
import { toCallerId } from './ids.ts'
import { type DeadLetters, toBurial } from './outcomes.ts'
import type { Queue } from './queues.ts'
import { toStoredError } from './stored-error.ts'

const everyMs = 30_000
const mostAtOnce = 500
/** Clocks of workers differ: a failure may be noted as earlier than one that is known already. */
const slackMs = 60_000

interface Watched {
  queue: Queue
  letters: DeadLetters
}

/**
 * Makes the dead letters of jobs that failed without us: another worker of BullMQ's on the queue, or
 * somebody's hand. Each job carries the mark of what has been done for it, so no letter is made twice.
 * How far it has come is kept in Redis, so that it does not begin anew each time.
 */
export class ForeignFailures {
  readonly #logger: Logger
  readonly #watched = new Map<string, Watched>()
  #timer: NodeJS.Timeout | undefined
  #sweeping: Promise<unknown> | undefined
  #stopped = false

  constructor(logger: Logger) {
    this.#logger = logger
  }

  add(queue: Queue, letters: DeadLetters): void {
    this.#watched.set(queue.name, { queue, letters })
    this.#schedule(0)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#sweeping
  }

  #schedule(afterMs: number): void {
    if (this.#stopped) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#sweeping = Promise.all([...this.#watched.values()].map((each) => this.#sweep(each)))
      void this.#sweeping.finally(() => this.#schedule(everyMs))
    }, afterMs)
    this.#timer.unref()
  }

  async #sweep({ queue, letters }: Watched): Promise<void> {
    const { redis, healthy } = queue.link
    if (!healthy) return
    const sweptKey = `${queue.prefix}pikku:swept`
    try {
      const from = Number((await redis.get(sweptKey)) ?? 0)
      const failed = `${queue.prefix}failed`
      const found = await redis.zrangebyscore(
        ...([failed, from, '+inf', 'WITHSCORES', 'LIMIT', 0, mostAtOnce] as const),
      )
      let last = from
      for (let n = 0; n < found.length; n += 2) {
        if (this.#stopped) return
        last = Number(found[n + 1])
        await makeLetter(queue, letters, found[n] ?? '')
      }
      const more = found.length === 2 * mostAtOnce
      const next = more ? Math.max(last, from + 1) : Math.min(last, Date.now() - slackMs)
      if (next > from) await redis.set(sweptKey, next)
    } catch (error) {
      this.#logger.debug('looking for failed jobs failed', { reason: messageOf(error) })
    }
  }
}

/** Does nothing for a job that has its letter, or that ended by our hand. */
async function makeLetter(queue: Queue, letters: DeadLetters, key: string): Promise<void> {
  const { redis } = queue.link
  const job = await redis.hgetall(`${queue.prefix}${key}`)
  if (job['pikku:buried'] === (job['ats'] ?? '0')) return
  const origin = {
    queueName: queue.name,
    jobId: toCallerId(key),
    attemptsMade: Number(job['atm'] ?? 0) + Number(job['stc'] ?? 0),
    error: toStoredError(job),
  }
  const burial = toBurial({ prefix: queue.prefix, key, token: '', kind: 'failed' }, letters, origin)
  await queue.client.runCommand('pikku:bury', burial)
}
