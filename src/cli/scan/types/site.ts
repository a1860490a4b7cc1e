import { ts } from 'ts-morph'
import { isIdentifier } from '../../identifiers.ts'
import { writtenType, type Bindings, type Written } from './written.ts'

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
  return { subject, path: site.path + step, node, written, leavable: false, depth: depth + 1 }
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
): Site {
  const step = propertyStep(name).slice(site.path === '' && isIdentifier(name) ? 1 : 0)
  const inner = belowLeavable(site, step, writtenMember(site, declaration))
  const isOwn = declaration && !declaration.getSourceFile().isDeclarationFile
  return isOwn ? { ...inner, node: declaration } : inner
}

/** The type of a member of the type that stands there, as its declaration says it. */
function writtenMember(site: Site, declaration: ts.Declaration | undefined): Written | undefined {
  const node = declaration && writtenType(declaration)
  return node && { node, bindings: site.bindings }
}

/** The element type as written in `X[]`, `readonly X[]` or `Array<X>`. */
export function writtenElement(written: Written | undefined): Written | undefined {
  if (written === undefined) return undefined
  const { node, bindings } = written
  if (ts.isParenthesizedTypeNode(node)) return writtenElement({ node: node.type, bindings })
  if (ts.isTypeOperatorNode(node)) return writtenElement({ node: node.type, bindings })
  const element = ts.isArrayTypeNode(node) ? node.elementType : typeArgumentsIn(node)[0]
  return element && { node: element, bindings }
}

export function typeArgumentsIn(node: ts.TypeNode): readonly ts.TypeNode[] {
  return ts.isTypeReferenceNode(node) ? (node.typeArguments ?? []) : []
}
