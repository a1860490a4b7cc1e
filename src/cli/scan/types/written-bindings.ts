import { ts } from 'ts-morph'

/** A type as the sources write it, and what the type parameters in it stand for at that place. */
export interface Written {
  node: ts.TypeNode
  bindings: Bindings | undefined
  /** Properties that it is taken from by their names: what they say holds for it too. */
  members?: readonly ts.Symbol[]
  /** Of what is an intersection: it is these as well. */
  also?: readonly Written[]
  /** Of a mapped type's parameter: the property that it stands for. */
  key?: Key
}

export type Bindings = ReadonlyMap<ts.Symbol, Written>

/** The name of a property, the place of an element; null for any, as of a list or a dictionary. */
export type Key = string | null

/** The type as the declaration of a property says it, when it does. */
export function writtenType(declaration: ts.Declaration): ts.TypeNode | undefined {
  const isTyped =
    ts.isPropertySignature(declaration) ||
    ts.isPropertyDeclaration(declaration) ||
    ts.isIndexSignatureDeclaration(declaration) ||
    ts.isGetAccessorDeclaration(declaration) ||
    ts.isParameter(declaration)
  return isTyped ? declaration.type : undefined
}

/** What the name in a written type stands for, through imports. */
export function namedSymbol(
  checker: ts.TypeChecker,
  { typeName }: ts.TypeReferenceNode,
): ts.Symbol | undefined {
  return aliasedSymbol(checker, checker.getSymbolAtLocation(typeName))
}

export function aliasedSymbol(
  checker: ts.TypeChecker,
  symbol: ts.Symbol | undefined,
): ts.Symbol | undefined {
  return symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
}

/** What an alias stands for where it is written with these type arguments. */
export function bodyOfAlias(
  checker: ts.TypeChecker,
  alias: ts.TypeAliasDeclaration,
  { node, bindings }: Written,
): Written {
  return { node: alias.type, bindings: bind(checker, alias, node, bindings) }
}

/** What the type parameters of a declaration stand for where it is written like this. */
export function bind(
  checker: ts.TypeChecker,
  declaration: ts.Declaration,
  node: ts.TypeNode,
  around: Bindings | undefined,
): Bindings | undefined {
  const bindings = new Map<ts.Symbol, Written>()
  bindParameters(checker, declaration, { node, bindings: around }, bindings)
  bindInherited(checker, declaration, bindings)
  return bindings.size > 0 ? bindings : undefined
}

function bindParameters(
  checker: ts.TypeChecker,
  declaration: ts.Declaration,
  { node, bindings: around }: Written,
  bindings: Map<ts.Symbol, Written>,
): void {
  const isGeneric = ts.isTypeAliasDeclaration(declaration) || isClassOrInterface(declaration)
  const parameters = isGeneric ? (declaration.typeParameters ?? []) : []
  const hasArguments = ts.isTypeReferenceNode(node) || ts.isExpressionWithTypeArguments(node)
  const given = hasArguments ? (node.typeArguments ?? []) : []
  for (const [index, parameter] of parameters.entries()) {
    const symbol = checker.getSymbolAtLocation(parameter.name)
    const argument = given[index]
    if (!symbol || bindings.has(symbol)) continue
    if (argument) bindings.set(symbol, { node: argument, bindings: around })
    // It may speak of the parameters before it.
    else if (parameter.default) bindings.set(symbol, { node: parameter.default, bindings })
  }
}

/** Members that are inherited speak of the type parameters of where they are declared. */
export function bindInherited(
  checker: ts.TypeChecker,
  declaration: ts.Declaration,
  bindings: Map<ts.Symbol, Written>,
  seen = new Set<ts.Node>([declaration]),
): Bindings {
  const clauses = isClassOrInterface(declaration) ? (declaration.heritageClauses ?? []) : []
  for (const node of clauses.flatMap(({ types }) => types)) {
    const base = aliasedSymbol(checker, checker.getSymbolAtLocation(node.expression))
    for (const it of base?.declarations?.filter(isClassOrInterface) ?? []) {
      if (seen.has(it)) continue
      seen.add(it)
      bindParameters(checker, it, { node, bindings }, bindings)
      bindInherited(checker, it, bindings, seen)
    }
  }
  return bindings
}

export const isClassOrInterface = (
  node: ts.Node,
): node is ts.ClassDeclaration | ts.InterfaceDeclaration =>
  ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node)
