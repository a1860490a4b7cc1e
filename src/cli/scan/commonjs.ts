import { ts } from 'ts-morph'
import { forEachChild } from './children.ts'
import { linkBodies } from './parents.ts'

/** How CommonJS modules import and export, as it is written. */

/** `require('…')`, which means nothing to the compiler in a TypeScript file. */
export function isRequire(node: ts.Node): node is ts.CallExpression {
  const isCall = ts.isCallExpression(node) && ts.isIdentifier(node.expression)
  return isCall && ts.idText(node.expression) === 'require' && requiredSpecifier(node) !== null
}

export function requiredSpecifier({
  arguments: [specifier],
}: ts.CallExpression): ts.StringLiteralLike | null {
  return specifier && ts.isStringLiteralLike(specifier) ? specifier : null
}

/** What a file requires, anywhere in it. */
export function requiredIn(file: ts.SourceFile): ts.StringLiteralLike[] {
  if (!/\brequire\s*\(/.test(file.text)) return []
  linkBodies(file)
  const found: ts.StringLiteralLike[] = []
  const visit = (node: ts.Node): void => {
    const specifier = isRequire(node) ? requiredSpecifier(node) : null
    if (specifier) found.push(specifier)
    forEachChild(node, visit)
  }
  visit(file)
  return found
}

/** `module.exports = …`, `exports.name = …` */
export function isModuleExport(node: ts.Node): node is ts.BinaryExpression {
  return (
    ts.isBinaryExpression(node) &&
    node.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
    ts.isPropertyAccessExpression(node.left) &&
    /^(module\.exports(\.\w+)?|exports\.\w+)$/.test(node.left.getText())
  )
}
