import type { Contracts, QueueContract } from '../../runtime/contract.ts'
import type { ConfigModel, ProjectModel, QueueModel } from '../model.ts'
import { fingerprint } from './fingerprint.ts'
import { definitions, jsonSchema } from './json-schema.ts'

/** What producers and workers of the project agree on. */
export function contractsOf(model: ProjectModel): Contracts {
  const $defs = definitions(model.types)
  return {
    queues: Object.fromEntries(model.queues.map((queue) => [queue.name, contractOf(queue, $defs)])),
    $defs,
  }
}

/** The contracts as a file for other languages and tools. */
export function contractsText(contracts: Contracts): string {
  return `${JSON.stringify({ generatedBy: 'pikku generate', ...contracts }, null, 2)}\n`
}

function contractOf(queue: QueueModel, $defs: Contracts['$defs']): QueueContract {
  const { config, docs, tags } = queue
  const sides = { input: jsonSchema(queue.input), output: jsonSchema(queue.output) }
  return {
    ...sides,
    fingerprint: fingerprint(sides, $defs),
    defaults: knownValues(config, ['attempts', 'backoff', 'timeout', 'deadLetterQueue']),
    ...(Object.keys(docs).length > 0 && { docs }),
    ...(tags.length > 0 && { tags }),
  }
}

/** What a producer has to know of a worker's config, as far as the sources say it. */
function knownValues(config: ConfigModel, options: string[]): QueueContract['defaults'] {
  return Object.fromEntries(
    options.flatMap((option) => {
      const value = config[option]
      return value?.known ? [[option, value.value]] : []
    }),
  )
}
