import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Project, ts } from 'ts-morph'
import {
  brokenTsconfig,
  cannotWrite,
  emptyTsconfig,
  noTsconfig,
  type Diagnostic,
} from '../diagnostics.ts'
import { locationAt, modelPath } from './locate.ts'

/** The sources of a project, parsed; the checker comes with `check`, once the overlay is known. */
export interface OpenProject {
  root: string
  /** The files that tsconfig.json includes, without declaration files. */
  files: readonly ts.SourceFile[]
  /**
   * Puts a file that need not exist on disk over what does, and makes the program. Null, with a
   * reason, when there is something on disk that no file can stand for.
   */
  check(overlay: { path: string; text: string }): {
    program: ts.Program | null
    diagnostics: Diagnostic[]
  }
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
  const parsed = ts.parseJsonSourceFileConfigFileContent(source, ts.sys, dirname(path))
  const problems = ts
    .getConfigFileParsingDiagnostics(parsed)
    .filter(({ code }) => !isAboutInputs(code))
  if (problems.length > 0) {
    return { project: null, diagnostics: problems.map((it) => tsconfigProblem(root, tsconfig, it)) }
  }
  const fileNames = parsed.fileNames.filter((name) => !/\.d\.[cm]?ts$/.test(name))
  if (fileNames.length === 0) return { project: null, diagnostics: [emptyTsconfig(tsconfig)] }

  const project = new Project({
    compilerOptions: { ...parsed.options, noEmit: true, skipLibCheck: true },
    skipAddingFilesFromTsConfig: true,
    skipFileDependencyResolution: true,
  })
  for (const name of parsed.fileNames) project.addSourceFileAtPathIfExists(name)
  const files = fileNames.flatMap((name) => project.getSourceFile(name)?.compilerNode ?? [])

  return {
    project: {
      root,
      files,
      check: ({ path: overlayPath, text }) => {
        try {
          project.createSourceFile(overlayPath, text, { overwrite: true })
        } catch (error) {
          return { program: null, diagnostics: [cannotWrite(modelPath(root, overlayPath), error)] }
        }
        return { program: project.getProgram().compilerObject, diagnostics: [] }
      },
    },
    diagnostics: [],
  }
}

/** "No inputs were found", or an empty "files" list: said in our own words. */
const isAboutInputs = (code: number): boolean => code === 18002 || code === 18003

function tsconfigProblem(root: string, tsconfig: string, problem: ts.Diagnostic): Diagnostic {
  const reason = ts.flattenDiagnosticMessageText(problem.messageText, ' ')
  const { file, start } = problem
  if (file === undefined || start === undefined) return brokenTsconfig(tsconfig, reason)
  return brokenTsconfig(tsconfig, reason, locationAt(root, file, start))
}
