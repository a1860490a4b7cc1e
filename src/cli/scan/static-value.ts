import { ts } from 'ts-morph'
import type { Code } from './code.ts'
import { isChangedValue } from './changed-constants.ts'
import { unwrap } from './expressions.ts'
import { definitionOf, propertiesOf } from './resolve.ts'
import { symbolOf } from './symbols.ts'

/** A value as far as the sources alone say it. */
export type StaticValue = { known: true; value: unknown } | { known: false }

const { SyntaxKind } = ts

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
  if (ts.isBinaryExpression(expression)) return binary(expression, of)
  if (ts.isVoidExpression(expression)) return known(undefined)
  if (ts.isConditionalExpression(expression)) return conditional(expression, of)
  if (ts.isArrayLiteralExpression(expression)) return array(expression, of)
  if (ts.isObjectLiteralExpression(expression)) return object(code, expression, of)
  if (ts.isElementAccessExpression(expression)) return element(code, expression, of)
  if (ts.isPropertyAccessExpression(expression)) return property(code, expression, of)
  if (ts.isIdentifier(expression)) {
    const value = named(code, expression, expression, of)
    return value.known ? value : object(code, expression, of)
  }
  switch (expression.kind) {
    case SyntaxKind.TrueKeyword:
      return known(true)
    case SyntaxKind.FalseKeyword:
      return known(false)
    case SyntaxKind.NullKeyword:
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
  if (value.known || isChangedValue(code, expression)) return value
  return byType(code.checker.getTypeAtLocation(expression))
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
  const key = of(argument)
  return key.known ? member(of(expression.expression), String(key.value)) : unknown
}

function property(code: Code, expression: ts.PropertyAccessExpression, of: Evaluate): StaticValue {
  const value = named(code, expression, expression.name, of)
  return value.known ? value : member(of(expression.expression), expression.name.text)
}

function member(object: StaticValue, key: string): StaticValue {
  if (!object.known) return unknown
  const { value } = object
  if (key === 'length' && (typeof value === 'string' || isList(value))) return known(value.length)
  if (typeof value !== 'object' || value === null) return unknown
  const values: Map<string, unknown> = new Map(Object.entries(value))
  return values.has(key) ? known(values.get(key)) : unknown
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
  if (expression.operator === SyntaxKind.ExclamationToken) return known(!operand.value)
  if (typeof operand.value !== 'number') return unknown
  if (expression.operator === SyntaxKind.MinusToken) return known(-operand.value)
  return expression.operator === SyntaxKind.PlusToken ? operand : unknown
}

/** `a ? b : c`; what is not chosen need not be known. */
function conditional(expression: ts.ConditionalExpression, of: Evaluate): StaticValue {
  const condition = of(expression.condition)
  if (!condition.known) return unknown
  return of(condition.value ? expression.whenTrue : expression.whenFalse)
}

/** From left to right: `a + b + c` is `(a + b) + c`, and deep where it is long. */
function binary(expression: ts.BinaryExpression, of: Evaluate): StaticValue {
  const steps = [expression]
  let first = expression.left
  for (; ts.isBinaryExpression(first); first = first.left) steps.push(first)
  return steps.reduceRight((left, step) => combined(left, step, of), of(first))
}

function combined(
  a: StaticValue,
  { right, operatorToken }: ts.BinaryExpression,
  of: Evaluate,
): StaticValue {
  if (!a.known) return unknown
  const { value } = a
  switch (operatorToken.kind) {
    case SyntaxKind.AmpersandAmpersandToken:
      return value ? of(right) : a
    case SyntaxKind.BarBarToken:
      return value ? a : of(right)
    case SyntaxKind.QuestionQuestionToken:
      return value === undefined || value === null ? of(right) : a
    default: {
      const b = of(right)
      return b.known ? operate(value, operatorToken.kind, b.value) : unknown
    }
  }
}

function operate(a: unknown, operator: ts.SyntaxKind, b: unknown): StaticValue {
  if (typeof a === 'object' || typeof b === 'object') return unknown
  if (operator === SyntaxKind.EqualsEqualsEqualsToken) return known(a === b)
  if (operator === SyntaxKind.ExclamationEqualsEqualsToken) return known(a !== b)
  if (typeof a === 'string' || typeof b === 'string') {
    const isSum = operator === SyntaxKind.PlusToken && isPrintable(a) && isPrintable(b)
    return isSum ? known(String(a) + String(b)) : unknown
  }
  const calculate = calculations.get(operator)
  return calculate && typeof a === 'number' && typeof b === 'number'
    ? known(calculate(a, b))
    : unknown
}

const calculations = new Map<ts.SyntaxKind, (a: number, b: number) => number | boolean>([
  [SyntaxKind.PlusToken, (a, b) => a + b],
  [SyntaxKind.MinusToken, (a, b) => a - b],
  [SyntaxKind.AsteriskToken, (a, b) => a * b],
  [SyntaxKind.SlashToken, (a, b) => a / b],
  [SyntaxKind.PercentToken, (a, b) => a % b],
  [SyntaxKind.AsteriskAsteriskToken, (a, b) => a ** b],
  [SyntaxKind.LessThanLessThanToken, (a, b) => a << b],
  [SyntaxKind.GreaterThanGreaterThanToken, (a, b) => a >> b],
  [SyntaxKind.AmpersandToken, (a, b) => a & b],
  [SyntaxKind.BarToken, (a, b) => a | b],
  [SyntaxKind.LessThanToken, (a, b) => a < b],
  [SyntaxKind.LessThanEqualsToken, (a, b) => a <= b],
  [SyntaxKind.GreaterThanToken, (a, b) => a > b],
  [SyntaxKind.GreaterThanEqualsToken, (a, b) => a >= b],
])

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

function object(code: Code, expression: ts.Expression, of: Evaluate): StaticValue {
  const entries: [string, unknown][] = []
  const properties = propertiesOf(code, expression)
  if (properties === null || properties.unknown.length > 0) return unknown
  for (const [name, { value: expressionOf }] of properties.known) {
    const value = expressionOf ? of(expressionOf) : unknown
    if (!value.known) return unknown
    entries.push([name, value.value])
  }
  return known(Object.fromEntries(entries))
}
