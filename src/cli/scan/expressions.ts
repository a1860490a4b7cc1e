import { ts } from 'ts-morph'

/** What expressions are, by their syntax alone. */

/**
 * The expression without what leaves its value as it is: parentheses, `as`, `satisfies`, `!`,
 * `Object.freeze(…)`, and what stands before a comma.
 */
export function unwrap(expression: ts.Expression): ts.Expression {
  if (isTransparent(expression)) return unwrap(expression.expression)
  if (isComma(expression)) return unwrap(expression.right)
  const [frozen] = isFreeze(expression) ? expression.arguments : []
  return frozen ? unwrap(frozen) : expression
}

/** The expression without what leaves both its value and its type as they are. */
export function plain(expression: ts.Expression): ts.Expression {
  return isPlain(expression) ? plain(expression.expression) : expression
}

const isPlain = (
  node: ts.Expression,
): node is ts.ParenthesizedExpression | ts.SatisfiesExpression | ts.NonNullExpression =>
  ts.isParenthesizedExpression(node) ||
  ts.isSatisfiesExpression(node) ||
  ts.isNonNullExpression(node)

/** `=`, `+=` and the like. */
export const isAssignment = (operator: ts.SyntaxKind): boolean =>
  operator >= ts.SyntaxKind.FirstAssignment && operator <= ts.SyntaxKind.LastAssignment

/** `(0, name)`, as compiled code calls what it imports. */
export const isComma = (node: ts.Node): node is ts.BinaryExpression =>
  ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.CommaToken

export const isTransparent = (
  node: ts.Expression,
): node is
  | ts.ParenthesizedExpression
  | ts.AsExpression
  | ts.SatisfiesExpression
  | ts.NonNullExpression
  | ts.TypeAssertion =>
  isPlain(node) || ts.isAsExpression(node) || ts.isTypeAssertionExpression(node)

/** `Object.freeze(…)` */
export function isFreeze(expression: ts.Expression): expression is ts.CallExpression {
  if (!ts.isCallExpression(expression)) return false
  const callee = expression.expression
  return (
    ts.isPropertyAccessExpression(callee) &&
    ts.isIdentifier(callee.expression) &&
    callee.expression.text === 'Object' &&
    callee.name.text === 'freeze'
  )
}

/** The name that an access names: `b` of `a.b` and `a['b']`, or the identifier itself. */
export function nameOf(expression: ts.Expression): ts.Identifier | Access['key'] | null {
  return ts.isIdentifier(expression) ? expression : (accessOf(expression)?.key ?? null)
}

export interface Access {
  object: ts.Expression
  key: ts.MemberName | ts.StringLiteralLike
}

/** `a.b` and `a['b']` */
export function accessOf(expression: ts.Expression): Access | null {
  if (ts.isPropertyAccessExpression(expression)) {
    return { object: expression.expression, key: expression.name }
  }
  if (!ts.isElementAccessExpression(expression)) return null
  const { expression: object, argumentExpression: key } = expression
  return ts.isStringLiteralLike(key) ? { object, key } : null
}

/** Null for methods and accessors. */
export function valueOf(property: ts.ObjectLiteralElementLike): ts.Expression | null {
  if (ts.isPropertyAssignment(property)) return property.initializer
  return ts.isShorthandPropertyAssignment(property) ? property.name : null
}
