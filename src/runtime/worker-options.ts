import { defaultAttempts } from './defaults.ts'
import { errorCodes, PikkuQueueError } from './errors.ts'
import type { BackoffOptions, WorkerConfig, WorkerOption } from './types.ts'

/**
 * What values each worker option takes, as data: checked when the project is generated as far as the
 * values are known then, and at the worker's start for all of them.
 */
export const workerOptionRules: Record<WorkerOption, OptionRule> = {
  batchSize: { type: 'integer', min: 1, max: 1000 },
  prefetch: { type: 'integer', min: 0, max: 1000 },
  pollInterval: { type: 'number', min: 10, max: 3_600_000, unit: 'milliseconds' },
  visibilityTimeout: { type: 'number', min: 1, max: 43_200, unit: 'seconds' },
  lockDuration: { type: 'number', min: 1000, max: 43_200_000, unit: 'milliseconds' },
  drainDelay: { type: 'number', min: 0, max: 3600, unit: 'seconds' },
  removeOnComplete: { type: 'integer', min: 0, max: 10_000_000 },
  removeOnFail: { type: 'integer', min: 0, max: 10_000_000 },
  maxStalledCount: { type: 'integer', min: 0, max: 1000 },
  name: { type: 'string' },
  autorun: { type: 'boolean' },
  attempts: { type: 'integer', min: 1, max: 1000 },
  backoff: { type: 'backoff' },
  deadLetterQueue: { type: 'string' },
  timeout: { type: 'number', min: 1, max: 86_400_000, unit: 'milliseconds' },
}

export type OptionRule =
  | { type: 'integer' | 'number'; min: number; max: number; unit?: string }
  | { type: 'string' | 'boolean' | 'backoff' }

const backoffTypes = ['fixed', 'linear', 'exponential']
const longestWaitMs = 30 * 86_400_000

/** Why the value does not suit the option, in words that follow its name; null when it does. */
export function optionProblem(option: WorkerOption, value: unknown): string | null {
  const rule = workerOptionRules[option]
  switch (rule.type) {
    case 'integer':
    case 'number':
      return numberProblem(value, rule)
    case 'string':
      return typeof value === 'string' && value !== '' ? null : 'must be a string that is not empty'
    case 'boolean':
      return typeof value === 'boolean' ? null : 'must be true or false'
    case 'backoff':
      return backoffProblem(value)
  }
}

export function isWorkerOption(name: string): name is WorkerOption {
  return Object.hasOwn(workerOptionRules, name)
}

/** As `optionProblem`, for a backoff given with a worker or a job. */
export function backoffProblem(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) {
    return "must be an object such as { type: 'exponential', delay: 1000 }"
  }
  const {
    type,
    delay,
    maxDelay,
    jitter,
    ...unknown
  }: Partial<Record<keyof BackoffOptions, unknown>> = value
  const [stranger] = Object.keys(unknown)
  if (stranger !== undefined) return `has no "${stranger}"; it takes type, delay, maxDelay, jitter`
  if (typeof type !== 'string' || !backoffTypes.includes(type)) {
    const known = "'fixed', 'linear' or 'exponential'"
    return typeof type === 'string'
      ? `has no type "${type}"; it is ${known}`
      : `needs a type: ${known}`
  }
  const wait = { type: 'number', min: 0, max: longestWaitMs, unit: 'milliseconds' } as const
  for (const [name, part, rule] of [
    ['delay', delay, wait],
    ['maxDelay', maxDelay, wait],
    ['jitter', jitter, { type: 'number', min: 0, max: 1 }],
  ] as const) {
    const problem = part === undefined ? null : numberProblem(part, rule)
    if (problem) return `has a ${name} that is wrong: it ${problem}`
  }
  return null
}

export function numberProblem(
  value: unknown,
  rule: { type: 'integer' | 'number'; min: number; max: number; unit?: string },
): string | null {
  const fits =
    typeof value === 'number' &&
    (rule.type === 'number' ? Number.isFinite(value) : Number.isInteger(value)) &&
    value >= rule.min &&
    value <= rule.max
  if (fits) return null
  const kind = rule.type === 'integer' ? 'a whole number' : 'a number'
  return `must be ${kind}${rule.unit ? ` of ${rule.unit}` : ''} from ${rule.min} to ${rule.max}`
}

/** A worker's config with every default filled in, once. */
export interface ResolvedWorkerConfig {
  batchSize: number
  prefetch: number | undefined
  pollInterval: number
  visibilityTimeout: number
  lockDuration: number
  drainDelay: number
  removeOnComplete: number
  removeOnFail: number
  maxStalledCount: number | undefined
  name: string
  autorun: boolean
  attempts: number
  backoff: BackoffOptions
  deadLetterQueue: string | undefined
  timeout: number | undefined
}

export const defaultBackoff: BackoffOptions = { type: 'exponential', delay: 1000 }

/**
 * Checks a worker's config and fills in the defaults.
 * @throws PikkuQueueError PKQ406 for an unknown option or a value out of range.
 */
export function resolveWorkerConfig(queue: string, config: WorkerConfig): ResolvedWorkerConfig {
  for (const [option, value] of Object.entries(config)) {
    const problem = !isWorkerOption(option)
      ? 'is not an option of a queue worker'
      : value === undefined
        ? null
        : optionProblem(option, value)
    if (problem) {
      throw new PikkuQueueError(
        errorCodes.invalidOption,
        `queue "${queue}": ${option} ${problem}`,
        {
          hint: 'Correct it in the config of its wireQueueWorker call.',
        },
      )
    }
  }
  return {
    batchSize: config.batchSize ?? 10,
    prefetch: config.prefetch,
    pollInterval: config.pollInterval ?? 1000,
    visibilityTimeout: config.visibilityTimeout ?? 30,
    lockDuration: config.lockDuration ?? 30_000,
    // Short: a worker of SQS that stops waits for the long polls that are under way.
    drainDelay: config.drainDelay ?? 5,
    removeOnComplete: config.removeOnComplete ?? 1000,
    removeOnFail: config.removeOnFail ?? 5000,
    maxStalledCount: config.maxStalledCount,
    name: config.name ?? queue,
    autorun: config.autorun ?? true,
    attempts: config.attempts ?? defaultAttempts,
    backoff: config.backoff ?? defaultBackoff,
    deadLetterQueue: config.deadLetterQueue,
    timeout: config.timeout,
  }
}
