import type { Contracts } from './contract.ts'
import { errorCodes, PikkuQueueError } from './errors.ts'
import type { Registry, Wiring } from './registry.ts'

/** Which of the wired queues a worker is for. */
export interface Selection {
  /** Only these queues; default all. */
  queues?: string[] | undefined
  /** Only queues with one of these tags; default all. */
  tags?: string[] | undefined
}

/**
 * @throws PikkuQueueError PKQ402 for a queue that nothing is wired to or that has no contract, PKQ505
 *   when none is left.
 */
export function selectWirings(
  registry: Registry,
  contracts: Contracts,
  { queues, tags }: Selection,
): Wiring[] {
  const all = registry.wirings()
  for (const queue of queues ?? []) {
    if (all.some((wiring) => wiring.queue === queue)) continue
    throw new PikkuQueueError(errorCodes.unknownQueue, `no function is wired to queue "${queue}"`, {
      hint: `Wired are: ${all.map((wiring) => wiring.queue).join(', ') || 'none'}.`,
    })
  }
  const named = all.filter((wiring) => !queues || queues.includes(wiring.queue))
  const selected = named.filter((wiring) => !tags || wiring.tags.some((tag) => tags.includes(tag)))
  if (selected.length === 0) throw nothingToDo(named, tags)
  refuseUncontracted(selected, contracts)
  return selected
}

function nothingToDo(named: readonly Wiring[], tags: string[] | undefined): PikkuQueueError {
  const names = named.map(({ queue }) => queue).join(', ')
  return new PikkuQueueError(errorCodes.nothingToDo, 'there is no queue to work on', {
    hint: names
      ? `Of ${names}, none has one of the tags ${tags?.join(', ') ?? ''}.`
      : 'Wire a function with wireQueueWorker({ queue, func }).',
  })
}

/** Without a contract no payload would fit, and every job would be lost to dead letters. */
function refuseUncontracted(wirings: readonly Wiring[], { queues }: Contracts): void {
  for (const { queue } of wirings) {
    if (Object.hasOwn(queues, queue)) continue
    throw new PikkuQueueError(errorCodes.unknownQueue, `queue "${queue}" has no contract`, {
      hint: 'The generated files are older than its wiring: run `npx pikku generate`.',
    })
  }
}
