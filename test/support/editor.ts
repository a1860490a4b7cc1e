import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const repository = fileURLToPath(new URL('../../', import.meta.url))

/** As editors ask: also for names that take brackets. */
const preferences: ts.UserPreferences = { includeCompletionsWithInsertText: true }

/** What an editor shows at the one place of a text that is marked `‸`. */
export interface Shown {
  /** The signature and the docs of what is under the pointer. */
  hover: { signature: string; docs: string } | undefined
  /** What may be written here, with the docs that the list shows beside it. */
  completions: Map<string, string>
}

/** An editor with one more file open in the project, whose texts it is asked about. */
export function openEditor(root: string): (text: string) => Shown {
  const file = join(root, 'src', 'open-in-the-editor.ts')
  let [content, version] = ['', 0]
  const options: ts.CompilerOptions = {
    strict: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    noEmit: true,
    types: [],
    paths: {
      'pikku-queue': [join(repository, 'src/runtime/index.ts')],
      'pikku-queue/*': [join(repository, 'src/runtime/providers/*/index.ts')],
    },
  }
  const read = (name: string): string | undefined => {
    if (name === file) return content
    return ts.sys.fileExists(name) ? readFileSync(name, 'utf8') : undefined
  }
  const service = ts.createLanguageService({
    getCompilationSettings: () => options,
    getCurrentDirectory: () => root,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    getScriptFileNames: () => [file],
    getScriptVersion: (name) => (name === file ? String(version) : '0'),
    getScriptSnapshot: (name) => {
      const text = read(name)
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text)
    },
    fileExists: (name) => name === file || ts.sys.fileExists(name),
    readFile: read,
  })

  return (text) => {
    const at = text.indexOf('‸')
    content = text.replace('‸', '')
    version += 1
    const info = service.getQuickInfoAtPosition(file, at)
    const entries = service.getCompletionsAtPosition(file, at, preferences)?.entries ?? []
    const details = (name: string) =>
      service.getCompletionEntryDetails(
        file,
        at,
        name,
        undefined,
        undefined,
        preferences,
        undefined,
      )
    return {
      hover: info && {
        signature: ts.displayPartsToString(info.displayParts),
        docs: ts.displayPartsToString(info.documentation),
      },
      completions: new Map(
        entries
          .filter(({ kindModifiers }) => !kindModifiers?.includes('declare'))
          .map(({ name }) => [name, ts.displayPartsToString(details(name)?.documentation)]),
      ),
    }
  }
}
