import { ts } from 'ts-morph'
import {
  bodyOfAlias,
  isClassOrInterface,
  namedSymbol,
  type Bindings,
  type Key,
  type Written,
} from './written-bindings.ts'
import { argumentsOf } from './type-arguments.ts'

/** What is asked of written types in general. */
export interface Reading {
  checker: ts.TypeChecker
  meant: (written: Written) => Written
  memberOf: (written: Written, key: Key) => Written | undefined
}

/**
 * The branch of `A extends B ? X : Y` that is meant, with what is inferred by `B`; undefined where that
 * cannot be told. What gives `never` adds nothing to a type.
 */
export function branchOf(
  read: Reading,
  node: ts.ConditionalTypeNode,
  bindings: Bindings | undefined,
  type: ts.Type | undefined,
): Written | undefined {
  const checked = { node: node.checkType, bindings }
  const inferred = new Map(bindings)
  infer(read, node.extendsType, checked, inferred)
  const branches = [
    { node: node.trueType, bindings: inferred },
    { node: node.falseType, bindings },
  ]
  const holds = isAssignable(read, checked, node.extendsType)
  if (holds !== undefined) return branches[holds ? 0 : 1]
  const telling = branches.filter((it) => !saysNothing.has(it.node.kind))
  const [only, another] = telling
  return another ? type && theOne(read, telling, type, true) : only
}

/** `any` is refused wherever it is. */
const saysNothing = new Set([ts.SyntaxKind.NeverKeyword, ts.SyntaxKind.AnyKeyword])

/** Undefined where there is more to it than two types that the compiler knows. */
function isAssignable(read: Reading, written: Written, extended: ts.TypeNode): boolean | undefined {
  const { checker } = read
  if (extended.kind === ts.SyntaxKind.ObjectKeyword && isObject(read, written)) return true
  const { node } = read.meant(written)
  if (isOpen(checker, node) || isOpen(checker, extended)) return undefined
  const type = checker.getTypeFromTypeNode(node)
  if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Never)) return undefined
  const target = checker.getTypeFromTypeNode(extended)
  const members = type.isUnion() ? type.types : [type]
  const found = new Set(members.map((it) => checker.isTypeAssignableTo(it, target)))
  return found.size === 1 ? found.has(true) : undefined
}

/**
 * The one of these that is the type.
 * @param orMayBe also one that may be, where none of the others can
 */
export function theOne(
  read: Reading,
  all: readonly Written[],
  type: ts.Type,
  orMayBe: boolean,
): Written | undefined {
  const fits = all.map((it) => isType(read, it, type))
  const sure = all.filter((_, index) => fits[index] === 'yes')
  const possible = orMayBe ? all.filter((_, index) => fits[index] === 'maybe') : []
  const [only, another] = sure.length > 0 ? sure : possible
  return another ? undefined : only
}

/** The one of these that is all of a union: `Result<Order>` of a `Result<Order> | null` without the null. */
export function theWhole(
  read: Reading,
  all: readonly Written[],
  type: ts.UnionType,
): Written | undefined {
  const [only, another] = all.filter((it) => {
    const at = read.meant(it)
    if (!isOpen(read.checker, at.node)) return read.checker.getTypeFromTypeNode(at.node) === type
    const symbol = ts.isTypeReferenceNode(at.node) && namedSymbol(read.checker, at.node)
    return symbol && symbol === type.aliasSymbol && !hasOtherArguments(read, at, type, 1)
  })
  return another ? undefined : only
}

/** Whether it is surely no text, number or the like. */
function isObject(read: Reading, written: Written, steps = 0): boolean {
  const at = read.meant(written)
  const { node, bindings } = at
  if (steps > maxSteps) return false
  const inner = (of: ts.TypeNode): boolean => isObject(read, { node: of, bindings }, steps + 1)
  if (ts.isArrayTypeNode(node) || ts.isTupleTypeNode(node)) return true
  if (ts.isTypeLiteralNode(node)) return true
  if (ts.isIntersectionTypeNode(node)) return node.types.every(inner)
  if (ts.isMappedTypeNode(node)) {
    const { constraint } = node.typeParameter
    // Of a text, `{ [K in keyof T]: … }` makes a text.
    const isOf = constraint && ts.isTypeOperatorNode(constraint)
    return !isOf || inner(constraint.type)
  }
  const symbol = ts.isTypeReferenceNode(node) ? namedSymbol(read.checker, node) : undefined
  const alias = symbol?.declarations?.find(ts.isTypeAliasDeclaration)
  if (alias) return isObject(read, bodyOfAlias(read.checker, alias, at), steps + 1)
  return symbol?.declarations?.some(isClassOrInterface) ?? false
}

const maxSteps = 20

function isType(read: Reading, written: Written, type: ts.Type, steps = 0): 'yes' | 'no' | 'maybe' {
  const { checker } = read
  const at = read.meant(written)
  const { node } = at
  if (!isOpen(checker, node)) return isSame(checker, checker.getTypeFromTypeNode(node), type)
  const isPlain = !(type.flags & (ts.TypeFlags.Object | ts.TypeFlags.UnionOrIntersection))
  if (isPlain && isObject(read, written)) return 'no'
  const isList = checker.isArrayType(type) || checker.isTupleType(type)
  if (ts.isArrayTypeNode(node) || ts.isTupleTypeNode(node)) return isList ? 'maybe' : 'no'
  if (ts.isTypeLiteralNode(node)) return isList ? 'no' : 'maybe'
  const symbol = ts.isTypeReferenceNode(node) && namedSymbol(checker, node)
  if (!symbol) return 'maybe'
  if ((type.aliasSymbol ?? type.getSymbol()) === symbol) {
    const isOther = steps < maxSteps && hasOtherArguments(read, at, type, steps + 1)
    return isOther ? 'no' : 'maybe'
  }
  return symbol.declarations?.some(isClassOrInterface) && type.getSymbol() !== symbol
    ? 'no'
    : 'maybe'
}

