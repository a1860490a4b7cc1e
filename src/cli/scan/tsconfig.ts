import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ts } from 'ts-morph'
import { brokenTsconfig, emptyTsconfig, noTsconfig, type Diagnostic } from '../diagnostics.ts'
import { fileNames, hashNames, type IsGenerated } from '../file-names.ts'
import { locationAt, modelPath } from './locate.ts'
import { isDeclaration } from './source-kinds.ts'

/** What a tsconfig.json says, with whatever it extends. */
export interface Tsconfig {
  /** Its own folder, absolute. */
  folder: string
  options: ts.CompilerOptions
  /** The files that it includes, absolute, with forward slashes. */
  files: string[]
  /** Those of `files` that the compiler found two files of. */
  doubled: string[]
  /**
   * The hash of all names in each folder of which it includes whatever is there, but for what a listing of
   * the project has anyway; by path relative to the root.
   */
  folders: Record<string, string>
  /** The configuration files as they were read; paths are relative to the root. */
  texts: { path: string; text: string }[]
}

/** What was looked at for it, whether or not it could be read. */
export interface TsconfigLooks {
  /** Files that were asked for, and whether they were there; absolute. */
  asked: ReadonlyMap<string, boolean>
  /** The same folders as in `folders`. */
  elsewhere: readonly string[]
}

export function readTsconfig(
  root: string,
  tsconfig: string,
  isGenerated: IsGenerated,
): TsconfigLooks & { tsconfig: Tsconfig | null; diagnostics: Diagnostic[] } {
  let read = parseTsconfig(root, tsconfig)
  const elsewhere = 'parsed' in read ? foldersElsewhere(root, read.parsed) : []
  const folders = Object.fromEntries(
    elsewhere.map((folder) => [folder, hashNames(fileNames(root, isGenerated, folder))]),
  )
  // What is new there while they are listed must not count as seen: it looks for files again after.
  if (elsewhere.length > 0) read = parseTsconfig(root, tsconfig)
  const looks = { asked: read.asked, elsewhere }
  if ('diagnostics' in read) return { tsconfig: null, diagnostics: read.diagnostics, ...looks }
  const { source, parsed, doubled, folder } = read
  if (parsed.fileNames.every(isDeclaration)) {
    return { tsconfig: null, diagnostics: [emptyTsconfig(tsconfig)], ...looks }
  }
  const texts = [source, ...(source.extendedSourceFiles ?? [])].map((file) => {
    const name = typeof file === 'string' ? file : file.fileName
    return { path: modelPath(root, name), text: ts.sys.readFile(name) ?? '' }
  })
  const { options, fileNames: files } = parsed
  return {
    tsconfig: { folder, options, files, doubled, folders, texts },
    diagnostics: [],
    ...looks,
  }
}

function foldersElsewhere(
  root: string,
  { wildcardDirectories = {} }: ts.ParsedCommandLine,
): string[] {
  const isListed = (path: string) => !path.split('/').some((it) => it.startsWith('.'))
  return Object.keys(wildcardDirectories)
    .map((path) => modelPath(root, path))
    .filter((path) => !isListed(path))
}

/** As the compiler reads it, with whatever it extends. It may include no file yet. */
export function parseTsconfig(
  root: string,
  tsconfig: string,
):
  | {
      source: ts.TsConfigSourceFile
      parsed: ts.ParsedCommandLine
      doubled: string[]
      folder: string
      asked: TsconfigLooks['asked']
    }
  | { diagnostics: Diagnostic[]; asked: TsconfigLooks['asked'] } {
  const path = join(root, tsconfig)
  const asked = new Map([[path, existsSync(path)]])
  if (asked.get(path) === false) return { diagnostics: [noTsconfig(tsconfig)], asked }

  const source = ts.readJsonConfigFile(path, (name) => ts.sys.readFile(name))
  const folder = dirname(path)
  const doubled: string[] = []
  const host: ts.ParseConfigHost = {
    ...ts.sys,
    fileExists(name) {
      const isThere = ts.sys.fileExists(name)
      asked.set(name, isThere)
      return isThere
    },
    readFile(name) {
      const text = ts.sys.readFile(name)
      asked.set(name, text !== undefined)
      return text
    },
    readDirectory(...args) {
      const found = ts.sys.readDirectory(...args)
      const seen = new Set<string>()
      for (const path of found) {
        if (seen.has(path)) doubled.push(path)
        seen.add(path)
      }
      return found
    },
  }
  const parsed = ts.parseJsonSourceFileConfigFileContent(source, host, folder, undefined, path)
  const problems = ts
    .getConfigFileParsingDiagnostics(parsed)
    .filter(({ code }) => !isAboutInputs(code))
  if (problems.length > 0) {
    return { diagnostics: problems.map((it) => tsconfigProblem(root, tsconfig, it)), asked }
  }
  return { source, parsed, doubled, folder, asked }
}

/** "No inputs were found", or an empty "files" list: said in our own words. */
const isAboutInputs = (code: number): boolean => code === 18002 || code === 18003

function tsconfigProblem(root: string, tsconfig: string, problem: ts.Diagnostic): Diagnostic {
  const reason = ts.flattenDiagnosticMessageText(problem.messageText, ' ')
  const { file, start } = problem
  if (file === undefined || start === undefined) return brokenTsconfig(tsconfig, reason)
  return brokenTsconfig(tsconfig, reason, locationAt(root, file, start))
}
