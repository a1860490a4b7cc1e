import type { Capabilities } from '../runtime/capabilities.ts'
import type { Contracts, JsonSchema, QueueContract } from '../runtime/contract.ts'

/** A queue of the board, and what is known of it without asking the backend. */
export interface BoardQueue {
  name: string
  description: string
  /** Undefined for a dead letter queue that no function is wired to. */
  contract?: QueueContract
  /** Of the payload, whole. */
  schema?: JsonSchema
}

/** The project's queues by name, each followed by its dead letter queue when that is not one of them. */
export function boardQueues(contracts: Contracts, capabilities: Capabilities): BoardQueue[] {
  const wired = Object.entries(contracts.queues).map(([name, contract]): BoardQueue => ({
    name,
    contract,
    description: sentences(
      contract.docs?.summary,
      contract.docs?.description,
      ...(contract.docs?.errors ?? []).map((error) => `Fails with: ${error}`),
      contract.tags?.length ? `Tags: ${contract.tags.join(', ')}` : undefined,
      deadLettersGo(contract),
      deadLettersOf(contracts, name),
      limits(capabilities),
    ),
    schema: { ...contract.input, $defs: contracts.$defs },
  }))
  return wired.flatMap((queue) => [queue, ...ownDeadLetterQueue(queue, contracts, capabilities)])
}

function ownDeadLetterQueue(
  { name, contract }: BoardQueue,
  contracts: Contracts,
  capabilities: Capabilities,
): BoardQueue[] {
  const target = contract?.defaults.deadLetterQueue
  if (target === undefined || Object.hasOwn(contracts.queues, target)) return []
  // Several queues may share one; it stands beside the first.
  if (sourcesOf(contracts, target)[0] !== name) return []
  const description = sentences(deadLettersOf(contracts, target), limits(capabilities))
  return [{ name: target, description }]
}

const sourcesOf = ({ queues }: Contracts, target: string): string[] =>
  Object.keys(queues).filter((name) => queues[name]?.defaults.deadLetterQueue === target)

function deadLettersOf(contracts: Contracts, name: string): string | undefined {
  const sources = sourcesOf(contracts, name)
  return sources.length > 0 ? `Dead letters of ${sources.join(', ')}` : undefined
}

const deadLettersGo = ({ defaults: { deadLetterQueue } }: QueueContract): string | undefined =>
  deadLetterQueue === undefined ? undefined : `Dead letters go to ${deadLetterQueue}`

/** What one would look for in vain. */
const limits = ({ status, label }: Capabilities): string | undefined =>
  status ? undefined : `${label} shows no single jobs, and its numbers are approximate`

function sentences(...parts: (string | undefined)[]): string {
  return parts
    .map((part) => part?.trim() ?? '')
    .filter((part) => part !== '')
    .map((part) => (/[.!?]$/.test(part) ? part : `${part}.`))
    .join(' ')
}
