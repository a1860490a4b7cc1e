import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { ts } from 'ts-morph'
import { expect, it } from 'vitest'
import { contractsOf } from '../../../src/cli/render/contracts.ts'
import { renderProject } from '../../../src/cli/render/render-project.ts'
import { hostileProject, textsOfQueue, textsOfQueues } from '../../support/hostile-project.ts'

const projects = 100
const queuesOfEach = 100
const options = {
  outDir: '.pikku',
  provider: undefined,
  providers: ['bullmq', 'pg-boss', 'sqs', 'embedded'],
  connection: {},
} as const

const render = (texts: readonly string[]) => renderProject(hostileProject(texts), options)

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
    let seen = 0
    fc.assert(
      fc.property(textsOfQueues(queuesOfEach), (strings) => {
        const model = hostileProject(strings)
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
