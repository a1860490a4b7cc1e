import { errorCodes, PikkuQueueError } from './errors.ts'
import type { QueueProvider, StoredJob } from './provider.ts'
import type { JobStatus } from './types.ts'

/** Hints may be lost with a connection, so a watched job is looked at this often all the same. */
const lookAgainMs = 2000

const finished: readonly JobStatus[] = ['completed', 'failed', 'discarded']

/**
 * Yields a job now and after each change, until it has finished.
 * @throws PikkuQueueError PKQ407 when there is no such job (any more).
 */
export async function* follow(
  provider: QueueProvider,
  queue: string,
  id: string,
  signal: AbortSignal,
): AsyncGenerator<StoredJob, void> {
  if (!provider.find) throw notSupported(provider, 'following a job')
  const bell = new Bell()
  const ring = () => {
    bell.ring()
  }
  signal.addEventListener('abort', ring)
  const unwatch = provider.watch && (await provider.watch(queue, id, ring))
  try {
    // Looks once, whatever the signal says: the job may have ended long ago.
    do {
      const job = await provider.find(queue, id)
      if (!job) throw jobNotFound(queue, id)
      yield job
      if (finished.includes(job.status)) return
      if (!signal.aborted) await bell.rung(lookAgainMs)
    } while (!signal.aborted)
  } finally {
    signal.removeEventListener('abort', ring)
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
      const timer = setTimeout(resolve, atMostMs)
      await promise
      clearTimeout(timer)
    }
    this.#rung = false
    this.#wake = undefined
  }
}

export function jobNotFound(queue: string, id: string): PikkuQueueError {
  return new PikkuQueueError(errorCodes.jobNotFound, `queue "${queue}" has no job ${id}`, {
    hint: 'Finished jobs are kept within bounds (removeOnComplete, removeOnFail).',
  })
}

export function notSupported(
  provider: QueueProvider,
  what: string,
  hint?: string,
): PikkuQueueError {
  return new PikkuQueueError(
    errorCodes.notSupported,
    `${what} is not supported on ${provider.capabilities.label}`,
    hint === undefined ? {} : { hint },
  )
}
