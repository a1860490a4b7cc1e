import { ts } from 'ts-morph'
import { bindingsOf, type ExportBinding } from './bindings.ts'

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
  seen: ReadonlySet<ts.SourceFile>,
): Generator<Export> {
  if (seen.has(file)) return
  const within = new Set(seen).add(file)
  const exportsAt = (specifier: ts.StringLiteralLike) => {
    const target = imported(specifier, file)
    return target ? [...allExports(names, target, imported, within)] : []
  }
  const { declared, exports, stars } = bindingsOf(file)
  const declarationOf = (name: string) => declared.get(name)?.find(isDeclaration) ?? null

  const [named, byDefault] = [
    [...exports].filter(([exportName]) => exportName !== 'default'),
    [...exports].filter(([exportName]) => exportName === 'default'),
  ]
  const exported = function* (bindings: typeof named): Generator<Export> {
    for (const [exportName, binding] of bindings) {
      const inside = nameIn(binding)
      const name = exportName === 'default' ? inside : exportName
      if (name === undefined || inside === undefined || !names.has(name)) continue
      const passedOn = 'specifier' in binding
      const declaration = passedOn
        ? exportsAt(binding.specifier).find((it) => it.exportName === inside)?.declaration
        : declarationOf(inside)
      yield { name, exportName, node: binding.node, declaration: declaration ?? null, passedOn }
    }
  }
  yield* exported(named)
  for (const specifier of stars) {
    for (const it of exportsAt(specifier)) {
      if (it.exportName !== 'default') yield { ...it, node: specifier.parent, passedOn: true }
    }
  }
  yield* exported(byDefault)
}

/** What it is called where it comes from; undefined for what has no name there. */
function nameIn(binding: ExportBinding): string | undefined {
  if ('local' in binding) return binding.local
  if ('specifier' in binding) return binding.imported
  return ts.isIdentifier(binding.expression) ? binding.expression.text : undefined
}

const isDeclaration = (node: ts.Node): node is NonNullable<Export['declaration']> =>
  ts.isVariableDeclaration(node) ||
  ts.isFunctionDeclaration(node) ||
  ts.isInterfaceDeclaration(node)
