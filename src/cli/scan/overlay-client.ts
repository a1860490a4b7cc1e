import { jobErrorTypes } from './overlay.ts'

/** The generated client; users import it too, where a function adds jobs. */
export const clientFile = 'pikku-queue.gen.ts'

/**
 * What stands in for the generated client while the project is scanned. Its types follow from what the
 * scan finds, so here every queue exists, and takes and returns anything: a result that a function only
 * passes on is `unknown` in that function's contract, on the first run and on every other.
 */
export const clientText = `
export interface Queues {
  [queue: string]: { input: unknown; output: unknown }
}
export declare const contracts: {
  queues: Record<string, unknown>
  $defs: Record<string, Record<string, unknown>>
}
export declare class PikkuQueue<_Provider = unknown> {
  constructor(service: unknown)
  readonly queues: { readonly [queue: string]: QueueHandle }
  add(queue: string, data?: unknown, options?: object): Promise<string>
  addBulk(queue: string, jobs: readonly { data?: unknown; options?: object }[]): Promise<string[]>
  getJob(queue: string, id: string): Promise<Job | null>
  waitForCompletion(queue: string, id: string, options?: WaitOptions): Promise<unknown>
  events(queue: string, id: string, options?: FollowOptions): AsyncGenerator<JobEvent, void>
  onProgress(
    queue: string,
    id: string,
    listener: (progress: unknown) => void,
    onError?: (error: unknown) => void,
  ): () => void
  remove(queue: string, id: string): Promise<boolean>
  retry(queue: string, id: string): Promise<boolean>
  counts(queue: string): Promise<Record<JobStatus, number>>
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}
export declare function createQueueClient(options?: {
  logger?: unknown
  provider?: string
  connection?: unknown
}): Promise<PikkuQueue>

declare class QueueHandle {
  readonly name: string
  add(data?: unknown, options?: object): Promise<string>
  addBulk(jobs: readonly { data?: unknown; options?: object }[]): Promise<string[]>
  getJob(id: string): Promise<Job | null>
  waitForCompletion(id: string, options?: WaitOptions): Promise<unknown>
  events(id: string, options?: FollowOptions): AsyncGenerator<JobEvent, void>
  onProgress(
    id: string,
    listener: (progress: unknown) => void,
    onError?: (error: unknown) => void,
  ): () => void
  remove(id: string): Promise<boolean>
  retry(id: string): Promise<boolean>
  counts(): Promise<Record<JobStatus, number>>
}
interface FollowOptions {
  signal?: AbortSignal | undefined
}
interface WaitOptions extends FollowOptions {
  timeout?: number | undefined
}
type JobStatus = 'waiting' | 'delayed' | 'active' | 'completed' | 'failed' | 'discarded'
${jobErrorTypes}interface Job {
  id: string
  queueName: string
  data: unknown
  status: JobStatus
  progress: unknown
  result: unknown
  error: JobError | null
  attemptsMade: number
  maxAttempts: number
  createdAt: Date
  startedAt: Date | null
  finishedAt: Date | null
  delayedUntil: Date | null
  origin: JobOrigin | null
}
type JobEvent =
  | { type: 'active'; attempt: number }
  | { type: 'progress'; progress: unknown }
  | { type: 'retrying'; error: JobError | null; attemptsMade: number }
  | { type: 'completed'; result: unknown }
  | { type: 'failed'; error: JobError | null }
  | { type: 'discarded'; reason: string | undefined }
`
