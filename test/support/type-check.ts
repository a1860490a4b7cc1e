import { join, parse } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const repository = fileURLToPath(new URL('../../', import.meta.url))

/**
 * What the compiler says of a project's own files and the given ones, `file:line message` each. The
 * runtime is taken from its sources, so that no build is needed.
 */
export function typeErrors(root: string, files: readonly string[] = []): string[] {
  const tsconfig = join(root, 'tsconfig.json')
  const parsed = ts.getParsedCommandLineOfConfigFile(tsconfig, undefined, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (problem) => {
      throw new Error(ts.flattenDiagnosticMessageText(problem.messageText, '\n'))
    },
  })
  if (!parsed) throw new Error(`${tsconfig} cannot be read`)
  const options: ts.CompilerOptions = {
    ...parsed.options,
    noEmit: true,
    // The runtime's sources are not below the project's.
    rootDir: parse(root).root,
    allowImportingTsExtensions: true,
    typeRoots: [join(repository, 'node_modules/@types')],
    paths: {
      ...parsed.options.paths,
      'pikku-queue': [join(repository, 'src/runtime/index.ts')],
      'pikku-queue/sqs/lambda': [join(repository, 'src/runtime/lambda/index.ts')],
      'pikku-queue/*': [join(repository, 'src/runtime/providers/*/index.ts')],
    },
  }
  const program = ts.createProgram([...parsed.fileNames, ...files], options, hostOf(root, options))
  return program
    .getSourceFiles()
    .filter(({ fileName }) => fileName.startsWith(root))
    .flatMap((file) => [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ])
    .map(({ file, start = 0, messageText }) => {
      const line = (file?.getLineAndCharacterOfPosition(start).line ?? 0) + 1
      const name = file?.fileName.slice(root.length + 1) ?? ''
      return `${name}:${line} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
    })
}

/** What is not the project's own, parsed: most of what there is to parse, and the same every time. */
const parsedFiles = new Map<string, ts.SourceFile | undefined>()

function hostOf(root: string, options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options)
  const { module, moduleDetection, jsx } = options
  return {
    ...host,
    getSourceFile(name, version, ...rest) {
      if (name.startsWith(root)) return host.getSourceFile(name, version, ...rest)
      const key = JSON.stringify([name, version, module, moduleDetection, jsx])
      if (!parsedFiles.has(key)) parsedFiles.set(key, host.getSourceFile(name, version, ...rest))
      return parsedFiles.get(key)
    },
  }
}
