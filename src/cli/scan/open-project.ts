import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ts } from 'ts-morph'
import { brokenTsconfig, emptyTsconfig, noTsconfig, type Diagnostic } from '../diagnostics.ts'
import { createProjectHost } from './compiler-host.ts'
import { locationAt, modelPath } from './locate.ts'

/** The sources of a project, parsed; the checker comes with `check`, once the overlay is known. */
export interface OpenProject {
  root: string
  /** The files that tsconfig.json includes. */
  files: readonly ts.SourceFile[]
  options: ts.CompilerOptions
  /** tsconfig.json and what it extends, as read; paths are relative to the root. */
  configFiles: { path: string; text: string }[]
  /** The file that an import in `from` leads to, parsed; null when there is none. */
  imported(specifier: string, from: ts.SourceFile): ts.SourceFile | null
  /** Puts files that need not exist on disk over what does, and makes the program. */
  check(overlay: { path: string; text: string }[]): ts.Program
}

/**
 * Opens the project of a tsconfig.json. How the program is made is this file's own business: whoever
 * reads it only sees the compiler's nodes and checker.
 */
export function openProject(
  root: string,
  tsconfig: string,
): { project: OpenProject | null; diagnostics: Diagnostic[] } {
  const path = join(root, tsconfig)
  if (!existsSync(path)) return { project: null, diagnostics: [noTsconfig(tsconfig)] }

  const source = ts.readJsonConfigFile(path, (name) => ts.sys.readFile(name))
  const folder = dirname(path)
  const parsed = ts.parseJsonSourceFileConfigFileContent(source, ts.sys, folder, undefined, path)
  const problems = ts
    .getConfigFileParsingDiagnostics(parsed)
    .filter(({ code }) => !isAboutInputs(code))
  if (problems.length > 0) {
    return { project: null, diagnostics: problems.map((it) => tsconfigProblem(root, tsconfig, it)) }
  }
  if (parsed.fileNames.every(isDeclaration)) {
    return { project: null, diagnostics: [emptyTsconfig(tsconfig)] }
  }
  const configFiles = [source, ...(source.extendedSourceFiles ?? [])].map((file) => {
    const name = typeof file === 'string' ? file : file.fileName
    return { path: modelPath(root, name), text: ts.sys.readFile(name) ?? '' }
  })
  return { project: createProject(root, folder, parsed, configFiles), diagnostics: [] }
}

const isDeclaration = (name: string): boolean => /\.d\.[cm]?ts$/.test(name)

function createProject(
  root: string,
  folder: string,
  { fileNames, options: given }: ts.ParsedCommandLine,
  configFiles: OpenProject['configFiles'],
): OpenProject {
  // Without the checks of null, `string | null` is `string`, and so would be the contract.
  const options = { ...given, noEmit: true, skipLibCheck: true, strictNullChecks: true }
  const host = createProjectHost(options, folder)
  // The program that looks nothing up: it parses the files as the whole one will, which takes them over.
  const syntax = ts.createProgram({
    rootNames: fileNames,
    options: { ...options, noLib: true, noResolve: true, types: [] },
    host: { ...host, resolveModuleNameLiterals: (names) => names.map(() => unresolved) },
  })
  return {
    root,
    files: fileNames.flatMap((name) => syntax.getSourceFile(name) ?? []),
    options: given,
    configFiles,
    imported(specifier, from) {
      const { fileName, impliedNodeFormat: mode } = from
      const { resolvedModule: found } = ts.resolveModuleName(
        specifier,
        fileName,
        options,
        host,
        undefined,
        undefined,
        mode,
      )
      const own = found && syntax.getSourceFile(found.resolvedFileName)
      if (own) return own
      const text = found && host.readFile(found.resolvedFileName)
      if (!found || text === undefined) return null
      const version = { languageVersion: ts.ScriptTarget.Latest, impliedNodeFormat: mode }
      return ts.createSourceFile(found.resolvedFileName, text, version, true)
    },
    check(overlay) {
      for (const { path, text } of overlay) host.overlay(path, text)
      const rootNames = [...new Set([...fileNames, ...overlay.map(({ path }) => path)])]
      return ts.createProgram({ rootNames, options, host })
    },
  }
}

const unresolved = { resolvedModule: undefined }

/** "No inputs were found", or an empty "files" list: said in our own words. */
const isAboutInputs = (code: number): boolean => code === 18002 || code === 18003

function tsconfigProblem(root: string, tsconfig: string, problem: ts.Diagnostic): Diagnostic {
  const reason = ts.flattenDiagnosticMessageText(problem.messageText, ' ')
  const { file, start } = problem
  if (file === undefined || start === undefined) return brokenTsconfig(tsconfig, reason)
  return brokenTsconfig(tsconfig, reason, locationAt(root, file, start))
}
