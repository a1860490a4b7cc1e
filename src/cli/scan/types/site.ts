import { ts } from 'ts-morph'

/** Where a type stands: what the reader is told, and what the sources say there. */
export interface Site {
  /** Property path from the payload's root: `items[].price`; empty at the root. */
  path: string
  /** What diagnostics point at. */
  node: ts.Node
  /** The type as it is written at this place, when it is: the checker drops order and aliases. */
  written?: ts.TypeNode | undefined
  /** How many types lie around this one. */
  depth: number
}

export const isIdentifier = (text: string): boolean =>
  /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(text)

export function below(site: Site, step: string, written?: ts.TypeNode): Site {
  return { path: site.path + step, node: site.node, written, depth: site.depth + 1 }
}

/** The site of a property; diagnostics point at its declaration unless that is in a library. */
export function atProperty(
  site: Site,
  name: string,
  declaration: ts.Declaration | undefined,
): Site {
  const step = isIdentifier(name)
    ? `${site.path === '' ? '' : '.'}${name}`
    : `[${JSON.stringify(name)}]`
  const inner = below(site, step, declaration && writtenType(declaration))
  const isOwn = declaration && !declaration.getSourceFile().isDeclarationFile
  return isOwn ? { ...inner, node: declaration } : inner
}

function writtenType(declaration: ts.Declaration): ts.TypeNode | undefined {
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
