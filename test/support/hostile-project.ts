import fc from 'fast-check'
import type { ProjectModel, QueueModel, TypeModel } from '../../src/cli/model.ts'
import { anyName, anyText } from './arbitrary-text.ts'

/** Texts that a queue has places for. */
export const textsOfQueue = 10

/** A project that has each of the texts in one of the places where a text of the user's goes. */
export function hostileProject(texts: readonly string[]): ProjectModel {
  const queues = Array.from({ length: texts.length / textsOfQueue }, (_, at) => {
    return queueOf(texts.slice(at * textsOfQueue, (at + 1) * textsOfQueue), at)
  })
  const paths = texts.slice(0, queues.length).map(pathOf)
  const [file = ''] = paths
  const services = {
    createConfig: null,
    createSingletonServices: { file, exportName: 'createSingletonServices' },
    createSessionServices: null,
    singletonInterface: null,
    sessionInterface: null,
  }
  return { queues, services, wiringFiles: paths, types: [] }
}

function queueOf(texts: readonly string[], at: number): QueueModel {
  const [name = '', summary, description, error, tag, key = '', about, value, one, other] = texts
  const location = { file: pathOf(name, at), line: 1, column: 1 }
  const literal = (text = ''): TypeModel => ({ kind: 'literal', value: text })
  const members = [literal(one), literal(other)]
  const property = (type: TypeModel) => ({
    name: key,
    type,
    optional: false,
    readonly: false,
    description: about ?? '',
  })
  return {
    name: `${at}${name}`,
    location,
    functionName: name,
    functionLocation: location,
    input: { kind: 'object', properties: [property({ kind: 'union', members })], index: null },
    output: literal(value),
    progress: null,
    docs: { summary: summary ?? '', description: description ?? '', errors: [error ?? ''] },
    tags: [tag ?? ''],
    config: { deadLetterQueue: { known: true, value: name, location } },
    asksForSession: null,
  }
}

/** What is left of a text as the name of a file. */
const pathOf = (text: string, at: number): string =>
  `src/${at}${text.replace(/[/\\\0]|\p{Cs}/gu, '')}.ts`

/** Texts for a project of so many queues. */
export function textsOfQueues(queues: number): fc.Arbitrary<string[]> {
  const length = queues * textsOfQueue
  return fc.array(
    fc.oneof(
      anyName,
      anyText.filter((it) => it.length > 1),
    ),
    { minLength: length, maxLength: length },
  )
}
