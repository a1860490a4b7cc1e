import { ts } from 'ts-morph'
import { isBuiltIn } from './standard-types.ts'
import { argumentsOf } from './type-arguments.ts'
import {
  aliasedSymbol,
  bind,
  bodyOfAlias,
  isClassOrInterface,
  namedSymbol,
  writtenType,
  type Bindings,
  type Key,
  type Written,
} from './written-bindings.ts'
import { branchOf, theOne, theWhole, type Reading } from './written-conditions.ts'
import { elementIn, keyOfProperty } from './written-keys.ts'
import { hasMember } from './written-names.ts'

/** Types that are taken from each other without end are errors, which the compiler reports. */
const maxSteps = 50

/**
 * What is meant by a type in parentheses, a type parameter (`T` in a `Page<Order>` is `Order`), a
 * property's type (`Order['amount']` is what is written there), and a condition.
 * @param type what the compiler takes it for, where that is known
 */
export function meant(
  checker: ts.TypeChecker,
  written: Written | undefined,
  type?: ts.Type,
  steps = 0,
): Written | undefined {
  let here = written
  for (let step = steps; here && step < maxSteps; step += 1) {
    const next = stepIn(checker, here, type, step)
    if (!next) return here
    here = withMarksOf(here, next)
  }
  return here
}

/** What holds for a type holds for what is meant by it. */
function withMarksOf(before: Written, after: Written): Written {
  const members = [...(before.members ?? []), ...(after.members ?? [])]
  const also = [...(before.also ?? []), ...(after.also ?? [])]
  return {
    ...after,
    ...(members.length > 0 && { members }),
    ...(also.length > 0 && { also }),
  }
}

/** Whether what is written says, through aliases, which type it is: one that is computed may not. */
export function isFollowed(
  checker: ts.TypeChecker,
  written: Written | undefined,
  type: ts.Type,
  steps = 0,
): boolean {
  const at = meant(checker, written, type)
  if (!at || steps > maxSteps) return false
  const { node } = at
  if (!ts.isTypeReferenceNode(node)) {
    // It may be any of several with such arguments.
    if (ts.isUnionTypeNode(node) && argumentsOf(checker, type).length > 0) return false
    return !ts.isConditionalTypeNode(node) && !ts.isIndexedAccessTypeNode(node)
  }
  const symbol = namedSymbol(checker, node)
  if (!symbol || symbol.flags & ts.SymbolFlags.TypeParameter) return false
  const alias = symbol.declarations?.find(ts.isTypeAliasDeclaration)
  return !alias || isFollowed(checker, bodyOfAlias(checker, alias, at), type, steps + 1)
}

/** A step nearer to what is meant; undefined where it is that, or cannot be told. */
export function stepIn(
  checker: ts.TypeChecker,
  { node, bindings }: Written,
  type?: ts.Type,
  steps = 0,
): Written | undefined {
  const read = readingOf(checker, steps)
  if (ts.isParenthesizedTypeNode(node)) return { node: node.type, bindings }
  if (ts.isIndexedAccessTypeNode(node)) {
    const key = keyIn(checker, node.indexType, bindings)
    const owner = { node: node.objectType, bindings }
    return key === undefined ? undefined : memberOf(checker, owner, key, {}, steps + 1)
  }
  if (ts.isConditionalTypeNode(node)) return branchOf(read, node, bindings, type)
  if (ts.isIntersectionTypeNode(node)) {
    // `T & {}` is what `NonNullable` is made of.
    const parts = node.types.filter((it) => !(ts.isTypeLiteralNode(it) && !it.members.length))
    const [only] = parts
    if (only && parts.length === 1) return { node: only, bindings }
  }
  if (ts.isUnionTypeNode(node) || ts.isIntersectionTypeNode(node)) {
    if (!type) return undefined
    const parts = node.types.map((it) => ({ node: it, bindings }))
    if (type.isUnion()) return ts.isUnionTypeNode(node) ? theWhole(read, parts, type) : undefined
    return theOne(read, parts, type, ts.isUnionTypeNode(node))
  }
  if (ts.isMappedTypeNode(node)) return type && mappedPrimitive(node, bindings, type)
  return ts.isTypeReferenceNode(node) ? referred(checker, node, bindings) : undefined
}

/** Which of these the type is written as, where that can be told. */
export const writtenAs = (
  checker: ts.TypeChecker,
  all: readonly Written[],
  type: ts.Type,
): Written | undefined => theOne(readingOf(checker, 0), all, type, true)

const readingOf = (checker: ts.TypeChecker, steps: number): Reading => ({
  checker,
  meant: (it) => meant(checker, it, undefined, steps + 1) ?? it,
  memberOf: (it, key) => memberOf(checker, it, key, {}, steps + 1),
})

