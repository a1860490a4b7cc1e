import { ts } from 'ts-morph'
import { isAssignment } from './expressions.ts'

/**
 * As `ts.forEachChild`, but for `a + b + c`, which is `(a + b) + c`: all operands are children of the whole. They lie in
 * each other as deep as there are operators, for which the stack may have no room; and nobody looks for what is between.
 */
export function forEachChild(node: ts.Node, visit: (child: ts.Node) => void): void {
  if (!isChain(node)) {
    ts.forEachChild(node, visit)
    return
  }
  const links = [node]
  let first = node.left
  for (; isChain(first); first = first.left) links.push(first)
  visit(first)
  for (const { right } of links.reverse()) visit(right)
}

const isChain = (node: ts.Node): node is ts.BinaryExpression =>
  ts.isBinaryExpression(node) && !isAssignment(node.operatorToken.kind)
