import { ts } from 'ts-morph'
import type { Code } from './code.ts'
import { unwrap } from './expressions.ts'
import { definitionOf, propertiesOf, symbolOf } from './resolve.ts'

/** A value as far as the sources alone say it. */
export type StaticValue = { known: true; value: unknown } | { known: false }

const unknown: StaticValue = { known: false }
const known = (value: unknown): StaticValue => ({ known: true, value })

/**
 * Works out an expression without running anything: literals, templates, arithmetic, arrays, objects
 * and spreads of these, and the constants, enum members and properties of constant objects they name.
 */
export function staticValue(code: Code, expression: ts.Expression): StaticValue {
  return evaluate(code, expression, new Set())
}

/** @param pending expressions whose value is being worked out: a constant may not need itself. */
function evaluate(
  code: Code,
  outer: ts.Expression,
  pending: ReadonlySet<ts.Expression>,
): StaticValue {
  const expression = unwrap(outer)
  if (pending.has(expression)) return unknown
  const within = new Set(pending).add(expression)
  const of = (part: ts.Expression) => evaluate(code, part, within)

  if (ts.isStringLiteralLike(expression)) return known(expression.text)
  if (ts.isNumericLiteral(expression)) return known(Number(expression.text))
  if (ts.isTemplateExpression(expression)) return template(expression, of)
  if (ts.isPrefixUnaryExpression(expression)) return negated(expression, of)
  if (ts.isBinaryExpression(expression)) return arithmetic(expression, of)
  if (ts.isArrayLiteralExpression(expression)) return array(expression, of)
  if (ts.isObjectLiteralExpression(expression)) return object(code, expression, of)
  if (ts.isElementAccessExpression(expression)) return element(code, expression, of)
  if (ts.isPropertyAccessExpression(expression)) {
    return named(code, expression, expression.name, of)
  }
  if (ts.isIdentifier(expression)) return named(code, expression, expression, of)
  switch (expression.kind) {
    case ts.SyntaxKind.TrueKeyword:
      return known(true)
    case ts.SyntaxKind.FalseKeyword:
      return known(false)
    case ts.SyntaxKind.NullKeyword:
      return known(null)
    default:
      return unknown
  }
}

type Evaluate = (expression: ts.Expression) => StaticValue

function named(code: Code, expression: ts.Expression, name: ts.Node, of: Evaluate): StaticValue {
  if (ts.isIdentifier(expression) && expression.text === 'undefined') return known(undefined)
  const symbol = symbolOf(code, name)
  const declaration = symbol?.valueDeclaration
  if (declaration && ts.isEnumMember(declaration)) {
    const value = code.checker.getConstantValue(declaration)
    return value === undefined ? unknown : known(value)
  }
  const definition = definitionOf(code, expression)
  const value = definition ? of(definition) : unknown
  return value.known ? value : byType(code.checker.getTypeAtLocation(expression))
}

/** A type with one value says it too: constants of declaration files have nothing else. */
function byType(type: ts.Type): StaticValue {
  return type.isStringLiteral() || type.isNumberLiteral() ? known(type.value) : unknown
}

function element(code: Code, expression: ts.ElementAccessExpression, of: Evaluate): StaticValue {
  const { argumentExpression: argument } = expression
  if (ts.isStringLiteralLike(argument)) {
    const value = named(code, expression, argument, of)
    if (value.known) return value
  }
  const object = of(expression.expression)
  const key = of(argument)
  if (!object.known || !key.known || typeof object.value !== 'object' || object.value === null) {
    return unknown
  }
  const values: Map<string, unknown> = new Map(Object.entries(object.value))
  return values.has(String(key.value)) ? known(values.get(String(key.value))) : unknown
}

function template(expression: ts.TemplateExpression, of: Evaluate): StaticValue {
  let text = expression.head.text
  for (const span of expression.templateSpans) {
    const value = of(span.expression)
    if (!value.known || !isPrintable(value.value)) return unknown
    text += String(value.value) + span.literal.text
  }
  return known(text)
}

const isPrintable = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

function negated(expression: ts.PrefixUnaryExpression, of: Evaluate): StaticValue {
  const operand = of(expression.operand)
  if (!operand.known) return unknown
  if (expression.operator === ts.SyntaxKind.ExclamationToken) return known(!operand.value)
  if (typeof operand.value !== 'number') return unknown
  if (expression.operator === ts.SyntaxKind.MinusToken) return known(-operand.value)
  return expression.operator === ts.SyntaxKind.PlusToken ? operand : unknown
}

function arithmetic(
  { left, right, operatorToken }: ts.BinaryExpression,
  of: Evaluate,
): StaticValue {
  const a = of(left)
  const b = of(right)
  if (!a.known || !b.known) return unknown
  if (typeof a.value === 'string' && typeof b.value === 'string') {
    return operatorToken.kind === ts.SyntaxKind.PlusToken ? known(a.value + b.value) : unknown
  }
  if (typeof a.value !== 'number' || typeof b.value !== 'number') return unknown
  switch (operatorToken.kind) {
    case ts.SyntaxKind.PlusToken:
      return known(a.value + b.value)
    case ts.SyntaxKind.MinusToken:
      return known(a.value - b.value)
    case ts.SyntaxKind.AsteriskToken:
      return known(a.value * b.value)
    case ts.SyntaxKind.SlashToken:
      return known(a.value / b.value)
    case ts.SyntaxKind.PercentToken:
      return known(a.value % b.value)
    case ts.SyntaxKind.AsteriskAsteriskToken:
      return known(a.value ** b.value)
    default:
      return unknown
  }
}

function array(expression: ts.ArrayLiteralExpression, of: Evaluate): StaticValue {
  const values: unknown[] = []
  for (const part of expression.elements) {
    const value = of(ts.isSpreadElement(part) ? part.expression : part)
    if (!value.known) return unknown
    if (!ts.isSpreadElement(part)) values.push(value.value)
    else if (isList(value.value)) values.push(...value.value)
    else return unknown
  }
  return known(values)
}

const isList = (value: unknown): value is unknown[] => Array.isArray(value)

function object(code: Code, expression: ts.ObjectLiteralExpression, of: Evaluate): StaticValue {
  const entries: [string, unknown][] = []
  const properties = propertiesOf(code, expression)
  if (properties === null) return unknown
  for (const [name, property] of properties) {
    const value = property.value ? of(property.value) : unknown
    if (!value.known) return unknown
    entries.push([name, value.value])
  }
  return known(Object.fromEntries(entries))
}