function referred(
  checker: ts.TypeChecker,
  node: ts.TypeReferenceNode,
  bindings: Bindings | undefined,
): Written | undefined {
  const symbol = checker.getSymbolAtLocation(node.typeName)
  const bound = symbol && bindings?.get(symbol)
  // The key that it is bound to is no type that would be written.
  if (bound) return bound.key === undefined ? bound : undefined
  const [argument] = node.typeArguments ?? []
  if (!symbol || !argument || symbol.name !== 'Awaited' || !isBuiltIn(symbol)) return undefined
  const awaited = meant(checker, { node: argument, bindings })
  if (!awaited || !ts.isTypeReferenceNode(awaited.node)) return awaited
  const promise = namedSymbol(checker, awaited.node)
  const [inner] = awaited.node.typeArguments ?? []
  const isPromise = promise && isBuiltIn(promise) && /^Promise(?:Like)?$/.test(promise.name)
  return isPromise && inner ? { node: inner, bindings: awaited.bindings } : awaited
}

/** Of a string, `{ [K in keyof T]: … }` makes a string. */
function mappedPrimitive(
  { typeParameter: { constraint } }: ts.MappedTypeNode,
  bindings: Bindings | undefined,
  { flags }: ts.Type,
): Written | undefined {
  const isPlain = flags & (ts.TypeFlags.StringLike | ts.TypeFlags.NumberLike)
  if (!isPlain || !constraint || !ts.isTypeOperatorNode(constraint)) return undefined
  return constraint.operator === ts.SyntaxKind.KeyOfKeyword
    ? { node: constraint.type, bindings }
    : undefined
}

/** What `K` in `T[K]` is, where that is one property, or any of them. */
function keyIn(
  checker: ts.TypeChecker,
  node: ts.TypeNode,
  bindings: Bindings | undefined,
): Key | undefined {
  if (ts.isParenthesizedTypeNode(node)) return keyIn(checker, node.type, bindings)
  if (node.kind === ts.SyntaxKind.NumberKeyword) return null
  if (ts.isLiteralTypeNode(node)) {
    const { literal } = node
    return ts.isStringLiteral(literal) || ts.isNumericLiteral(literal) ? literal.text : undefined
  }
  // `T[K & string]`
  if (ts.isIntersectionTypeNode(node)) {
    return node.types.map((it) => keyIn(checker, it, bindings)).find((it) => it !== undefined)
  }
  const symbol = ts.isTypeReferenceNode(node) && checker.getSymbolAtLocation(node.typeName)
  const bound = symbol ? bindings?.get(symbol) : undefined
  if (!bound || bound.key !== undefined) return bound?.key
  return keyIn(checker, bound.node, bound.bindings)
}

/** What the compiler knows of the member's owner, and of the member. */
interface Known {
  type?: ts.Type | undefined
  property?: ts.Symbol | undefined
}

/**
 * What the type of a property or an element is written as, through aliases, mapped types and what is
 * inherited. Undefined where that cannot be told.
 */
export function memberOf(
  checker: ts.TypeChecker,
  owner: Written,
  key: Key,
  known: Known = {},
  steps = 0,
): Written | undefined {
  const written = meant(checker, owner, known.type, steps)
  if (!written || steps > maxSteps) return undefined
  const { node, bindings, also } = written
  if (also) {
    return memberOfParts(checker, [{ node, bindings }, ...also], key, known.property, steps)
  }
  const next = (inner: Written, of: Known): Written | undefined =>
    memberOf(checker, inner, key, of, steps + 1)
  if (ts.isTypeReferenceNode(node) || ts.isExpressionWithTypeArguments(node)) {
    const symbol = ts.isTypeReferenceNode(node)
      ? namedSymbol(checker, node)
      : aliasedSymbol(checker, checker.getSymbolAtLocation(node.expression))
    const alias = symbol?.declarations?.find(ts.isTypeAliasDeclaration)
    if (alias) return next(bodyOfAlias(checker, alias, written), known)
    const declaration = symbol?.declarations?.find(isClassOrInterface)
    if (!symbol || !declaration) return undefined
    const [element] = node.typeArguments ?? []
    const isList = isBuiltIn(symbol) && /^(?:Readonly)?Array$/.test(symbol.name)
    if (isList) return isIndex(key) && element ? { node: element, bindings } : undefined
    return declaredMember(checker, symbol, bind(checker, declaration, node, bindings), key, steps)
  }
  if (ts.isArrayTypeNode(node)) {
    return isIndex(key) ? { node: node.elementType, bindings } : undefined
  }
  if (ts.isTypeOperatorNode(node)) {
    const isReadonly = node.operator === ts.SyntaxKind.ReadonlyKeyword
    return isReadonly ? next({ node: node.type, bindings }, known) : undefined
  }
  if (ts.isTupleTypeNode(node)) {
    const { element, isRest } = elementIn(node, key) ?? {}
    if (!element) return undefined
    const inner = { node: element, bindings }
    return isRest ? memberOf(checker, inner, null, {}, steps + 1) : inner
  }
  if (ts.isTypeLiteralNode(node)) {
    const symbol = checker.getTypeFromTypeNode(node).getSymbol()
    return symbol && declaredMember(checker, symbol, bindings, key, steps)
  }
  if (ts.isMappedTypeNode(node)) {
    const parameter = checker.getSymbolAtLocation(node.typeParameter.name)
    const { constraint } = node.typeParameter
    const source = node.nameType ? keyOfProperty(known.property, node) : key
    if (!parameter || !constraint || !node.type || source === undefined) return undefined
    const bound: Written = { node: constraint, bindings, key: source }
    return { node: node.type, bindings: new Map(bindings).set(parameter, bound) }
  }
  if (ts.isIntersectionTypeNode(node) || ts.isUnionTypeNode(node)) {
    const { property } = known
    const parts = node.types.map((it) => ({ node: it, bindings }))
    return ts.isUnionTypeNode(node)
      ? theSame(parts.map((it) => next(it, { property })))
      : memberOfParts(checker, parts, key, property, steps)
  }
  return ts.isTypeQueryNode(node) || ts.isImportTypeNode(node)
    ? checkedMember(checker, checker.getTypeFromTypeNode(node), key)
    : undefined
}

