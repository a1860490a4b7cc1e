import { ts } from 'ts-morph'
import { exportedTwice, type Diagnostic } from '../diagnostics.ts'
import type { ExportedFunction, Location, ServicesModel } from '../model.ts'
import { locate, modelPath } from './locate.ts'

const factories = ['createConfig', 'createSingletonServices', 'createSessionServices'] as const

/** Interfaces that win over return types, and what a hand-written one extends; null: anything. */
const interfaces: Record<string, string | null> = {
  SingletonServices: 'CoreSingletonServices',
  SessionServices: null,
}

/**
 * Finds the exported service factories and hand-written service interfaces by their names, from the
 * syntax alone: their types are part of the overlay that has to exist before anything is checked.
 */
export function findServices(
  root: string,
  files: readonly ts.SourceFile[],
): { services: ServicesModel; diagnostics: Diagnostic[] } {
  const exports = files.flatMap((file) => exportsOf(root, file))
  const diagnostics: Diagnostic[] = []

  const pick = (name: string): ExportedFunction | null => {
    const found = exports.filter((it) => it.name === name)
    // A barrel passes on what another file exports; it counts where only the barrel is in sight.
    const own = found.filter((it) => !it.passedOn)
    const [first, second] = own.length > 0 ? own : found.slice(0, 1)
    if (first === undefined) return null
    if (second) diagnostics.push(exportedTwice(name, second.location, first.location))
    return { file: first.file, exportName: first.exportName }
  }

  const [createConfig, createSingletonServices, createSessionServices] = [
    pick(factories[0]),
    pick(factories[1]),
    pick(factories[2]),
  ]
  return {
    services: {
      createConfig,
      createSingletonServices,
      createSessionServices,
      singletonInterface: pick('SingletonServices'),
      sessionInterface: createSessionServices && pick('SessionServices'),
    },
    diagnostics,
  }
}

interface Export {
  name: string
  exportName: string
  file: string
  location: Location
  passedOn: boolean
}

/** The exports of a file that bear a name we look for, each name once. */
function exportsOf(root: string, file: ts.SourceFile): Export[] {
  const found = new Map<string, Export>()
  const add = (name: string, exportName: string, node: ts.Node, passedOn = false) => {
    if (!isWanted(name) || found.has(name)) return
    const path = modelPath(root, file.fileName)
    found.set(name, { name, exportName, file: path, location: locate(root, node), passedOn })
  }
  // Named exports first: a file that also exports the same thing as its default exports it once.
  for (const statement of file.statements) {
    if (ts.isVariableStatement(statement) && isExported(statement)) {
      for (const { name } of statement.declarationList.declarations) {
        if (ts.isIdentifier(name)) add(name.text, name.text, name)
      }
    } else if (ts.isFunctionDeclaration(statement) && statement.name && isExported(statement)) {
      add(
        statement.name.text,
        isDefault(statement) ? 'default' : statement.name.text,
        statement.name,
      )
    } else if (isServiceInterface(statement) && isExported(statement)) {
      add(
        statement.name.text,
        isDefault(statement) ? 'default' : statement.name.text,
        statement.name,
      )
    } else if (
      ts.isExportDeclaration(statement) &&
      statement.exportClause &&
      ts.isNamedExports(statement.exportClause)
    ) {
      for (const { name, propertyName } of statement.exportClause.elements) {
        const ownName = name.text === 'default' ? (propertyName?.text ?? 'default') : name.text
        add(ownName, name.text, name, statement.moduleSpecifier !== undefined)
      }
    }
  }
  for (const statement of file.statements) {
    if (ts.isExportAssignment(statement) && ts.isIdentifier(statement.expression)) {
      add(statement.expression.text, 'default', statement.expression)
    }
  }
  return [...found.values()]
}

const isWanted = (name: string): boolean =>
  factories.some((factory) => factory === name) || Object.hasOwn(interfaces, name)

function isServiceInterface(statement: ts.Statement): statement is ts.InterfaceDeclaration {
  if (!ts.isInterfaceDeclaration(statement)) return false
  const base = interfaces[statement.name.text]
  if (base === undefined) return false
  const parents = statement.heritageClauses?.flatMap((clause) => clause.types) ?? []
  return base === null || parents.some(({ expression }) => lastName(expression) === base)
}

function lastName(expression: ts.Expression): string {
  if (ts.isPropertyAccessExpression(expression)) return expression.name.text
  return ts.isIdentifier(expression) ? expression.text : ''
}

const hasModifier = (node: ts.HasModifiers, kind: ts.SyntaxKind): boolean =>
  ts.getModifiers(node)?.some((modifier) => modifier.kind === kind) ?? false

const isExported = (node: ts.HasModifiers): boolean =>
  hasModifier(node, ts.SyntaxKind.ExportKeyword)

const isDefault = (node: ts.HasModifiers): boolean =>
  hasModifier(node, ts.SyntaxKind.DefaultKeyword)
