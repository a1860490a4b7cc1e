import type { WorkerOption } from './types.ts'

/**
 * What each provider can do, as data, without its SDK. The generate-time warnings, the log at the
 * worker's start, the client and the conformance suite all read this one table.
 */
export interface Capabilities {
  /** The provider's name for people. */
  label: string
  /** Per worker option: what it does here, or why it does nothing. */
  options: Record<WorkerOption, OptionSupport>
  /** Can a function's return value be read by the producer? */
  results: boolean
  status: boolean
  progress: boolean
  remove: boolean
  retry: boolean
  priority: boolean
  /** Does a job that is added twice under one id of the caller's run once? */
  jobId: boolean
  /** Largest job in bytes: what the queue carries, as JSON in UTF-8. Infinity: no practical limit. */
  maxJobBytes: number
  /** Longest `delay` of a job in milliseconds; Infinity for any. */
  maxDelayMs: number
  queueNames: QueueNameRule
}

export interface QueueNameRule {
  /** Matches every allowed name. */
  pattern: RegExp
  maxLength: number
  /** The rule in words. */
  rule: string
}

export type OptionSupport =
  { supported: true; meaning: string } | { supported: false; instead: string }

const yes = (meaning: string): OptionSupport => ({ supported: true, meaning })
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

const pgBoss: Capabilities = {
  label: 'pg-boss (PostgreSQL)',
  options: {
    ...coreOptions,
    batchSize: yes('jobs in flight per worker'),
    prefetch: yes('jobs fetched ahead in one query'),
    pollInterval: yes('milliseconds between polls; LISTEN/NOTIFY wakes the worker sooner'),
    visibilityTimeout: yes('seconds after which an unfinished job is given back, at least 10'),
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
  priority: true,
  jobId: true,
  maxJobBytes: Infinity,
  maxDelayMs: Infinity,
  queueNames: {
    // pg-boss's own rule (assertObjectName in its attorney.js, 12.38).
    pattern: /^[\w.\-/]+$/,
    maxLength: 255,
    rule: 'letters, digits, and . _ - / only',
  },
}

export const capabilities = {
  'pg-boss': pgBoss,
  embedded: { ...pgBoss, label: 'embedded (PostgreSQL started by pikku)' },
} satisfies Record<string, Capabilities>

export type ProviderName = keyof typeof capabilities

export const providerNames = Object.keys(capabilities).filter(isProviderName)

export function isProviderName(name: string): name is ProviderName {
  return Object.hasOwn(capabilities, name)
}
