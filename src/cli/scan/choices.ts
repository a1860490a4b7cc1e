import { ts } from 'ts-morph'

/** `c ? a : b`, `a && b`, `a || b`, `a ?? b`: which of them it is, as far as the sources say. */

const { SyntaxKind } = ts

type Follow = (expression: ts.Expression) => ts.Expression

/** The one that it always is; null where that depends, and for what is no choice. */
export function chosen(expression: ts.Expression, follow: Follow): ts.Expression | null {
  if (ts.isConditionalExpression(expression)) {
    const { condition, whenTrue, whenFalse } = expression
    const holds = isTruthy(condition, follow)
    return holds === null ? null : holds ? whenTrue : whenFalse
  }
  if (!ts.isBinaryExpression(expression)) return null
  const { left, right, operatorToken } = expression
  switch (operatorToken.kind) {
    case SyntaxKind.AmpersandAmpersandToken:
    case SyntaxKind.BarBarToken: {
      const holds = isTruthy(left, follow)
      const isLeft = holds === (operatorToken.kind === SyntaxKind.BarBarToken)
      return holds === null ? null : isLeft ? left : right
    }
    case SyntaxKind.QuestionQuestionToken: {
      const value = valueOf(left, follow)
      return value === null ? null : value.value === undefined ? right : left
    }
    default:
      return null
  }
}

/** All that it may be, if it is an object at all; null where it is no choice. */
export function choicesOf(expression: ts.Expression): ts.Expression[] | null {
  if (ts.isConditionalExpression(expression)) return [expression.whenTrue, expression.whenFalse]
  if (!ts.isBinaryExpression(expression)) return null
  const { left, right, operatorToken } = expression
  switch (operatorToken.kind) {
    case SyntaxKind.AmpersandAmpersandToken:
      // What does not hold is none.
      return [right]
    case SyntaxKind.BarBarToken:
    case SyntaxKind.QuestionQuestionToken:
      return [left, right]
    default:
      return null
  }
}

/** Spread into an object, it adds nothing. */
export function isNothing(expression: ts.Expression, follow: Follow): boolean {
  const known = valueOf(expression, follow)
  return known !== null && (known.value === undefined || typeof known.value === 'boolean')
}

function isTruthy(condition: ts.Expression, follow: Follow): boolean | null {
  const value = valueOf(condition, follow)
  return value && Boolean(value.value)
}

/** Of what conditions are made of: literals, comparisons, and what is there at all. No value is undefined. */
function valueOf(expression: ts.Expression, follow: Follow): { value: unknown } | null {
  const it = follow(expression)
  if (ts.isIdentifier(it) && it.text === 'undefined') return { value: undefined }
  if (ts.isStringLiteralLike(it)) return { value: it.text }
  if (ts.isNumericLiteral(it)) return { value: Number(it.text) }
  if (it.kind === SyntaxKind.TrueKeyword) return { value: true }
  if (it.kind === SyntaxKind.FalseKeyword) return { value: false }
  if (it.kind === SyntaxKind.NullKeyword) return { value: undefined }
  if (ts.isObjectLiteralExpression(it) || ts.isArrayLiteralExpression(it)) return { value: it }
  if (ts.isPrefixUnaryExpression(it) && it.operator === SyntaxKind.ExclamationToken) {
    const holds = isTruthy(it.operand, follow)
    return holds === null ? null : { value: !holds }
  }
  return ts.isBinaryExpression(it) ? compared(it, follow) : null
}

function compared(
  { left, right, operatorToken }: ts.BinaryExpression,
  follow: Follow,
): { value: boolean } | null {
  const { EqualsEqualsEqualsToken, ExclamationEqualsEqualsToken } = SyntaxKind
  const isEqual = operatorToken.kind === EqualsEqualsEqualsToken
  if (!isEqual && operatorToken.kind !== ExclamationEqualsEqualsToken) return null
  const [a, b] = [valueOf(left, follow), valueOf(right, follow)]
  return a && b && { value: (a.value === b.value) === isEqual }
}
