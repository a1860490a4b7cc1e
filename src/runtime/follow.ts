import type { ClientConnection } from './client-connection.ts'
import { errorCodes, PikkuQueueError } from './errors.ts'
import { notSupported } from './not-supported.ts'
import { isUnreachable } from './outage.ts'
import type { StoredJob } from './provider.ts'
import type { JobStatus } from './types.ts'

/** Where hints may be lost without anybody's knowing, a watched job is looked at this often all the same. */
const lookAgainMs = 2000
const longestTimerMs = 2 ** 31 - 1

const finished: readonly JobStatus[] = ['completed', 'failed', 'discarded']

export interface FollowOptions {
  signal: AbortSignal
  /** After each look: why the server could not be asked, or nothing. */
  onLook?: ((trouble: unknown) => void) | undefined
}

/**
 * Yields a job now and after each change, until it has finished. A server that goes away meanwhile is
 * waited for.
 * @throws PikkuQueueError PKQ407 when there is no such job (any more), PKQ408 when the client is closed.
 */
export async function* follow(
  connection: ClientConnection,
  queue: string,
  id: string,
  { signal, onLook }: FollowOptions,
): AsyncGenerator<StoredJob, void> {
  const { provider, closed, outage } = connection
  const find = provider.find?.bind(provider)
  if (!find) throw notSupported(provider, 'following a job')
  const bell = new Bell()
  const ring = () => {
    bell.ring()
  }
  let unwatch: (() => void) | undefined
  const look = async () => {
    unwatch ??= await provider.watch?.(queue, id, ring)
    const job = await find(queue, id)
    outage.over()
    onLook?.(undefined)
    return job
  }
  for (const end of [signal, closed]) end.addEventListener('abort', ring)
  try {
    // Looks once, whatever the signal says: the job may have ended long ago.
    do {
      await connection.open()
      const job = await look().catch((error: unknown) => {
        if (closed.aborted) return undefined
        if (!isUnreachable(error)) throw error
        onLook?.(error)
        return undefined
      })
      if (job === null) throw jobNotFound(queue, id)
      if (job) yield job
      if (job && finished.includes(job.status)) return
      const pauseMs = job ? (provider.lookAgainMs ?? lookAgainMs) : outage.pauseMs()
      if (!signal.aborted && !closed.aborted) await bell.rung(pauseMs)
    } while (!signal.aborted)
  } finally {
    for (const end of [signal, closed]) end.removeEventListener('abort', ring)
    unwatch?.()
  }
}

/** Remembers a ring that came while nobody waited. */
class Bell {
  #rung = false
  #wake: (() => void) | undefined

  ring(): void {
    this.#rung = true
    this.#wake?.()
  }

  async rung(atMostMs: number): Promise<void> {
    if (!this.#rung) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#wake = resolve
      const timer = setTimeout(resolve, Math.min(atMostMs, longestTimerMs))
      await promise
      clearTimeout(timer)
    }
    this.#rung = false
    this.#wake = undefined
  }
}

function jobNotFound(queue: string, id: string): PikkuQueueError {
  return new PikkuQueueError(errorCodes.jobNotFound, `queue "${queue}" has no job ${id}`, {
    hint: 'Finished jobs are kept within bounds (removeOnComplete, removeOnFail).',
  })
}
