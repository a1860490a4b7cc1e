import { ts } from 'ts-morph'
import { isIdentifier } from '../../identifiers.ts'
import type { Bindings, Key, Written } from './written-bindings.ts'
import { isBuiltIn } from './standard-types.ts'
import { checkedMember, declaredMember, memberOf } from './written.ts'

/** Where a type stands: what the reader is told, and what the sources say there. */
export interface Site {
  /** What the root is, for messages: "the payload". */
  subject: string
  /** Property path from the root: `items[].price`; empty at the root. */
  path: string
  /** What diagnostics point at. */
  node: ts.Node
  /** The type as it is written at this place, when it is: the checker drops order and aliases. */
  written?: Written | undefined
  /** Where it is not: that of the nearest type around it that is, and cannot be followed to here. */
  hidden?: Written | undefined
  /** What the tags of the property say that stands here: that needs no following. */
  told?: ReadonlySet<string> | undefined
  /** What the type parameters in what its members are written as stand for. */
  bindings?: Bindings | undefined
  /** May a value be left out here (see `absence`)? */
  leavable: boolean
  /** How many types lie around this one, up to the last one with a name of its own. */
  depth: number
}

/** A place where a value has to be: null stands there for `undefined`. */
export function below(site: Site, step: string, written?: Written): Site {
  const { subject, node, depth } = site
  const hidden = written ? undefined : (site.written ?? site.hidden)
  const path = site.path + step
  return { subject, path, node, written, hidden, leavable: false, depth: depth + 1 }
}

/** A place where a value may be left out. */
export function belowLeavable(site: Site, step: string, written?: Written): Site {
  return { ...below(site, step, written), leavable: true }
}

/** `.name`, or `["a name"]` */
export const propertyStep = (name: string): string =>
  isIdentifier(name) ? `.${name}` : `[${JSON.stringify(name)}]`

/** The site of a property; diagnostics point at its declaration unless that is in a library. */
export function atProperty(
  site: Site,
  name: string,
  declaration: ts.Declaration | undefined,
  written?: Written,
): Site {
  const step = propertyStep(name).slice(site.path === '' && isIdentifier(name) ? 1 : 0)
  const inner = belowLeavable(site, step, written)
  const isOwn = declaration && !declaration.getSourceFile().isDeclarationFile
  return isOwn ? { ...inner, node: declaration } : inner
}

/** What a member of the type that stands there is written as. */
export function writtenMember(
  checker: ts.TypeChecker,
  site: Site,
  type: ts.Type,
  key: Key,
  property?: ts.Symbol,
): Written | undefined {
  const { written, bindings } = site
  const followed = written && memberOf(checker, written, key, { type, property })
  if (followed) return followed
  const symbol = type.getSymbol()
  const isDeclared = symbol && symbol.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.Class)
  // A list is no more than its elements, whose type its own declaration does not know.
  const isOwn = isDeclared && !isBuiltIn(symbol)
  const declared = isOwn ? declaredMember(checker, symbol, bindings, key) : undefined
  return declared ?? checkedMember(checker, type, key)
}

export function typeArgumentsIn(node: ts.TypeNode): readonly ts.TypeNode[] {
  return ts.isTypeReferenceNode(node) ? (node.typeArguments ?? []) : []
}
