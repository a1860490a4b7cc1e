import type { WorkerOption } from './types.ts'

/**
 * What each provider can do, as data, without its SDK. The generate-time warnings, the log at the
 * worker's start, the client and the conformance suite all read this one table.
 */
export interface Capabilities {
  /** The provider's name for people. */
  label: string
  /** What traces call it; default: the provider's name. */
  messagingSystem?: string
  /** Per worker option: what it does here, or why it does nothing. */
  options: Record<WorkerOption, OptionSupport>
  /** Can a function's return value be read by the producer? */
  results: boolean
  status: boolean
  progress: boolean
  remove: boolean
  retry: boolean
  /** Can an operator pause a queue, for all of its workers? */
  pause: boolean
  priority: boolean
  /** Does a job that is added twice under one id of the caller's run once? */
  jobId: boolean
  /** Do the jobs of one `group` run in order, one at a time? */
  group: boolean
  /** Can a job be stored inside a transaction of the caller's? */
  transactions: boolean
  /** Largest job in bytes: what the queue carries, as JSON in UTF-8. Infinity: no practical limit. */
  maxJobBytes: number
  /** Longest `delay` of a job in milliseconds; Infinity for any. */
  maxDelayMs: number
  queueNames: QueueNameRule
  /** What is different on the queues that keep strict order; null where there are none. */
  fifo: FifoRule | null
}

export interface FifoRule {
  /** The end of such a queue's name. */
  suffix: string
  can: Partial<Pick<Capabilities, 'jobId' | 'group' | 'maxDelayMs'>>
}

export interface QueueNameRule {
  /** Matches every allowed name. */
  pattern: RegExp
  maxLength: number
  /** The rule in words. */
  rule: string
}

export type OptionSupport =
  | {
      supported: true
      meaning: string
      /** What it takes of the option's own range; the nearest value is used for others. */
      limits?: { min?: number; max?: number }
    }
  | { supported: false; instead: string }

const yes = (meaning: string, limits: { min?: number; max?: number } = {}): OptionSupport => ({
  supported: true,
  meaning,
  limits,
})
const no = (instead: string): OptionSupport => ({ supported: false, instead })

/** Decided in the core, and so the same everywhere. */
const coreOptions = {
  name: yes('name of the worker in logs and in the backend'),
  autorun: yes('false: set up, but process nothing until started'),
  attempts: yes('runs in total'),
  backoff: yes('wait between attempts'),
  deadLetterQueue: yes('receives the jobs that failed for good'),
  timeout: yes('milliseconds one attempt may take'),
} satisfies Partial<Record<WorkerOption, OptionSupport>>

const pgBoss = {
  label: 'pg-boss (PostgreSQL)',
  options: {
    ...coreOptions,
    batchSize: yes('jobs in flight per worker'),
    prefetch: yes('jobs fetched ahead in one query'),
    pollInterval: yes('milliseconds between polls; LISTEN/NOTIFY wakes the worker sooner'),
    visibilityTimeout: yes('seconds after which an unfinished job is given back', { min: 10 }),
    lockDuration: no('pg-boss has no lock; use visibilityTimeout'),
    drainDelay: no('pg-boss does not long-poll; use pollInterval'),
    removeOnComplete: yes('completed jobs to keep, trimmed from time to time'),
    removeOnFail: yes('failed jobs to keep, trimmed from time to time'),
    maxStalledCount: no('a crash counts as one attempt; use attempts'),
  },
  results: true,
  status: true,
  progress: true,
  remove: true,
  retry: true,
  pause: true,
  priority: true,
  jobId: true,
  group: false,
  transactions: true,
  maxJobBytes: Infinity,
  maxDelayMs: Infinity,
  queueNames: {
    // pg-boss's own rule (assertObjectName in its attorney.js, 12.38).
    pattern: /^[\w.\-/]+$/,
    maxLength: 255,
    rule: 'letters, digits, and . _ - / only',
  },
  fifo: null,
} as const satisfies Capabilities

