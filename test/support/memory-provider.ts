import { capabilities } from '../../src/runtime/capabilities.ts'
import type {
  ConsumeOptions,
  Consumer,
  Deliver,
  DeliveredJob,
  OutgoingJob,
  Outcome,
  QueueDeclaration,
  QueueProvider,
  SendResult,
  StoredJob,
} from '../../src/runtime/provider.ts'
import type { JsonValue } from '../../src/runtime/types.ts'

/** A provider in memory, for unit tests of the core alone: it records and obeys, no more. */
export class MemoryProvider implements QueueProvider {
  readonly name = 'memory'
  readonly address = 'memory'
  readonly capabilities = capabilities['pg-boss']
  readonly calls: string[] = []
  readonly opened: QueueDeclaration[] = []
  readonly sent: { queue: string; job: OutgoingJob }[] = []
  readonly consumed = new Map<string, { options: ConsumeOptions; deliver: Deliver }>()
  readonly jobs = new Map<string, StoredJob>()
  readonly watchers = new Set<() => void>()
  openError: Error | undefined

  open(queues: QueueDeclaration[]): Promise<void> {
    this.calls.push('open')
    if (this.openError) return Promise.reject(this.openError)
    this.opened.push(...queues)
    return Promise.resolve()
  }

  send(queue: string, jobs: OutgoingJob[]): Promise<SendResult[]> {
    this.calls.push(`send ${jobs.length}`)
    this.sent.push(...jobs.map((job) => ({ queue, job })))
    return Promise.resolve(jobs.map(({ id }, index) => ({ id: id ?? `id-${index}` })))
  }

  consume(queue: string, options: ConsumeOptions, deliver: Deliver): Consumer {
    this.calls.push(`consume ${queue}`)
    this.consumed.set(queue, { options, deliver })
    return {
      healthy: true,
      stop: () => {
        this.calls.push(`stop ${queue}`)
        return Promise.resolve()
      },
    }
  }

  find(_queue: string, id: string): Promise<StoredJob | null> {
    return Promise.resolve(this.jobs.get(id) ?? null)
  }

  watch(_queue: string, _id: string, onChange: () => void): Promise<() => void> {
    this.watchers.add(onChange)
    return Promise.resolve(() => {
      this.watchers.delete(onChange)
    })
  }

  close(): Promise<void> {
    this.calls.push('close')
    return Promise.resolve()
  }

  /** Hands a job to the queue's worker, as a backend would. */
  deliver(queue: string, job: Partial<DeliveredJob> = {}): Promise<Outcome> {
    const consumer = this.consumed.get(queue)
    if (!consumer) throw new Error(`nothing consumes ${queue}`)
    return consumer.deliver(deliveredJob({ queueName: queue, ...job }))
  }

  /** Changes what `find` shows of a job, and tells those who watch. */
  change(id: string, changes: Partial<StoredJob>): void {
    this.jobs.set(id, { ...(this.jobs.get(id) ?? storedJob(id)), ...changes })
    for (const ring of this.watchers) ring()
  }
}

export function deliveredJob(job: Partial<DeliveredJob> = {}): DeliveredJob {
  return {
    id: 'job-1',
    queueName: 'email',
    data: null,
    attempt: 1,
    maxAttempts: 3,
    createdAt: new Date(),
    lost: new AbortController().signal,
    ...job,
  }
}

export function storedJob(id: string, data: JsonValue = null): StoredJob {
  return {
    id,
    queueName: 'email',
    data,
    status: 'waiting',
    progress: null,
    result: null,
    error: null,
    attemptsMade: 0,
    maxAttempts: 3,
    createdAt: new Date(),
    startedAt: null,
    finishedAt: null,
    delayedUntil: null,
    origin: null,
  }
}
