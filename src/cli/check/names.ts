import { capabilities, type ProviderName } from '../../runtime/capabilities.ts'
import { queueNameForbidden, wiredTwice, type Diagnostic } from '../diagnostics.ts'
import type { Location, ProjectModel, QueueModel } from '../model.ts'

/** One function to a queue, and names that every chosen provider takes. */
export function checkNames(
  { queues }: ProjectModel,
  providers: readonly ProviderName[],
): Diagnostic[] {
  const first = new Map<string, QueueModel>()
  const diagnostics: Diagnostic[] = []
  for (const queue of queues) {
    const other = first.get(queue.name)
    if (other) {
      diagnostics.push(wiredTwice(queue.name, other.location, queue.location))
      continue
    }
    first.set(queue.name, queue)
    diagnostics.push(...forbidden(queue.name, providers, queue.location))
  }
  for (const { name, location } of deadLetterQueues(queues)) {
    if (!first.has(name)) diagnostics.push(...forbidden(name, providers, location))
  }
  return diagnostics
}

function deadLetterQueues(queues: readonly QueueModel[]): { name: string; location: Location }[] {
  return queues.flatMap(({ config: { deadLetterQueue } }) =>
    deadLetterQueue?.known && typeof deadLetterQueue.value === 'string'
      ? [{ name: deadLetterQueue.value, location: deadLetterQueue.location }]
      : [],
  )
}

function forbidden(
  name: string,
  providers: readonly ProviderName[],
  location: Location,
): Diagnostic[] {
  return [...forbiddenBy(name, providers)].map(([rule, names]) =>
    queueNameForbidden(name, names, rule, location),
  )
}

/** Providers that do not take the name, by the rule it breaks. */
function forbiddenBy(
  name: string,
  providers: readonly ProviderName[],
): Map<string, ProviderName[]> {
  const broken = new Map<string, ProviderName[]>()
  for (const provider of providers) {
    const { pattern, maxLength, rule } = capabilities[provider].queueNames
    if (pattern.test(name) && name.length <= maxLength) continue
    const words = `${rule}, at most ${maxLength} characters`
    broken.set(words, [...(broken.get(words) ?? []), provider])
  }
  return broken
}
