import { join, posix } from 'node:path'
import { ts } from 'ts-morph'
import { typesFileNotFound, type Diagnostic } from '../diagnostics.ts'
import { locate, modelPath } from './locate.ts'
import { generatedFunctions, typesFile } from './overlay.ts'
import type { Sources } from './sources.ts'

const own: ReadonlySet<string> = new Set(generatedFunctions)

/**
 * Imports of the generated functions that lead nowhere. Whatever is wired through them would be passed
 * over in silence, as a call of something unknown.
 */
export function unresolvedImports(
  { root, outDir, sources }: { root: string; outDir: string; sources: Pick<Sources, 'resolve'> },
  file: ts.SourceFile,
): Diagnostic[] {
  return file.statements.flatMap((statement) => {
    const specifier = specifierOf(statement)
    if (!specifier || !isMeantForUs(statement, specifier)) return []
    if (sources.resolve(specifier, file) !== undefined) return []
    const right = rightSpecifier(modelPath(root, file.fileName), outDir)
    return [typesFileNotFound(specifier.text, right, outDir, locate(root, specifier))]
  })
}

function specifierOf(statement: ts.Statement): ts.StringLiteral | null {
  if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return null
  const { moduleSpecifier } = statement
  return moduleSpecifier && ts.isStringLiteral(moduleSpecifier) ? moduleSpecifier : null
}

function isMeantForUs(statement: ts.Statement, { text }: ts.StringLiteral): boolean {
  if (/(^|\/)pikku-types\.gen(\.[cm]?[jt]s)?$/.test(text)) return true
  const bindings = ts.isImportDeclaration(statement) && statement.importClause?.namedBindings
  if (!bindings || !ts.isNamedImports(bindings)) return false
  return bindings.elements.some(({ name, propertyName }) => own.has((propertyName ?? name).text))
}

/** How this file would import it by its path. */
function rightSpecifier(from: string, outDir: string): string {
  const target = join(outDir, typesFile).split('\\').join('/').replace(/\.ts$/, '.js')
  const way = posix.relative(posix.dirname(from), target)
  return way.startsWith('.') && !way.startsWith('.pikku') ? way : `./${way}`
}
