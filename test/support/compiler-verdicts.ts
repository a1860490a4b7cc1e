import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { importsOf, type PayloadCorpus } from './payload-corpus.ts'

export interface Judged {
  type: string
  value: unknown
}

/**
 * Does the compiler take the JSON, written out as an expression, for a value of the type? In order.
 * Properties that the type does not have are an error to it there, as they are to our schemas.
 */
export function compilerVerdicts(corpus: PayloadCorpus, judged: readonly Judged[]): boolean[] {
  const head = importsOf(corpus.files)
  const lines = judged.map(
    ({ type, value }, index) => `export const v${index}: ${type} = ${asciiJson(value)}`,
  )
  const first = head.split('\n').length
  const wrong = errorLines(corpus.root, [head, ...lines].join('\n'))
  const inHead = wrong.find((line) => line < first)
  if (inHead !== undefined)
    throw new Error(`the imports do not compile: ${head.split('\n')[inHead]}`)
  const refused = new Set(wrong)
  return lines.map((_, index) => !refused.has(first + index))
}

/** The lines, counted from 0, that the compiler finds something wrong with. */
function errorLines(root: string, text: string): number[] {
  const path = join(root, 'src/values.ts')
  writeFileSync(path, text)
  const tsconfig: unknown = ts.readConfigFile(join(root, 'tsconfig.json'), (it) =>
    ts.sys.readFile(it),
  ).config
  const { options } = ts.parseJsonConfigFileContent(tsconfig, ts.sys, root)
  const program = ts.createProgram([path], options)
  const values = program.getSourceFile(path)
  return [
    ...program.getSyntacticDiagnostics(values),
    ...program.getSemanticDiagnostics(values),
  ].map(({ file, start = 0 }) => file?.getLineAndCharacterOfPosition(start).line ?? 0)
}

/** On one line, also to whoever takes U+2028 for the end of one. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^ -~]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
