import { ts } from 'ts-morph'

/** Something a file exports, as its syntax says it. */
export interface Export {
  /** What it is called in the file; a default export has a name of its own too. */
  name: string
  /** `default` for a default export. */
  exportName: string
  /** Where the name is. */
  node: ts.Node
  /** The statement or variable that declares it; null when it is declared elsewhere. */
  declaration: ts.VariableDeclaration | ts.FunctionDeclaration | ts.InterfaceDeclaration | null
  /** It is another file's, which this one passes on. */
  passedOn: boolean
}

/** Finds the file that an import leads to. */
export type Imported = (
  specifier: ts.StringLiteralLike,
  from: ts.SourceFile,
) => ts.SourceFile | null

/**
 * The exports of a file that bear one of the names, as they are written, named ones before the default:
 * a file that also exports the same thing as its default exports it once.
 */
export function exportsOf(
  names: ReadonlySet<string>,
  file: ts.SourceFile,
  imported: Imported,
): Export[] {
  const found = new Map<string, Export>()
  for (const it of allExports(names, file, imported, new Set())) {
    if (names.has(it.name) && !found.has(it.name)) found.set(it.name, it)
  }
  return [...found.values()]
}

/** @param seen files that are being looked at: two may pass on each other's exports. */
function* allExports(
  names: ReadonlySet<string>,
  file: ts.SourceFile,
  imported: Imported,
  seen: ReadonlySet<string>,
): Generator<Export> {
  if (seen.has(file.fileName)) return
  const within = new Set(seen).add(file.fileName)
  const targetOf = (from: ts.Expression | undefined) => {
    const target = from && ts.isStringLiteral(from) ? imported(from, file) : null
    return target ? [...allExports(names, target, imported, within)] : []
  }
  const declared = new Map<string, Export['declaration']>()
  for (const statement of file.statements) {
    for (const { name, declaration } of declarationsOf(statement)) {
      declared.set(name.text, declaration)
      if (!has(statement, ts.SyntaxKind.ExportKeyword)) continue
      const exportName = has(statement, ts.SyntaxKind.DefaultKeyword) ? 'default' : name.text
      yield { name: name.text, exportName, node: name, declaration, passedOn: false }
    }
  }
  for (const statement of file.statements.filter(ts.isExportDeclaration)) {
    const { exportClause: clause, moduleSpecifier: from } = statement
    if (clause === undefined) {
      for (const it of targetOf(from)) {
        if (it.exportName !== 'default') yield { ...it, node: statement, passedOn: true }
      }
    } else if (ts.isNamedExports(clause)) {
      for (const { name, propertyName } of clause.elements) {
        const inside = (propertyName ?? name).text
        const own = name.text === 'default' ? inside : name.text
        if (!names.has(own)) continue
        const declaration = from
          ? targetOf(from).find(({ exportName }) => exportName === inside)?.declaration
          : declared.get(inside)
        yield {
          name: own,
          exportName: name.text,
          node: name,
          declaration: declaration ?? null,
          passedOn: from !== undefined,
        }
      }
    }
  }
  for (const { expression } of file.statements.filter(ts.isExportAssignment)) {
    if (!ts.isIdentifier(expression)) continue
    const { text: name } = expression
    const declaration = declared.get(name) ?? null
    yield { name, exportName: 'default', node: expression, declaration, passedOn: false }
  }
}

function declarationsOf(
  statement: ts.Statement,
): { name: ts.Identifier; declaration: NonNullable<Export['declaration']> }[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap((declaration) =>
      ts.isIdentifier(declaration.name) ? [{ name: declaration.name, declaration }] : [],
    )
  }
  const isNamed = ts.isFunctionDeclaration(statement) || ts.isInterfaceDeclaration(statement)
  return isNamed && statement.name ? [{ name: statement.name, declaration: statement }] : []
}

function has(statement: ts.Statement, kind: ts.SyntaxKind): boolean {
  const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined
  return modifiers?.some((modifier) => modifier.kind === kind) ?? false
}