const bullmq = {
  label: 'BullMQ (Redis)',
  options: {
    ...coreOptions,
    batchSize: yes('jobs in flight per worker'),
    prefetch: no('BullMQ fetches a job for each free slot; use batchSize'),
    pollInterval: no('Redis hands jobs out as they come'),
    visibilityTimeout: no('BullMQ locks jobs; use lockDuration'),
    lockDuration: yes('milliseconds a job stays locked, renewed while it runs'),
    drainDelay: yes('seconds of one blocking wait for a job', { min: 0.1 }),
    removeOnComplete: yes('completed jobs to keep'),
    removeOnFail: yes('failed jobs to keep'),
    maxStalledCount: yes('times a job may be taken over from a dead worker before it fails'),
  },
  results: true,
  status: true,
  progress: true,
  remove: true,
  retry: true,
  pause: true,
  priority: true,
  jobId: true,
  group: false,
  transactions: false,
  maxJobBytes: Infinity,
  maxDelayMs: Infinity,
  queueNames: {
    // A colon parts the names of Redis keys; BullMQ refuses it (queue-base.js, 6.7).
    pattern: /^[^:]+$/,
    maxLength: 255,
    rule: 'anything but a colon',
  },
  fifo: null,
} as const satisfies Capabilities

// Limits: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
const sqs = {
  label: 'AWS SQS',
  messagingSystem: 'aws_sqs',
  options: {
    ...coreOptions,
    name: yes('name of the worker in logs'),
    batchSize: yes('jobs in flight per worker'),
    prefetch: yes('messages received ahead'),
    pollInterval: yes('milliseconds from one empty receive to the next, at least'),
    visibilityTimeout: yes('seconds of invisibility, extended while the job runs'),
    lockDuration: no('SQS has no lock; use visibilityTimeout'),
    drainDelay: yes('seconds of one long poll', { max: 20 }),
    removeOnComplete: no('SQS keeps no finished jobs'),
    removeOnFail: no('SQS keeps no finished jobs; use deadLetterQueue'),
    maxStalledCount: no('a crash counts as one attempt; use attempts'),
  },
  results: false,
  status: false,
  progress: false,
  remove: false,
  retry: false,
  pause: false,
  priority: false,
  jobId: false,
  group: false,
  transactions: false,
  // One MiB, less what tells of the job beside it.
  maxJobBytes: 1_048_576 - 4_096,
  maxDelayMs: 900_000,
  queueNames: {
    pattern: /^[\w-]+(\.fifo)?$/,
    maxLength: 80,
    rule: 'letters, digits, _ and - only, .fifo at the end for strict order',
  },
  fifo: { suffix: '.fifo', can: { jobId: true, group: true, maxDelayMs: 0 } },
} as const satisfies Capabilities

export const capabilities = {
  bullmq,
  'pg-boss': pgBoss,
  sqs,
  embedded: {
    ...pgBoss,
    label: 'embedded (PostgreSQL started by pikku)',
    messagingSystem: 'pg-boss',
  },
} as const satisfies Record<string, Capabilities>

export type ProviderName = keyof typeof capabilities

export const providerNames = Object.keys(capabilities).filter(isProviderName)

export function isProviderName(name: string): name is ProviderName {
  return Object.hasOwn(capabilities, name)
}

/** The value itself, or the nearest that the provider takes for the option. */
export function nearestTaken(support: OptionSupport, value: number): number {
  const { min = -Infinity, max = Infinity } = (support.supported && support.limits) || {}
  return Math.min(Math.max(value, min), max)
}

/** What the provider can do on this queue. */
export function capabilitiesOn(queue: string, capabilities: Capabilities): Capabilities {
  const { fifo } = capabilities
  const isFifo = fifo !== null && queue.endsWith(fifo.suffix)
  return isFifo ? { ...capabilities, ...fifo.can } : capabilities
}
