import type { Contracts, JsonSchema } from '../runtime/contract.ts'
import { unwrap } from '../runtime/envelope.ts'
import { isRecord } from '../runtime/plain-json.ts'
import type { StoredJob } from '../runtime/provider.ts'
import type { PathPattern } from './path-pattern.ts'
import { patternsBelow } from './path-pattern.ts'
import { alternatives, elementSchemas, innermost, propertySchemas } from './schema-nodes.ts'
import { sensitiveNames } from './sensitive-names.ts'

/** What stands in the place of what is hidden. */
export const mark = '[redacted]'

type CarryingJob = Pick<StoredJob, 'queueName' | 'data' | 'origin' | 'result' | 'progress'>

/** What a job carries, without what is sensitive in it; the payload as it travels, out of our envelope. */
export interface Shown {
  payload: unknown
  result: unknown
  /** What is sensitive in payload or result is so here, too, under its name: it may have no type. */
  progress: unknown
}

export type Redactor = (job: CarryingJob) => Shown

/**
 * @param contracts whose schemas say `x-sensitive` of what is marked `@sensitive` in the sources
 * @param patterns what else is hidden, in payloads, results and progress of all queues
 */
export function createRedactor(
  contracts: Contracts,
  patterns: readonly PathPattern[] = [],
): Redactor {
  const { $defs } = contracts
  return (job) => {
    const { payload, envelope } = unwrap(job.data)
    const { sources = [] } = envelope
    const queues = [job.queueName, ...(job.origin ? [job.origin.queueName] : []), ...sources]
    const inputs = payloadQueues(contracts, queues).map(
      (name) => contracts.queues[name]?.input ?? {},
    )
    const own = contractOf(contracts, job.queueName)
    const outputs = [own?.output ?? {}]
    const names = sensitiveNames([...inputs, ...outputs], $defs)
    const named = names.map((name) => ['**', name])
    return {
      payload: hide(payload, inputs, patterns, $defs),
      result: hide(job.result, outputs, patterns, $defs),
      progress: hide(job.progress, [own?.progress ?? {}], [...patterns, ...named], $defs),
    }
  }
}

const contractOf = ({ queues }: Contracts, queue: string) =>
  Object.hasOwn(queues, queue) ? queues[queue] : undefined

/** The queues whose payloads come to lie in these: their own, and those they have the dead letters of. */
function payloadQueues({ queues }: Contracts, names: readonly string[]): string[] {
  const found = new Set(names)
  for (const target of found) {
    for (const [name, { defaults }] of Object.entries(queues)) {
      if (defaults.deadLetterQueue === target) found.add(name)
    }
  }
  return [...found].filter((name) => Object.hasOwn(queues, name))
}

/** JSON that is nested deeper is not looked through, and so not shown. */
const maxDepth = 200

/**
 * Goes by the places in the schemas alone, never by whether the value fits: a job of an older version is
 * hidden wherever a property of that name is sensitive now, under any member of a union.
 */
function hide(
  json: unknown,
  schemas: readonly JsonSchema[],
  patterns: readonly PathPattern[],
  definitions: Contracts['$defs'],
  depth = 0,
): unknown {
  const nodes = alternatives(schemas, definitions)
  if (depth > maxDepth || nodes.some(isSensitive)) return mark
  if (Array.isArray(json)) {
    return json.map((element, index) =>
      hide(element, elementSchemas(nodes, index), patterns, definitions, depth + 1),
    )
  }
  const inside = innermost(nodes, definitions)
  // A list of what is sensitive, once, and now one of it.
  if (inside.some(isSensitive)) return mark
  if (!isRecord(json)) return json
  return Object.fromEntries(
    Object.entries(json).map(([key, value]) => {
      const below = patternsBelow(patterns, key)
      if (below.some(({ length }) => length === 0)) return [key, mark]
      return [key, hide(value, propertySchemas(inside, key), below, definitions, depth + 1)]
    }),
  )
}

const isSensitive = (schema: JsonSchema): boolean => schema['x-sensitive'] === true

/** Whether something of the value is a mark, which must not get back into a queue. */
export function holdsMark(json: unknown): boolean {
  if (json === mark) return true
  if (typeof json !== 'object' || json === null) return false
  return Object.values(json).some(holdsMark)
}
