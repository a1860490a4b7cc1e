import { capabilities, type ProviderName } from '../../runtime/capabilities.ts'
import {
  deadLetterCycle,
  deadLetterMismatch,
  deadLetterOrder,
  type Diagnostic,
} from '../diagnostics.ts'
import type { Location, ProjectModel, QueueModel } from '../model.ts'

interface Link {
  to: string
  location: Location
}

/**
 * A dead letter queue may lead on to another, but never back to itself (one complaint a cycle), and its
 * function, if it has one, has to take the payload.
 */
export function checkDeadLetters(
  { queues }: ProjectModel,
  providers: readonly ProviderName[],
): Diagnostic[] {
  const links = new Map<string, Link>()
  for (const queue of queues) {
    const target = queue.config.deadLetterQueue
    if (!target?.known || typeof target.value !== 'string') continue
    links.set(queue.name, { to: target.value, location: target.location })
  }
  const walked = new Set<string>()
  const cycles = [...links.keys()].flatMap((start) => {
    const cycle = findCycle(start, links, walked)
    const [first] = cycle
    const link = first === undefined ? undefined : links.get(first)
    return link ? [deadLetterCycle(cycle, link.location)] : []
  })
  return [...cycles, ...mismatches(queues, links), ...mixedOrders(links, providers)]
}

/** Where a queue may keep strict order, its dead letter queue has to do the same. */
function mixedOrders(links: Map<string, Link>, providers: readonly ProviderName[]): Diagnostic[] {
  return providers.flatMap((provider) => {
    const { fifo, label } = capabilities[provider]
    if (!fifo) return []
    return [...links]
      .filter(([name, { to }]) => name.endsWith(fifo.suffix) !== to.endsWith(fifo.suffix))
      .map(([name, { to, location }]) => deadLetterOrder(name, to, label, fifo.suffix, location))
  })
}

function mismatches(queues: readonly QueueModel[], links: Map<string, Link>): Diagnostic[] {
  const inputs = new Map(queues.map(({ name, input }) => [name, input]))
  const textOf = (name: string) => JSON.stringify(inputs.get(name))
  return [...links].flatMap(([name, { to, location }]) => {
    const fits = [undefined, takesAnything, textOf(name)].includes(textOf(to))
    return fits ? [] : [deadLetterMismatch(name, to, location)]
  })
}

const takesAnything = JSON.stringify({ kind: 'unknown' })

/**
 * Follows the links from `start` on. Returns the cycle they run into, its first queue again at the
 * end; empty when there is none, or it was met before.
 * @param walked queues that an earlier walk went through; added to
 */
function findCycle(start: string, links: Map<string, Link>, walked: Set<string>): string[] {
  const path: string[] = []
  let queue: string | undefined = start
  while (queue !== undefined && !walked.has(queue)) {
    walked.add(queue)
    path.push(queue)
    queue = links.get(queue)?.to
  }
  return queue !== undefined && path.includes(queue)
    ? [...path.slice(path.indexOf(queue)), queue]
    : []
}
