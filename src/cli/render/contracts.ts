import type { Contracts, QueueContract } from '../../runtime/contract.ts'
import { contractOptions } from '../contract-options.ts'
import type { ConfigModel, ProjectModel, QueueModel } from '../model.ts'
import { recordOf } from '../record-of.ts'
import { remembered } from '../remember.ts'
import { escapeUnsafe, stringLiteral } from './escape.ts'
import { fingerprint } from './fingerprint.ts'
import { definitions, jsonSchema } from './json-schema.ts'

/** What producers and workers of the project agree on. */
export function contractsOf(model: ProjectModel): Contracts {
  const $defs = definitions(model.types)
  return {
    queues: recordOf(model.queues.map((queue) => [queue.name, contractOf(queue, $defs)])),
    $defs,
  }
}

/** The contracts as a file for other languages and tools; what its schemas refer to is at its root. */
export function contractsText({ queues, $defs }: Contracts): string {
  return `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "generatedBy": "pikku generate",
  "queues": ${recordText(queues)},
  "$defs": ${recordText($defs)}
}
`
}

/** As JSON, two deep, with what is printed of each value kept. */
function recordText(record: Readonly<Record<string, object>>): string {
  const entries = Object.entries(record)
  if (entries.length === 0) return '{}'
  const lines = entries.map(([name, value]) => `    ${stringLiteral(name)}: ${valueText(value)}`)
  return `{\n${lines.join(',\n')}\n  }`
}

/** As it is printed two deep, without what it is in there. */
const valueText = remembered((value: object) => {
  const [before, after] = ['[\n  [\n    ', '\n  ]\n]']
  return escapeUnsafe(JSON.stringify([[value]], null, 2).slice(before.length, -after.length))
})

function contractOf(queue: QueueModel, $defs: Contracts['$defs']): QueueContract {
  const known = contracts.get(queue)
  const sides = sidesOf(queue)
  const print = fingerprint(sides, $defs)
  if (known?.fingerprint === print) return known
  const contract = makeContract(queue, sides, print)
  contracts.set(queue, contract)
  return contract
}

/** The same objects again for queues that are the same: what is printed of them is kept. */
const contracts = new WeakMap<QueueModel, QueueContract>()
const sidesOf = remembered(({ input, output, progress }: QueueModel) => ({
  input: jsonSchema(input),
  output: jsonSchema(output),
  ...(progress && { progress: jsonSchema(progress) }),
}))

function makeContract(
  { config, docs, tags }: QueueModel,
  sides: ReturnType<typeof sidesOf>,
  print: string,
): QueueContract {
  return {
    ...sides,
    fingerprint: print,
    defaults: knownValues(config, contractOptions),
    ...(Object.keys(docs).length > 0 && { docs }),
    ...(tags.length > 0 && { tags }),
  }
}

/** What a producer has to know of a worker's config, as far as the sources say it. */
function knownValues(config: ConfigModel, options: readonly string[]): QueueContract['defaults'] {
  return Object.fromEntries(
    options.flatMap((option) => {
      const value = config[option]
      return value?.known ? [[option, value.value]] : []
    }),
  )
}
