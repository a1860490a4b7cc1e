import { ts } from 'ts-morph'
import { exportedTwice, type Diagnostic } from '../diagnostics.ts'
import type { ExportedFunction, Location, ServicesModel } from '../model.ts'
import { bindingsOf } from './bindings.ts'
import { exportsOf, type Export, type Imported } from './exports-of.ts'
import { locate, modelPath } from './locate.ts'

/** The service factories, and how many arguments each is called with. */
const factories: Record<string, number> = {
  createConfig: 0,
  createSingletonServices: 1,
  createSessionServices: 2,
}

/** What the services of a project go by. */
export const serviceNames: ReadonlySet<string> = new Set([
  ...Object.keys(factories),
  'SingletonServices',
  'SessionServices',
])

/** What is found, and where: for whoever has something to say about it. */
export interface FoundServices {
  services: ServicesModel
  locations: ReadonlyMap<string, Location>
  diagnostics: Diagnostic[]
}

/**
 * Finds the exported service factories and hand-written service interfaces by their names, from the
 * syntax alone: their types are part of the overlay that has to exist before anything is checked.
 */
export function findServices(
  { root, imported }: { root: string; imported: Imported },
  files: readonly ts.SourceFile[],
): FoundServices {
  const locations = new Map<string, Location>()
  const diagnostics: Diagnostic[] = []
  // What a project's own file passes on of another counts there.
  const elsewhere: Imported = (specifier, from) => {
    const file = imported(specifier, from)
    return file && files.includes(file) ? null : file
  }
  const exports = files.flatMap((file) =>
    exportsOf(serviceNames, file, elsewhere)
      .filter((it) => isService(it, file, imported))
      .map((it) => ({ ...it, file })),
  )

  const pick = (name: string): ExportedFunction | null => {
    const found = exports.filter((it) => it.name === name)
    // A barrel passes on what another file exports; it counts where only the barrel is in sight.
    const own = found.filter((it) => !it.passedOn)
    const [first, second] = own.length > 0 ? own : found.slice(0, 1)
    if (first === undefined) return null
    const location = locate(root, first.node)
    locations.set(name, location)
    if (second) diagnostics.push(exportedTwice(name, locate(root, second.node), location))
    return { file: modelPath(root, first.file.fileName), exportName: first.exportName }
  }

  const createSessionServices = pick('createSessionServices')
  const services = {
    createConfig: pick('createConfig'),
    createSingletonServices: pick('createSingletonServices'),
    createSessionServices,
    singletonInterface: pick('SingletonServices'),
    sessionInterface: createSessionServices && pick('SessionServices'),
  }
  return { services, locations, diagnostics }
}

function isService(found: Export, file: ts.SourceFile, imported: Imported): boolean {
  const { name, declaration } = found
  if (Object.hasOwn(factories, name)) {
    // A declaration file says what a value is, not that it is the project's.
    return !file.isDeclarationFile && required(declaration) <= (factories[name] ?? 0)
  }
  if (!declaration || !ts.isInterfaceDeclaration(declaration)) return false
  return name === 'SessionServices' || extendsCore(declaration, imported, new Set())
}

/** How many arguments a function cannot do without; 0 where the syntax does not say. */
function required(declaration: Export['declaration']): number {
  const made =
    declaration && ts.isVariableDeclaration(declaration) ? declaration.initializer : declaration
  if (!made || !ts.isFunctionLike(made)) return 0
  return made.parameters.filter(
    ({ questionToken, initializer, dotDotDotToken }) =>
      !questionToken && !initializer && !dotDotDotToken,
  ).length
}

/** Whether the interface extends `CoreSingletonServices`, itself or through one that it extends. */
function extendsCore(
  declaration: ts.InterfaceDeclaration,
  imported: Imported,
  seen: ReadonlySet<ts.Node>,
): boolean {
  const parents = declaration.heritageClauses?.flatMap((clause) => clause.types) ?? []
  return parents.some(({ expression }) => {
    if (lastName(expression) === 'CoreSingletonServices') return true
    if (!ts.isIdentifier(expression)) return false
    const parent = interfaceNamed(expression.text, declaration.getSourceFile(), imported)
    if (parent === null || seen.has(parent)) return false
    return extendsCore(parent, imported, new Set(seen).add(parent))
  })
}

function interfaceNamed(
  name: string,
  file: ts.SourceFile,
  imported: Imported,
): ts.InterfaceDeclaration | null {
  const { declared, imports } = bindingsOf(file)
  const own = declared.get(name)?.find(ts.isInterfaceDeclaration)
  if (own) return own
  const binding = imports.get(name)
  const target = binding && imported(binding.specifier, file)
  return target ? interfaceNamed(binding.imported, target, imported) : null
}

function lastName(expression: ts.Expression): string {
  if (ts.isPropertyAccessExpression(expression)) return expression.name.text
  return ts.isIdentifier(expression) ? expression.text : ''
}
