import { ts } from 'ts-morph'

export type StandardType = 'Date' | 'URL' | 'Uint8Array' | 'Map' | 'Set'

const standardTypes: Readonly<Record<string, StandardType>> = {
  Date: 'Date',
  URL: 'URL',
  Uint8Array: 'Uint8Array',
  Map: 'Map',
  ReadonlyMap: 'Map',
  Set: 'Set',
  ReadonlySet: 'Set',
}

/** The standard type that we carry, when the type is one: by its declaration, not its name alone. */
export function standardType(type: ts.Type): StandardType | undefined {
  const symbol = type.getSymbol()
  if (symbol === undefined || !isBuiltIn(symbol)) return undefined
  return Object.hasOwn(standardTypes, symbol.name) ? standardTypes[symbol.name] : undefined
}

/** Declared by JavaScript or its host rather than by a program. */
export function isBuiltIn(symbol: ts.Symbol): boolean {
  return symbol.declarations?.some(isBuiltInDeclaration) ?? false
}

/** In a declaration file and global, or in Node's own module of URLs. */
export function isBuiltInDeclaration(declaration: ts.Node): boolean {
  const file = declaration.getSourceFile()
  if (!file.isDeclarationFile) return false
  for (let node: ts.Node = declaration; !ts.isSourceFile(node); node = node.parent) {
    if (!ts.isModuleDeclaration(node)) continue
    if (ts.isStringLiteral(node.name)) return /^(node:)?(url|buffer)$/.test(node.name.text)
    if (node.flags & ts.NodeFlags.GlobalAugmentation) return true
  }
  return !ts.isExternalModule(file)
}

/** The class of JavaScript or its host that a type is, or is derived from: no plain object is one. */
export function builtInClass(checker: ts.TypeChecker, type: ts.Type): string | undefined {
  const symbol = type.getSymbol()
  if (symbol && symbol.flags & ts.SymbolFlags.Variable && isBuiltIn(symbol)) return symbol.name
  for (const base of type.isIntersection() ? type.types : baseTypes(checker, type)) {
    const name = builtInClass(checker, base)
    if (name !== undefined) return name
  }
  return undefined
}

/** What a class or an interface extends. */
export function baseTypes(checker: ts.TypeChecker, type: ts.Type): ts.Type[] {
  const target = isReference(type) ? type.target : type
  return target.isClassOrInterface() ? checker.getBaseTypes(target) : []
}

const isReference = (type: ts.Type): type is ts.TypeReference => 'target' in type
