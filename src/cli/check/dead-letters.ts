import { deadLetterCycle, type Diagnostic } from '../diagnostics.ts'
import type { Location, ProjectModel } from '../model.ts'

interface Link {
  to: string
  location: Location
}

/** A dead letter queue may lead on to another, but never back to itself. One complaint a cycle. */
export function checkDeadLetters({ queues }: ProjectModel): Diagnostic[] {
  const links = new Map<string, Link>()
  for (const queue of queues) {
    const target = queue.config.deadLetterQueue
    if (!target?.known || typeof target.value !== 'string') continue
    links.set(queue.name, { to: target.value, location: target.location })
  }
  const walked = new Set<string>()
  return [...links.keys()].flatMap((start) => {
    const cycle = findCycle(start, links, walked)
    const [first] = cycle
    const link = first === undefined ? undefined : links.get(first)
    return link ? [deadLetterCycle(cycle, link.location)] : []
  })
}

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