/** A member of an intersection is that of each part that has it, where it can be told which have. */
function memberOfParts(
  checker: ts.TypeChecker,
  parts: readonly Written[],
  key: Key,
  property: ts.Symbol | undefined,
  steps: number,
): Written | undefined {
  const read = readingOf(checker, steps)
  const having = parts.map((it) => ({ it, has: hasMember(read, it, key) }))
  const possible = having.filter(({ has }) => has !== false)
  if (possible.length > 1 && possible.some(({ has }) => has === undefined)) return undefined
  const found = possible.map(({ it }) => memberOf(checker, it, key, { property }, steps + 1))
  const [first, ...others] = found.filter((it) => it !== undefined)
  if (!first || others.length === 0) return first
  return { ...first, also: [...(first.also ?? []), ...others] }
}

/** What one member of a union says does not hold for the others. */
function theSame([first, ...others]: readonly (Written | undefined)[]): Written | undefined {
  const areSame = others.every((it) => it?.node === first?.node && it?.bindings === first?.bindings)
  return areSame ? first : undefined
}

const isIndex = (key: Key): boolean => key === null || /^\d+$/.test(key)

/** A member of what is declared with its members, or of what that extends. */
export function declaredMember(
  checker: ts.TypeChecker,
  symbol: ts.Symbol,
  bindings: Bindings | undefined,
  key: Key,
  steps = 0,
): Written | undefined {
  const name = key === null ? ts.InternalSymbolName.Index : ts.escapeLeadingUnderscores(key)
  const own = symbol.members?.get(name)
  const [declaration] = own?.declarations ?? []
  if (own) {
    const node = declaration && writtenType(declaration)
    return node && { node, bindings, members: [own] }
  }
  const extended = symbol.declarations?.flatMap((it) =>
    isClassOrInterface(it) ? (it.heritageClauses ?? []) : [],
  )
  for (const node of extended?.flatMap(({ types }) => types) ?? []) {
    const inherited = memberOf(checker, { node, bindings }, key, {}, steps + 1)
    if (inherited) return inherited
  }
  return undefined
}

/** Where that is certain: a mapped type may make something else of the property's type. */
export function checkedMember(
  checker: ts.TypeChecker,
  owner: ts.Type,
  key: Key,
): Written | undefined {
  const property = key === null ? undefined : checker.getPropertyOfType(owner, key)
  const [declaration] = property?.declarations ?? []
  const node = declaration && writtenType(declaration)
  if (!property || !node) return undefined
  const present = (type: ts.Type): ts.Type => checker.getNonNullableType(type)
  const isAsWritten =
    present(checker.getTypeOfSymbol(property)) === present(checker.getTypeFromTypeNode(node))
  return isAsWritten ? { node, bindings: undefined, members: [property] } : undefined
}

/** What the type parameters of a declaration stand for where a type of it is written, through aliases. */
export function bindingsOf(
  checker: ts.TypeChecker,
  declaration: ts.Declaration,
  written: Written | undefined,
  type?: ts.Type,
  steps = 0,
): Bindings | undefined {
  const at = meant(checker, written, type)
  if (!at || !ts.isTypeReferenceNode(at.node) || steps > maxSteps) return undefined
  const declarations = namedSymbol(checker, at.node)?.declarations ?? []
  if (declarations.includes(declaration)) return bind(checker, declaration, at.node, at.bindings)
  const alias = declarations.find(ts.isTypeAliasDeclaration)
  const body = alias && bodyOfAlias(checker, alias, at)
  return body && bindingsOf(checker, declaration, body, type, steps + 1)
}
