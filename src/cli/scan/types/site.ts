import { ts } from 'ts-morph'
import { isIdentifier } from '../../identifiers.ts'

/** Where a type stands: what the reader is told, and what the sources say there. */
export interface Site {
  /** What the root is, for messages: "the payload". */
  subject: string
  /** Property path from the root: `items[].price`; empty at the root. */
  path: string
  /** What diagnostics point at. */
  node: ts.Node
  /** The type as it is written at this place, when it is: the checker drops order and aliases. */
  written?: ts.TypeNode | undefined
  /** May a value be left out here (see `absence`)? */
  leavable: boolean
  /** How many types lie around this one, up to the last one with a name of its own. */
  depth: number
}

/** A place where a value has to be: null stands there for `undefined`. */
export function below(site: Site, step: string, written?: ts.TypeNode): Site {
  const { subject, node, depth } = site
  return { subject, path: site.path + step, node, written, leavable: false, depth: depth + 1 }
}

/** A place where a value may be left out. */
export function belowLeavable(site: Site, step: string, written?: ts.TypeNode): Site {
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
  const inner = belowLeavable(site, step, declaration && writtenType(declaration))
  const isOwn = declaration && !declaration.getSourceFile().isDeclarationFile
  return isOwn ? { ...inner, node: declaration } : inner
}

/** The type as the declaration of a property says it, when it does. */
export function writtenType(declaration: ts.Declaration): ts.TypeNode | undefined {
  const isTyped =
    ts.isPropertySignature(declaration) ||
    ts.isPropertyDeclaration(declaration) ||
    ts.isParameter(declaration)
  return isTyped ? declaration.type : undefined
}

export function unparenthesized(node: ts.TypeNode | undefined): ts.TypeNode | undefined {
  return node && ts.isParenthesizedTypeNode(node) ? unparenthesized(node.type) : node
}

/** The element type as written in `X[]`, `readonly X[]` or `Array<X>`. */
export function writtenElement(written: ts.TypeNode | undefined): ts.TypeNode | undefined {
  const node = unparenthesized(written)
  if (node === undefined) return undefined
  if (ts.isTypeOperatorNode(node)) return writtenElement(node.type)
  if (ts.isArrayTypeNode(node)) return node.elementType
  return ts.isTypeReferenceNode(node) ? node.typeArguments?.[0] : undefined
}
