import { providerNames, type ProviderName } from '../../runtime/capabilities.ts'
import type { SettingsByProvider } from '../../runtime/connection-settings.ts'
import type { Contracts, FunctionDocs } from '../../runtime/contract.ts'
import type { ProjectModel, QueueModel, TypeModel } from '../model.ts'
import { remembered } from '../remember.ts'
import { dataText, keyText } from './data-text.ts'
import { docComment, propertyName } from './escape.ts'
import { annotationText, namedTypeText } from './typescript-text.ts'

/** The view of `pikku-queue.gen.ts`. */
export function clientView(
  model: ProjectModel,
  contracts: Contracts,
  {
    configured,
    connection,
  }: { configured: ProviderName | undefined; connection: SettingsByProvider },
): Record<string, unknown> {
  return {
    configured: dataText(configured),
    settings: Object.keys(connection).length > 0 && dataText(connection),
    provider: dataText(configured ?? 'any'),
    definitions: Object.entries(contracts.$defs).map(([name, schema]) => ({
      key: keyText(name),
      schema: textOfData(schema),
    })),
    providers: providerNames.map((name) => ({ name, entryPoint: `pikku-queue/${name}` })),
    queues: model.queues.map((queue) => queueView(queue, contracts)),
    types: model.types.map(textOfNamed),
  }
}

function queueView({ name, docs, input, output, progress }: QueueModel, { queues }: Contracts) {
  const contract = queues[name]
  return {
    name: propertyName(name),
    comment: commentOf(docs),
    input: textOfSide(input),
    output: textOfSide(output),
    progress: progress && textOfSide(progress),
    key: keyText(name),
    contract: contract && textOfData(contract),
    // TypeScript takes a property called `constructor` for the one that every object has.
    type: name in Object.prototype ? ' satisfies Contracts["queues"][string]' : '',
  }
}

const textOfNamed = remembered(namedTypeText)
const textOfData = remembered(dataText)
const textOfSide = remembered((type: TypeModel) => indented(annotationText(type), 4))

const commentOf = remembered((docs: FunctionDocs) => indented(docComment(docText(docs)), 2))

function docText({ summary, description, errors = [] }: FunctionDocs): string {
  const failures = errors.length > 0 ? `Fails with ${errors.join(', ')}.` : undefined
  return [summary, description, failures].filter((part) => part !== undefined).join('\n\n')
}

/** All lines but the first, which the template indents. */
function indented(text: string, by: number): string {
  return text.replace(/\n(?=.)/g, `\n${' '.repeat(by)}`)
}
