import { fileURLToPath } from 'node:url'
import { Project, ts } from 'ts-morph'
import { expect, it } from 'vitest'
import { typeText } from '../../../src/cli/render/typescript-text.ts'
import { lazyCode } from '../../../src/cli/scan/code.ts'
import { createTypeExpander } from '../../../src/cli/scan/types/expand.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))

it('knows the standard types as @types/node declares them, without the DOM', () => {
  const project = new Project({
    skipAddingFilesFromTsConfig: true,
    compilerOptions: {
      strict: true,
      exactOptionalPropertyTypes: true,
      lib: ['lib.es2023.d.ts'],
      module: ts.ModuleKind.NodeNext,
      types: ['node'],
      typeRoots: [`${root}node_modules/@types`],
    },
  })
  const file = project.createSourceFile(
    `${root}test/cli/types/in-memory.ts`,
    `import { URL as NodeUrl } from 'node:url'
    export declare const payload: {
      a: URL; b?: NodeUrl; c: Uint8Array<ArrayBuffer>; d: Date; e?: string | undefined; f: Buffer
    }`,
  )
  const declaration = file.getVariableDeclarationOrThrow('payload').compilerNode
  const program = project.getProgram().compilerObject
  const checker = program.getTypeChecker()
  const code = lazyCode(
    () => program,
    () => undefined,
  )
  const expander = createTypeExpander(code, root)
  const model = expander.expand(checker.getTypeAtLocation(declaration.name), declaration)

  expect(typeText(model).split('\n')).toEqual([
    '{',
    '  a: URL',
    '  b?: URL',
    '  c: Uint8Array',
    '  d: Date',
    '  e?: string | undefined',
    '  f: unknown',
    '}',
  ])
  expect(expander.diagnostics.map(({ message }) => message)).toEqual([
    'f is Buffer<ArrayBufferLike>, which has no JSON form',
  ])
})
