import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { ts } from 'ts-morph'
import { expect, it } from 'vitest'
import type { ProjectModel, QueueModel, TypeModel } from '../../../src/cli/model.ts'
import { contractsOf } from '../../../src/cli/render/contracts.ts'
import { renderProject } from '../../../src/cli/render/render-project.ts'
import { anyName, anyText } from '../../support/arbitrary-text.ts'

const projects = 100
const queuesOfEach = 100
const textsOfQueue = 10

/** A project that has each of the texts in one of the places where a text of the user's goes. */
function projectOf(texts: readonly string[]): ProjectModel {
  const queues = Array.from({ length: queuesOfEach }, (_, at) => {
    return queueOf(texts.slice(at * textsOfQueue, (at + 1) * textsOfQueue), at)
  })
  const paths = texts.slice(0, queuesOfEach).map(pathOf)
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

const options = {
  outDir: '.pikku',
  provider: undefined,
  providers: ['bullmq', 'pg-boss', 'sqs', 'embedded'],
  connection: {},
} as const

const render = (texts: readonly string[]) => renderProject(projectOf(texts), options)

const parse = (text: string): ts.SourceFile =>
  ts.createSourceFile('/generated.ts', text, ts.ScriptTarget.Latest)

/** Errors of the parser, which the compiler keeps to itself. */
const syntaxErrors = (file: ts.SourceFile): unknown =>
  'parseDiagnostics' in file ? file.parseDiagnostics : 'not reported'

const kinds = (file: ts.SourceFile): string[] =>
  file.statements.map(({ kind }) => ts.SyntaxKind[kind])

const importsOf = (file: ts.SourceFile): string[] =>
  file.statements.flatMap((it) =>
    ts.isImportDeclaration(it) && ts.isStringLiteral(it.moduleSpecifier)
      ? [it.moduleSpecifier.text]
      : [],
  )

/** What a generated client says when it is run, where nothing but that can happen. */
function contractsIn(text: string): unknown {
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2023 },
  })
  const evil = () => {
    throw new Error('a text of the user was run')
  }
  const exports: { contracts?: unknown } = {}
  const require = () => ({ defineClient: () => null, createClient: evil })
  runInNewContext(outputText, { exports, require, evil })
  return JSON.parse(JSON.stringify(exports.contracts))
}

const plain = render(Array.from({ length: queuesOfEach * textsOfQueue }, (_, at) => `text${at}`))

it(
  'no text of the user, wherever it stands, changes what a project generates',
  { timeout: 240_000 },
  () => {
    const length = queuesOfEach * textsOfQueue
    const texts = fc.array(
      fc.oneof(
        anyName,
        anyText.filter((it) => it.length > 1),
      ),
      {
        minLength: length,
        maxLength: length,
      },
    )
    let seen = 0
    fc.assert(
      fc.property(texts, (strings) => {
        const model = projectOf(strings)
        for (const [at, { path, text }] of render(strings).entries()) {
          expect(hiddenCharacters(text), path).toEqual([])
          if (path.endsWith('.json')) {
            expect(JSON.parse(text)).toMatchObject({ queues: contractsOf(model).queues })
            continue
          }
          const file = parse(text)
          expect(syntaxErrors(file), path).toEqual([])
          expect(kinds(file), path).toEqual(kinds(parse(plain[at]?.text ?? '')))
          if (path.includes('pikku-worker')) {
            const wirings = model.wiringFiles.map((it) => `../${it.replace(/\.ts$/, '.js')}`)
            expect(importsOf(file)).toEqual(expect.arrayContaining(wirings))
          }
          if (path.endsWith('pikku-queue.gen.ts')) {
            expect(contractsIn(text)).toEqual(JSON.parse(JSON.stringify(contractsOf(model))))
          }
        }
        seen += strings.length
      }),
      { numRuns: projects, seed: 20_261_129, endOnFailure: true },
    )
    expect(seen).toBe(100_000)
  },
)

/** What a reader of the file would not see, or would see elsewhere than it is. */
const hiddenCharacters = (text: string): string[] =>
  text.match(/(?![\n\t])[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|\p{Cs}/gu) ?? []
