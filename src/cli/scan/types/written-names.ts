import { ts } from 'ts-morph'
import { isBuiltIn } from './standard-types.ts'
import { bodyOfAlias, namedSymbol, type Key, type Written } from './written-bindings.ts'
import type { Reading } from './written-conditions.ts'

/** Whether what is written has such a member; undefined where that cannot be told. */
export function hasMember(read: Reading, written: Written, key: Key): boolean | undefined {
  const { checker } = read
  const at = read.meant(written)
  const { node, bindings } = at
  if (ts.isMappedTypeNode(node)) {
    const { constraint } = node.typeParameter
    return node.nameType || !constraint
      ? undefined
      : names(read, { node: constraint, bindings }, key)
  }
  if (ts.isIntersectionTypeNode(node)) {
    return any(node.types.map((it) => hasMember(read, { node: it, bindings }, key)))
  }
  const alias = aliasOf(read, node)
  if (alias) return hasMember(read, bodyOfAlias(checker, alias, at), key)
  if (!ts.isTypeReferenceNode(node) && !ts.isTypeLiteralNode(node)) return undefined
  const type = checker.getTypeFromTypeNode(node)
  if (type.flags & ts.TypeFlags.Instantiable) return undefined
  if (key === null) return checker.getIndexInfosOfType(type).length > 0
  return checker.getPropertyOfType(type, key) !== undefined
}

/** Whether a type that is made of names has that one in it. */
function names(read: Reading, written: Written, key: Key): boolean | undefined {
  const { checker } = read
  const at = read.meant(written)
  const { node, bindings } = at
  const inner = (of: ts.TypeNode | undefined): boolean | undefined =>
    of && names(read, { node: of, bindings }, key)
  if (ts.isUnionTypeNode(node)) return any(node.types.map(inner))
  if (ts.isTypeOperatorNode(node) && node.operator === ts.SyntaxKind.KeyOfKeyword) {
    return hasMember(read, { node: node.type, bindings }, key)
  }
  if (ts.isLiteralTypeNode(node)) {
    const { literal } = node
    const isName = ts.isStringLiteral(literal) || ts.isNumericLiteral(literal)
    return isName ? literal.text === key : undefined
  }
  if (node.kind === ts.SyntaxKind.StringKeyword) return key === null
  if (!ts.isTypeReferenceNode(node)) return undefined
  const symbol = namedSymbol(checker, node)
  if (symbol && isBuiltIn(symbol) && symbol.name === 'Exclude') {
    const [from, excluded] = node.typeArguments ?? []
    const isIn = inner(excluded)
    return isIn === false ? inner(from) : isIn && false
  }
  const alias = aliasOf(read, node)
  return alias && names(read, bodyOfAlias(checker, alias, at), key)
}

function aliasOf({ checker }: Reading, node: ts.TypeNode): ts.TypeAliasDeclaration | undefined {
  const symbol = ts.isTypeReferenceNode(node) ? namedSymbol(checker, node) : undefined
  return symbol?.declarations?.find(ts.isTypeAliasDeclaration)
}

function any(found: readonly (boolean | undefined)[]): boolean | undefined {
  if (found.includes(true)) return true
  return found.includes(undefined) ? undefined : false
}
