import { ts } from 'ts-morph'

/** A type as the sources write it, and what the type parameters in it stand for at that place. */
export interface Written {
  node: ts.TypeNode
  bindings: Bindings | undefined
}

export type Bindings = ReadonlyMap<ts.Symbol, Written>

/** Types that are taken from each other without end are errors, which the compiler reports. */
const maxSteps = 50

/**
 * What is meant by a type in parentheses, a type parameter (`T` in a `Page<Order>` is `Order`) and a
 * property's type (`Order['amount']` is what is written there).
 */
export function meant(
  checker: ts.TypeChecker,
  written: Written | undefined,
  steps = 0,
): Written | undefined {
  if (!written || steps > maxSteps) return written
  const next = stepIn(checker, written)
  return next ? meant(checker, next, steps + 1) : written
}

/** A step nearer to what is meant; undefined where it is that. */
export function stepIn(checker: ts.TypeChecker, { node, bindings }: Written): Written | undefined {
  if (ts.isParenthesizedTypeNode(node)) return { node: node.type, bindings }
  if (ts.isIndexedAccessTypeNode(node)) return propertyOf(checker, node, bindings)
  if (!ts.isTypeReferenceNode(node) || !bindings) return undefined
  const symbol = checker.getSymbolAtLocation(node.typeName)
  return symbol && bindings.get(symbol)
}

/** Where that is certain: a mapped type may make something else of the property's type. */
function propertyOf(
  checker: ts.TypeChecker,
  { objectType, indexType }: ts.IndexedAccessTypeNode,
  bindings: Bindings | undefined,
): Written | undefined {
  if (!ts.isLiteralTypeNode(indexType) || !ts.isStringLiteral(indexType.literal)) return undefined
  const written = meant(checker, { node: objectType, bindings })
  const owner = written && checker.getTypeFromTypeNode(written.node)
  // Of a type parameter the compiler only knows what it extends.
  if (!owner || owner.isTypeParameter()) return undefined
  const property = checker.getPropertyOfType(owner, indexType.literal.text)
  const [declaration] = property?.declarations ?? []
  const node = declaration && writtenType(declaration)
  if (!property || !node) return undefined
  const present = (type: ts.Type): ts.Type => checker.getNonNullableType(type)
  const isAsWritten =
    present(checker.getTypeOfSymbol(property)) === present(checker.getTypeFromTypeNode(node))
  return isAsWritten ? { node, bindings: undefined } : undefined
}

/** The type as the declaration of a property says it, when it does. */
export function writtenType(declaration: ts.Declaration): ts.TypeNode | undefined {
  const isTyped =
    ts.isPropertySignature(declaration) ||
    ts.isPropertyDeclaration(declaration) ||
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

function aliasedSymbol(
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

/** What the type parameters of a declaration stand for where a type of it is written, through aliases. */
export function bindingsOf(
  checker: ts.TypeChecker,
  declaration: ts.Declaration,
  written: Written | undefined,
  steps = 0,
): Bindings | undefined {
  const at = meant(checker, written)
  if (!at || !ts.isTypeReferenceNode(at.node) || steps > maxSteps) return undefined
  const declarations = namedSymbol(checker, at.node)?.declarations ?? []
  if (declarations.includes(declaration)) return bind(checker, declaration, at.node, at.bindings)
  const alias = declarations.find(ts.isTypeAliasDeclaration)
  return alias && bindingsOf(checker, declaration, bodyOfAlias(checker, alias, at), steps + 1)
}

function bind(
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

const isClassOrInterface = (node: ts.Node): node is ts.ClassDeclaration | ts.InterfaceDeclaration =>
  ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node)
