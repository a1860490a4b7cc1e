import { ts } from 'ts-morph'
import type { Code } from './code.ts'
import { follow } from './resolve.ts'
import type { Resolve } from './sources.ts'

/**
 * Where a module is imported, or exported again, that is not there: for that nobody can know what the expression is.
 * @returns what the module is called there; null where that is not the reason
 */
export function missingImport(
  code: Code,
  resolve: Resolve,
  expression: ts.Expression,
): ts.StringLiteral | null {
  const pending: ts.Node[] = [follow(code, expression)]
  for (let node = pending.pop(); node; node = pending.pop()) {
    const found = ts.isIdentifier(node) ? missingBehind(code, resolve, node) : null
    if (found) return found
    ts.forEachChild(node, (child) => void pending.push(child))
  }
  return null
}

function missingBehind(
  { checker }: Code,
  resolve: Resolve,
  name: ts.Identifier,
): ts.StringLiteral | null {
  // Two files may each export it from the other.
  const seen = new Set<ts.Symbol>()
  let symbol = checker.getSymbolAtLocation(name)
  while (symbol && symbol.flags & ts.SymbolFlags.Alias && !seen.has(symbol)) {
    seen.add(symbol)
    const specifier = symbol.declarations?.map(specifierOf).find((it) => it !== null)
    // A module may be declared without being anywhere.
    const isThere = (it: ts.StringLiteral) =>
      resolve(it, it.getSourceFile()) ?? checker.getSymbolAtLocation(it)
    if (specifier && !isThere(specifier)) return specifier
    symbol = checker.getImmediateAliasedSymbol(symbol)
  }
  return null
}

/** Of the `import … from` or `export … from` that declares the name. */
function specifierOf(declaration: ts.Declaration): ts.StringLiteral | null {
  const statement = ts.findAncestor(declaration, isFrom)
  const specifier = statement?.moduleSpecifier
  return specifier && ts.isStringLiteral(specifier) ? specifier : null
}

const isFrom = (node: ts.Node): node is ts.ImportDeclaration | ts.ExportDeclaration =>
  ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
