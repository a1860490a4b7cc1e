import type { RetryDefaults } from './contract.ts'
import { defaultAttempts } from './defaults.ts'
import type { Envelope } from './envelope.ts'
import { errorCodes, PikkuQueueError } from './errors.ts'
import { kindOfTransaction } from './transaction.ts'
import type { JobOptions } from './types.ts'
import { backoffProblem, numberProblem, optionProblem } from './worker-options.ts'

/** A job's options, checked and with the contract's defaults: what a producer decides. */
export interface ResolvedJobOptions {
  id: string | undefined
  delayMs: number
  priority: number
  attempts: number
  group: string | undefined
  envelope: Envelope
}

const namedPriorities = { low: -10, normal: 0, high: 10 }
/** A 32-bit integer on every backend, with room to negate. */
const priorityRule = { type: 'integer', min: -1_000_000, max: 1_000_000 } as const
const tenYearsMs = 10 * 365 * 86_400_000

const checks: Record<keyof JobOptions, (value: unknown) => string | null> = {
  jobId: (value) =>
    typeof value === 'string' && value.length >= 1 && value.length <= 255
      ? null
      : 'must be a string of 1 to 255 characters',
  delay: (value) =>
    numberProblem(value, { type: 'number', min: 0, max: tenYearsMs, unit: 'milliseconds' }),
  priority: (value) =>
    typeof value === 'string' && Object.hasOwn(namedPriorities, value)
      ? null
      : numberProblem(value, priorityRule) && "must be 'low', 'normal', 'high' or a whole number",
  attempts: (value) => optionProblem('attempts', value),
  retries: (value) => numberProblem(value, { type: 'integer', min: 0, max: 999 }),
  backoff: backoffProblem,
  timeout: (value) => optionProblem('timeout', value),
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
  group: (value) =>
    typeof value === 'string' && /^[!-~]{1,128}$/.test(value)
      ? null
      : 'must be a string of 1 to 128 letters, digits and punctuation of ASCII',
  tx: (value) =>
    kindOfTransaction(value) === undefined
      ? 'must be a transaction of Drizzle, Knex, Kysely or Prisma, or a client of pg (not a pool)'
      : null,
}

/** @throws PikkuQueueError PKQ406 for an unknown option, a value out of range, or a contradiction. */
export function resolveJobOptions(
  queue: string,
  options: JobOptions,
  defaults: RetryDefaults,
  maxDelayMs: number,
): ResolvedJobOptions {
  for (const [option, value] of Object.entries(options)) {
    const problem = !isJobOption(option)
      ? `is not an option of a job; there are ${Object.keys(checks).join(', ')}`
      : value === undefined
        ? null
        : checks[option](value)
    if (problem) throw invalid(queue, `${option} ${problem}`)
  }
  const { retries, attempts, delay = 0, priority = 'normal' } = options
  if (retries !== undefined && attempts !== undefined && attempts !== retries + 1) {
    throw invalid(queue, `attempts ${attempts} and retries ${retries} contradict each other`)
  }
  if (delay > maxDelayMs) {
    throw invalid(queue, `delay is at most ${maxDelayMs} milliseconds on this queue`)
  }
  const envelope: Envelope = {}
  if (options.backoff) envelope.backoff = options.backoff
  if (options.timeout !== undefined) envelope.timeout = options.timeout
  return {
    id: options.jobId,
    delayMs: delay,
    priority: typeof priority === 'number' ? priority : namedPriorities[priority],
    attempts:
      attempts ?? (retries === undefined ? (defaults.attempts ?? defaultAttempts) : retries + 1),
    group: options.group,
    envelope,
  }
}

function isJobOption(name: string): name is keyof JobOptions {
  return Object.hasOwn(checks, name)
}

function invalid(queue: string, problem: string): PikkuQueueError {
  return new PikkuQueueError(errorCodes.invalidOption, `adding to queue "${queue}": ${problem}`)
}
