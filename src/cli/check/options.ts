import { capabilities, nearestTaken, type ProviderName } from '../../runtime/capabilities.ts'
import type { WorkerOption } from '../../runtime/types.ts'
import { isWorkerOption, optionProblem, workerOptionRules } from '../../runtime/worker-options.ts'
import {
  badOptionValue,
  optionIgnored,
  optionLimited,
  unknownOption,
  type Diagnostic,
} from '../diagnostics.ts'
import { nearest } from '../did-you-mean.ts'
import type { QueueModel } from '../model.ts'

const options = Object.keys(workerOptionRules)

/** What other libraries call it, and we elsewhere. */
const otherNames: Record<string, WorkerOption> = {
  concurrency: 'batchSize',
  teamSize: 'batchSize',
  retries: 'attempts',
  retryLimit: 'attempts',
  maxRetries: 'attempts',
  deadLetter: 'deadLetterQueue',
  dlq: 'deadLetterQueue',
}

/** Known options, values in range, and a warning for each that a chosen provider does nothing with. */
export function checkOptions(queue: QueueModel, providers: readonly ProviderName[]): Diagnostic[] {
  return Object.entries(queue.config).flatMap(([option, value]) => {
    if (!isWorkerOption(option)) {
      const guess = Object.hasOwn(otherNames, option)
        ? otherNames[option]
        : nearest(option, options)
      return [unknownOption(queue.name, option, guess ?? null, options, value.location)]
    }
    const problem = value.known ? optionProblem(option, value.value) : null
    if (problem !== null) return [badOptionValue(queue.name, option, problem, value.location)]
    const ignored = [...ignoredBy(option, providers)].map(([instead, names]) =>
      optionIgnored(queue.name, option, names, instead, value.location),
    )
    const limited = !value.known
      ? []
      : providers.flatMap((provider) => {
          const taken = valueTaken(option, value.value, provider)
          return taken === value.value
            ? []
            : [optionLimited(queue.name, option, provider, taken, value.location)]
        })
    return [...ignored, ...limited]
  })
}

/** The value itself, or what the provider makes of it. */
function valueTaken(option: WorkerOption, value: unknown, provider: ProviderName): unknown {
  const support = capabilities[provider].options[option]
  return typeof value === 'number' ? nearestTaken(support, value) : value
}

/** Providers that do nothing with the option, by what to use instead. */
function ignoredBy(
  option: WorkerOption,
  providers: readonly ProviderName[],
): Map<string, ProviderName[]> {
  const found = new Map<string, ProviderName[]>()
  for (const provider of providers) {
    const support = capabilities[provider].options[option]
    if (support.supported) continue
    found.set(support.instead, [...(found.get(support.instead) ?? []), provider])
  }
  return found
}
