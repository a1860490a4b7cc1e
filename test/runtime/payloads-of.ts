import { definitions, jsonSchema } from '../../src/cli/render/json-schema.ts'
import { createPayloads, type Payloads } from '../../src/runtime/payload.ts'
import { Sources } from '../cli/types/expand-source.ts'

const anything = {}

/** Payloads of queues whose input is written in TypeScript, by the names of the queues. */
export function payloadsOf(types: Record<string, string>, declarations = ''): Payloads {
  const sources = new Sources()
  const names = Object.keys(types)
  const files = names.map((name) =>
    sources.add(`${declarations}\nexport declare const payload: ${types[name]}`),
  )
  const { models, types: named, diagnostics } = sources.expand(files)
  if (diagnostics.length > 0) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  const queues = names.map((name, index) => {
    const model = models[index]
    const input = model ? jsonSchema(model) : anything
    return [name, { input, output: input, defaults: {} }] as const
  })
  return createPayloads({ queues: Object.fromEntries(queues), $defs: definitions(named) })
}
