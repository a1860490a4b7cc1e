import { isProviderName, providerNames, type ProviderName } from './capabilities.ts'
import { errorCodes, PikkuQueueError } from './errors.ts'

export interface ProviderChoice {
  name: ProviderName
  /** Why this one, for the start-up line: "--provider", "DATABASE_URL is set", … */
  because: string
}

/**
 * Chooses the provider, for the worker and the client alike: what was asked for, else the project's
 * config, else what the environment points at, else the embedded engine.
 * @throws PikkuQueueError PKQ604 for a name that is no provider.
 */
export function chooseProvider(from: {
  asked?: string | undefined
  configured?: string | undefined
  environment: Record<string, string | undefined>
}): ProviderChoice {
  if (from.asked !== undefined) return { name: known(from.asked), because: 'as asked' }
  if (from.configured !== undefined) {
    return { name: known(from.configured), because: 'by pikku.config.json' }
  }
  for (const [variable, name] of byVariable) {
    if (from.environment[variable]) return { name, because: `${variable} is set` }
  }
  return { name: 'embedded', because: 'no server is configured' }
}

/** In order: who runs Redis beside a database runs it for this. */
const byVariable: readonly [string, ProviderName][] = [
  ['REDIS_URL', 'bullmq'],
  ['DATABASE_URL', 'pg-boss'],
  ['SQS_QUEUE_URL_PREFIX', 'sqs'],
]

function known(name: string): ProviderName {
  if (isProviderName(name)) return name
  throw new PikkuQueueError(errorCodes.unknownProvider, `there is no provider "${name}"`, {
    hint: `Choose one of: ${providerNames.join(', ')}.`,
  })
}
