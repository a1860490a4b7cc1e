import { ts } from 'ts-morph'

/** Where a name of a file comes from, when it is imported. */
export interface ImportBinding {
  specifier: ts.StringLiteralLike
  /** The name it is exported by; `*` for the module as a whole. */
  imported: string
}

/** What a file exports under one name. */
export type ExportBinding = { /** Where it says so. */ node: ts.Node } & (
  | /** Something of the file's own, by its name there. */ { local: string }
  | { expression: ts.Expression }
  | /** Another module's, passed on; `*` for that module as a whole. */ {
      specifier: ts.StringLiteralLike
      imported: string
    }
)

/** The names of a file, as its syntax says them: declared at its top level, imported, exported. */
export interface Bindings {
  declared: ReadonlyMap<string, readonly ts.Node[]>
  /** What initializes each `const` that says no type of its own. */
  constants: ReadonlyMap<ts.Node, ts.Expression>
  imports: ReadonlyMap<string, ImportBinding>
  exports: ReadonlyMap<string, ExportBinding>
  /** What is passed on as a whole: `export * from '…'`. */
  stars: readonly ts.StringLiteralLike[]
}

const known = new WeakMap<ts.SourceFile, Bindings>()

export function bindingsOf(file: ts.SourceFile): Bindings {
  let bindings = known.get(file)
  if (!bindings) known.set(file, (bindings = readBindings(file)))
  return bindings
}

function readBindings(file: ts.SourceFile): Bindings {
  const declared = new Map<string, ts.Node[]>()
  const constants = new Map<ts.Node, ts.Expression>()
  const imports = new Map<string, ImportBinding>()
  const exports = new Map<string, ExportBinding>()
  const stars: ts.StringLiteralLike[] = []

  /** @param name undefined: `export default function () {}` has none to be called by. */
  const declare = (name: ts.Identifier | undefined, node: ts.Node, statement: ts.Statement) => {
    const local = name?.text ?? ''
    const others = declared.get(local)
    if (others) others.push(node)
    else declared.set(local, [node])
    if (!has(statement, ts.SyntaxKind.ExportKeyword)) return
    const exported = has(statement, ts.SyntaxKind.DefaultKeyword) ? 'default' : local
    exports.set(exported, { local, node: name ?? node })
  }
  for (const statement of file.statements) {
    if (ts.isVariableStatement(statement)) {
      const { declarations, flags } = statement.declarationList
      for (const declaration of declarations) {
        const { name: binding, type, initializer } = declaration
        const isConst = flags & ts.NodeFlags.Const && ts.isIdentifier(binding) && !type
        if (isConst && initializer) constants.set(declaration, initializer)
        for (const name of namesIn(declaration.name)) declare(name, declaration, statement)
      }
    } else if (isDeclaration(statement)) {
      const { name } = statement
      declare(name && ts.isIdentifier(name) ? name : undefined, statement, statement)
    } else if (ts.isImportDeclaration(statement)) {
      for (const [name, binding] of importsOf(statement)) imports.set(name, binding)
    } else if (ts.isExportAssignment(statement)) {
      const { expression, isExportEquals } = statement
      exports.set(isExportEquals ? 'export=' : 'default', { expression, node: expression })
    } else if (ts.isExportDeclaration(statement)) {
      const { exportClause: clause, moduleSpecifier } = statement
      const specifier = moduleSpecifier && textOf(moduleSpecifier)
      if (clause === undefined && specifier) stars.push(specifier)
      else if (clause && ts.isNamespaceExport(clause) && specifier) {
        exports.set(clause.name.text, { specifier, imported: '*', node: clause.name })
      } else if (clause && ts.isNamedExports(clause)) {
        for (const { name, propertyName } of clause.elements) {
          const inside = (propertyName ?? name).text
          const from = specifier ? { specifier, imported: inside } : { local: inside }
          exports.set(name.text, { ...from, node: name })
        }
      }
    }
  }
  return { declared, constants, imports, exports, stars }
}

function* importsOf({
  importClause,
  moduleSpecifier,
}: ts.ImportDeclaration): Generator<[string, ImportBinding]> {
  const specifier = textOf(moduleSpecifier)
  if (!importClause || !specifier) return
  const { name, namedBindings } = importClause
  if (name) yield [name.text, { specifier, imported: 'default' }]
  if (!namedBindings) return
  if (ts.isNamespaceImport(namedBindings)) {
    yield [namedBindings.name.text, { specifier, imported: '*' }]
    return
  }
  for (const element of namedBindings.elements) {
    const imported = (element.propertyName ?? element.name).text
    yield [element.name.text, { specifier, imported }]
  }
}

function* namesIn(name: ts.BindingName): Generator<ts.Identifier> {
  if (ts.isIdentifier(name)) {
    yield name
    return
  }
  for (const element of name.elements) {
    if (ts.isBindingElement(element)) yield* namesIn(element.name)
  }
}

type NamedDeclaration =
  | ts.FunctionDeclaration
  | ts.ClassDeclaration
  | ts.InterfaceDeclaration
  | ts.TypeAliasDeclaration
  | ts.EnumDeclaration
  | ts.ModuleDeclaration
  | ts.ImportEqualsDeclaration

const isDeclaration = (node: ts.Statement): node is NamedDeclaration =>
  ts.isFunctionDeclaration(node) ||
  ts.isClassDeclaration(node) ||
  ts.isInterfaceDeclaration(node) ||
  ts.isTypeAliasDeclaration(node) ||
  ts.isEnumDeclaration(node) ||
  ts.isModuleDeclaration(node) ||
  ts.isImportEqualsDeclaration(node)

const textOf = (expression: ts.Expression): ts.StringLiteralLike | undefined =>
  ts.isStringLiteralLike(expression) ? expression : undefined

function has(statement: ts.Statement, kind: ts.SyntaxKind): boolean {
  const modifiers = ts.canHaveModifiers(statement) ? statement.modifiers : undefined
  return modifiers?.some((modifier) => modifier.kind === kind) ?? false
}
