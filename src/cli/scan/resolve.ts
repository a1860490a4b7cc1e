import { ts } from 'ts-morph'

/**
 * The expression without what leaves its value as it is: parentheses, `as`, `satisfies`, `!` and
 * `Object.freeze(…)`.
 */
export function unwrap(expression: ts.Expression): ts.Expression {
  if (isTransparent(expression)) return unwrap(expression.expression)
  const [frozen] = isFreeze(expression) ? expression.arguments : []
  return frozen ? unwrap(frozen) : expression
}

const isTransparent = (
  node: ts.Expression,
): node is
  | ts.ParenthesizedExpression
  | ts.AsExpression
  | ts.SatisfiesExpression
  | ts.NonNullExpression
  | ts.TypeAssertion =>
  ts.isParenthesizedExpression(node) ||
  ts.isAsExpression(node) ||
  ts.isSatisfiesExpression(node) ||
  ts.isNonNullExpression(node) ||
  ts.isTypeAssertionExpression(node)

function isFreeze(expression: ts.Expression): expression is ts.CallExpression {
  if (!ts.isCallExpression(expression)) return false
  const callee = expression.expression
  return (
    ts.isPropertyAccessExpression(callee) &&
    ts.isIdentifier(callee.expression) &&
    callee.expression.text === 'Object' &&
    callee.name.text === 'freeze'
  )
}

/** What a name stands for, through imports, re-exports and barrels to where it is declared. */
export function symbolOf(checker: ts.TypeChecker, node: ts.Node): ts.Symbol | undefined {
  const parent = node.parent
  const symbol =
    ts.isShorthandPropertyAssignment(parent) && parent.name === node
      ? checker.getShorthandAssignmentValueSymbol(parent)
      : checker.getSymbolAtLocation(node)
  return symbol && aliased(checker, symbol)
}

export function aliased(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
}

/** The name that an access names: `b` of `a.b`, or the identifier itself. */
export function nameOf(expression: ts.Expression): ts.Identifier | ts.MemberName | null {
  if (ts.isIdentifier(expression)) return expression
  return ts.isPropertyAccessExpression(expression) ? expression.name : null
}

/**
 * The expression that gives a constant its value: the initializer of a `const`, of a property of an
 * object, of a `static readonly` member, or a default export. Null for what may change or is not in
 * the sources.
 */
export function definitionOf(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Expression | null {
  const declaration = symbol.valueDeclaration ?? symbol.declarations?.[0]
  if (declaration === undefined) return null
  if (ts.isExportAssignment(declaration)) return declaration.expression
  if (ts.isPropertyAssignment(declaration)) return declaration.initializer
  if (ts.isShorthandPropertyAssignment(declaration)) {
    const value = checker.getShorthandAssignmentValueSymbol(declaration)
    return value ? definitionOf(checker, aliased(checker, value)) : null
  }
  if (ts.isVariableDeclaration(declaration)) {
    return isConst(declaration) ? (declaration.initializer ?? null) : null
  }
  if (ts.isPropertyDeclaration(declaration)) {
    const flags = ts.getCombinedModifierFlags(declaration)
    const wanted = ts.ModifierFlags.Static | ts.ModifierFlags.Readonly
    return (flags & wanted) === wanted ? (declaration.initializer ?? null) : null
  }
  return null
}

function isConst(declaration: ts.VariableDeclaration): boolean {
  return (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) !== 0
}

/** Follows names until an expression that is none: a call, a literal, … */
export function follow(checker: ts.TypeChecker, expression: ts.Expression): ts.Expression {
  const seen = new Set<ts.Expression>()
  let current = unwrap(expression)
  while (!seen.has(current)) {
    seen.add(current)
    const name = nameOf(current)
    const symbol = name && symbolOf(checker, name)
    const next = symbol && definitionOf(checker, symbol)
    if (!next) break
    current = unwrap(next)
  }
  return current
}

/** Reads the own properties of an object literal, spreads included; null when it is not static. */
export function propertiesOf(
  checker: ts.TypeChecker,
  expression: ts.Expression,
  within: ReadonlySet<ts.Node> = new Set(),
): Map<string, Property> | null {
  const literal = follow(checker, expression)
  if (!ts.isObjectLiteralExpression(literal) || within.has(literal)) return null
  const found = new Map<string, Property>()
  for (const property of literal.properties) {
    if (ts.isSpreadAssignment(property)) {
      const spread = propertiesOf(checker, property.expression, new Set(within).add(literal))
      if (spread === null) return null
      for (const [name, value] of spread) found.set(name, value)
      continue
    }
    const name = propertyName(checker, property.name)
    if (name === null) return null
    found.set(name, { node: property, value: valueOf(property) })
  }
  return found
}

export interface Property {
  /** The whole property, for messages. */
  node: ts.ObjectLiteralElementLike
  /** Null for methods and accessors. */
  value: ts.Expression | null
}

function valueOf(property: ts.ObjectLiteralElementLike): ts.Expression | null {
  if (ts.isPropertyAssignment(property)) return property.initializer
  return ts.isShorthandPropertyAssignment(property) ? property.name : null
}

function propertyName(checker: ts.TypeChecker, name: ts.PropertyName): string | null {
  if (!ts.isComputedPropertyName(name)) return ts.isPrivateIdentifier(name) ? null : name.text
  const type = checker.getTypeAtLocation(name.expression)
  return type.isStringLiteral() || type.isNumberLiteral() ? String(type.value) : null
}