/** An `Event<'a', T>` is no `Event<'b', T>`, whatever `T` is. */
function hasOtherArguments(
  read: Reading,
  { node, bindings }: Written,
  type: ts.Type,
  steps: number,
): boolean {
  const given = ts.isTypeReferenceNode(node) ? (node.typeArguments ?? []) : []
  const types = argumentsOf(read.checker, type)
  return given.some((it, index) => {
    const argument = types[index]
    return argument && isType(read, { node: it, bindings }, argument, steps) === 'no'
  })
}

function isSame(checker: ts.TypeChecker, one: ts.Type, other: ts.Type): 'yes' | 'no' | 'maybe' {
  const [a, b] = [checker.getNonNullableType(one), checker.getNonNullableType(other)]
  if (a === b) return 'yes'
  const members = (type: ts.Type): ts.Type[] => (type.isUnion() ? type.types : [type])
  return members(a).some((it) => members(b).includes(it)) ? 'maybe' : 'no'
}

const open = new WeakMap<ts.Node, boolean>()

/** Whether it speaks of type parameters around it: what they stand for the compiler cannot be asked. */
function isOpen(checker: ts.TypeChecker, node: ts.TypeNode): boolean {
  const known = open.get(node) ?? speaksOfOuter(checker, node, node)
  open.set(node, known)
  return known
}

function speaksOfOuter(checker: ts.TypeChecker, node: ts.Node, whole: ts.Node): boolean {
  if (node.kind === ts.SyntaxKind.ThisType || ts.isInferTypeNode(node)) return true
  const symbol = ts.isIdentifier(node) ? checker.getSymbolAtLocation(node) : undefined
  const isParameter = symbol && (symbol.flags & ts.SymbolFlags.TypeParameter) !== 0
  if (isParameter) return !symbol.declarations?.some((it) => isWithin(it, whole))
  return (
    ts.forEachChild(node, (child) => speaksOfOuter(checker, child, whole) || undefined) ?? false
  )
}

const isWithin = (node: ts.Node, whole: ts.Node): boolean =>
  node.getSourceFile() === whole.getSourceFile() && node.pos >= whole.pos && node.end <= whole.end

/** Binds what `infer` stands for in a pattern, as far as the written type has the same shape. */
function infer(
  read: Reading,
  pattern: ts.TypeNode,
  written: Written | undefined,
  bindings: Map<ts.Symbol, Written>,
): void {
  if (!written) return
  const go = (inner: ts.TypeNode, of: Written | undefined): void => infer(read, inner, of, bindings)
  if (ts.isInferTypeNode(pattern)) {
    const symbol = read.checker.getSymbolAtLocation(pattern.typeParameter.name)
    if (symbol) bindings.set(symbol, written)
  } else if (ts.isParenthesizedTypeNode(pattern) || ts.isTypeOperatorNode(pattern)) {
    go(pattern.type, written)
  } else if (ts.isArrayTypeNode(pattern)) {
    go(pattern.elementType, read.memberOf(written, null))
  } else if (ts.isTupleTypeNode(pattern)) {
    for (const [index, element] of pattern.elements.entries()) {
      // Behind any number of others it has no place that is known.
      if (ts.isRestTypeNode(element) || ts.isNamedTupleMember(element)) break
      go(element, read.memberOf(written, String(index)))
    }
  } else if (ts.isTypeLiteralNode(pattern)) {
    for (const member of pattern.members) {
      const name = member.name && ts.isIdentifier(member.name) ? member.name.text : undefined
      if (name === undefined || !ts.isPropertySignature(member) || !member.type) continue
      go(member.type, read.memberOf(written, name))
    }
  } else if (ts.isFunctionTypeNode(pattern)) {
    go(pattern.type, returned(read, written))
  } else if (ts.isTypeReferenceNode(pattern)) {
    const { node, bindings: around } = read.meant(written)
    const symbol = namedSymbol(read.checker, pattern)
    if (!ts.isTypeReferenceNode(node) || namedSymbol(read.checker, node) !== symbol) return
    for (const [index, argument] of pattern.typeArguments?.entries() ?? []) {
      const given = node.typeArguments?.[index]
      go(argument, given && { node: given, bindings: around })
    }
  }
}

/** What a function returns, as it is written at it. */
function returned(read: Reading, written: Written): Written | undefined {
  const { node, bindings } = read.meant(written)
  if (ts.isFunctionTypeNode(node)) return { node: node.type, bindings }
  if (!ts.isTypeQueryNode(node)) return undefined
  const [declaration, another] = read.checker.getSymbolAtLocation(node.exprName)?.declarations ?? []
  if (!declaration || another) return undefined
  if (ts.isVariableDeclaration(declaration)) {
    const { type } = declaration
    return type && ts.isFunctionTypeNode(type)
      ? returned(read, { node: type, bindings })
      : undefined
  }
  const isPlain = ts.isFunctionDeclaration(declaration) && !declaration.typeParameters
  return isPlain && declaration.type ? { node: declaration.type, bindings } : undefined
}
