import { ts } from 'ts-morph'
import { syntaxError, type Diagnostic } from '../diagnostics.ts'
import { locationAt } from './locate.ts'

/** What is wrong with the syntax of a source; nothing is asked of declaration files. */
export function syntaxErrors(root: string, file: ts.SourceFile | undefined): Diagnostic[] {
  if (!file || file.isDeclarationFile || !isParsed(file)) return []
  return file.parseDiagnostics.map(({ messageText, start }) => {
    const reason = ts.flattenDiagnosticMessageText(messageText, ' ')
    return syntaxError(reason, locationAt(root, file, start))
  })
}

/** The parser leaves them there; the public way to them needs a program, and most files need none. */
const isParsed = (
  file: ts.SourceFile,
): file is ts.SourceFile & { parseDiagnostics: ts.DiagnosticWithLocation[] } =>
  'parseDiagnostics' in file && Array.isArray(file.parseDiagnostics)
