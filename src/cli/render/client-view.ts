import { providerNames, type ProviderName } from '../../runtime/capabilities.ts'
import type { FunctionDocs, QueueContract } from '../../runtime/contract.ts'
import type { ConfigModel, ProjectModel, QueueModel } from '../model.ts'
import { dataText, keyText } from './data-text.ts'
import { docComment, propertyName } from './escape.ts'
import { definitions, jsonSchema } from './json-schema.ts'
import { namedTypeText, typeText } from './typescript-text.ts'

/** The view of `pikku-queue.gen.ts`. */
export function clientView(
  model: ProjectModel,
  configured: ProviderName | undefined,
): Record<string, unknown> {
  return {
    configured: dataText(configured),
    definitions: dataText(definitions(model.types), 2, '  $defs: '.length),
    providers: providerNames.map((name) => ({ name, entryPoint: `pikku-queue/${name}` })),
    queues: model.queues.map(queueView),
    types: model.types.map(namedTypeText),
  }
}

function queueView(queue: QueueModel) {
  const { name, docs, input, output } = queue
  const key = keyText(name)
  return {
    name: propertyName(name),
    comment: indented(docComment(docText(docs)), 2),
    input: indented(typeText(input), 4),
    output: indented(typeText(output), 4),
    key,
    contract: dataText(contractOf(queue), 4, 4 + `${key}: `.length),
    // TypeScript takes a property called `constructor` for the one that every object has.
    type: name in Object.prototype ? ' satisfies Contracts["queues"][string]' : '',
  }
}

function docText({ summary, description, errors = [] }: FunctionDocs): string {
  const failures = errors.length > 0 ? `Fails with ${errors.join(', ')}.` : undefined
  return [summary, description, failures].filter((part) => part !== undefined).join('\n\n')
}

/** All lines but the first, which the template indents. */
function indented(text: string, by: number): string {
  return text.replace(/\n(?=.)/g, `\n${' '.repeat(by)}`)
}

function contractOf({ input, output, config, docs, tags }: QueueModel): QueueContract {
  return {
    input: jsonSchema(input),
    output: jsonSchema(output),
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
