import { ts } from 'ts-morph'
import type { Code } from './code.ts'
import { isChanged, isChangedValue } from './changed-constants.ts'
import { choicesOf, chosen, isNothing } from './choices.ts'
import { isModuleExport } from './commonjs.ts'
import { accessOf, nameOf, unwrap, valueOf } from './expressions.ts'
import { exportOf, wholeModule } from './required-modules.ts'
import { aliased, symbolOf } from './symbols.ts'

/** As `symbolOf`, also for what a module that is required exports. */
export function symbolNamed(
  code: Code,
  expression: ts.Expression,
  pending: ReadonlySet<ts.Node> = new Set(),
): ts.Symbol | undefined {
  const access = accessOf(expression)
  const name = access?.key ?? (ts.isIdentifier(expression) ? expression : null)
  const symbol = name ? symbolOf(code, name) : undefined
  if (symbol || !access) return symbol
  const exported = exportOf(code, follow(code, access.object, pending), access.key.text)
  return exported && aliased(code, exported)
}

/**
 * The expression that gives a name or an access its value: the initializer of a `const` or of a
 * `static readonly` member, a default export, the property of a constant object. Null for what is
 * none of these, may change, or is not in the sources.
 * @param pending expressions that are being followed: a constant may not need itself.
 */
export function definitionOf(
  code: Code,
  expression: ts.Expression,
  pending: ReadonlySet<ts.Node> = new Set(),
): ts.Expression | null {
  const access = accessOf(expression)
  if (isChangedValue(code, expression)) return null
  const whole = exportOf(code, expression, wholeModule)
  const symbol = whole ?? symbolNamed(code, expression, pending)
  const constant = symbol ? constantOf(code, symbol, pending) : null
  if (!access) return constant
  // What a type says of a property is where it was declared; its value is where its object was made.
  const isStatic = symbol?.declarations?.some(ts.isPropertyDeclaration) ?? false
  if (constant && (!isStatic || isClass(code, access.object, pending))) return constant
  return propertiesOf(code, access.object, pending)?.known.get(access.key.text)?.value ?? null
}

/** The key of `a[b]`, when the type of `b` says it. */
export function keyOf(code: Code, expression: ts.Expression): string | null {
  if (!ts.isElementAccessExpression(expression)) return null
  const type = code.checker.getTypeAtLocation(expression.argumentExpression)
  return type.isStringLiteral() ? type.value : null
}

function isClass(code: Code, expression: ts.Expression, pending: ReadonlySet<ts.Node>): boolean {
  const target = follow(code, expression, pending)
  const name = nameOf(target)
  const symbol = name && symbolOf(code, name)
  return (
    ts.isClassExpression(target) || (symbol?.declarations?.some(ts.isClassDeclaration) ?? false)
  )
}

function constantOf(
  code: Code,
  symbol: ts.Symbol,
  pending: ReadonlySet<ts.Node>,
): ts.Expression | null {
  const [constant, another] = (symbol.declarations ?? []).flatMap((declaration) => {
    const value = valueOfDeclaration(code, declaration, pending)
    return value ? [value] : []
  })
  return constant && !another && !isChanged(code, symbol) ? constant : null
}

function valueOfDeclaration(
  code: Code,
  declaration: ts.Declaration,
  pending: ReadonlySet<ts.Node>,
): ts.Expression | undefined {
  if (ts.isExportAssignment(declaration)) return declaration.expression
  if (ts.isVariableDeclaration(declaration)) {
    const isConst = ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const
    return isConst ? declaration.initializer : undefined
  }
  if (ts.isParameter(declaration)) return code.argumentOf?.(declaration)
  if (ts.isBindingElement(declaration)) return boundValue(code, declaration, pending)
  if (ts.isPropertyDeclaration(declaration)) {
    const wanted = ts.ModifierFlags.Static | ts.ModifierFlags.Readonly
    const isConst = (ts.getCombinedModifierFlags(declaration) & wanted) === wanted
    return isConst ? declaration.initializer : undefined
  }
  // A JSON file as a whole, and a property of it that is imported by its name.
  if (ts.isSourceFile(declaration)) return jsonOf(declaration)
  // `module.exports = …` is a declaration, and `exports.name` of one.
  for (const exported of [declaration, declaration.parent]) {
    if (isModuleExport(exported)) return exported.right
  }
  const isOfJson = ts.isPropertyAssignment(declaration) && jsonOf(declaration.getSourceFile())
  return isOfJson ? declaration.initializer : undefined
}

/** The value of `b` in `const { a: b } = object`; a default may count or not. */
function boundValue(
  code: Code,
  { parent: pattern, propertyName: key, name, initializer, dotDotDotToken }: ts.BindingElement,
  pending: ReadonlySet<ts.Node>,
): ts.Expression | undefined {
  if (!ts.isObjectBindingPattern(pattern) || initializer || dotDotDotToken) return undefined
  const object = valueOfDeclaration(code, pattern.parent, pending)
  const property = key ?? (ts.isIdentifier(name) ? name : undefined)
  const bound = property && propertyName(code, property)
  if (!object || bound === null || bound === undefined) return undefined
  const own = propertiesOf(code, object, pending)?.known.get(bound)?.value
  if (own) return own
  const exported = exportOf(code, follow(code, object, pending), bound)
  return (exported && constantOf(code, aliased(code, exported), pending)) ?? undefined
}

function jsonOf(file: ts.SourceFile): ts.Expression | undefined {
  const [statement] = file.fileName.endsWith('.json') ? file.statements : []
  return statement && ts.isExpressionStatement(statement) ? statement.expression : undefined
}

/** Follows names until an expression that is none: a call, a literal, … */
export function follow(
  code: Code,
  expression: ts.Expression,
  pending: ReadonlySet<ts.Node> = new Set(),
): ts.Expression {
  const current = unwrap(expression)
  if (pending.has(current)) return current
  const within = new Set(pending).add(current)
  const next =
    definitionOf(code, current, within) ?? chosen(current, (choice) => follow(code, choice, within))
  return next ? follow(code, next, within) : current
}

/** What is known of an object's own properties. */
export interface Properties {
  /** In order, the last one of each name. */
  known: Map<string, Property>
  /** Where more come from, which are not known; what stands before may be replaced by them. */
  unknown: ts.Node[]
}

export interface Property {
  /** The whole property, for messages. */
  node: ts.ObjectLiteralElementLike
  /** Null for methods and accessors, and where something else may take its place. */
  value: ts.Expression | null
}

/** Reads the own properties of an object literal, spreads included; null when it leads to none. */
export function propertiesOf(
  code: Code,
  expression: ts.Expression,
  pending: ReadonlySet<ts.Node> = new Set(),
): Properties | null {
  const literal = follow(code, expression, pending)
  if (!ts.isObjectLiteralExpression(literal)) return restOf(code, literal, pending)
  if (pending.has(literal)) return null
  const within = new Set(pending).add(literal)
  const found: Properties = { known: new Map(), unknown: [] }
  for (const property of literal.properties) {
    if (ts.isSpreadAssignment(property)) {
      add(found, spreadOf(code, property.expression, within), property)
      continue
    }
    const name = propertyName(code, property.name)
    if (name === null) add(found, null, property)
    else found.known.set(name, { node: property, value: valueOf(property) })
  }
  return found
}

function add(to: Properties, more: Properties | null, node: ts.Node): void {
  if (more === null || more.unknown.length > 0) {
    for (const [name, property] of to.known) to.known.set(name, { ...property, value: null })
    to.unknown.push(node)
  }
  for (const [name, property] of more?.known ?? []) to.known.set(name, property)
}

/** What a spread brings: each property that one of several choices has may be there or not. */
function spreadOf(
  code: Code,
  expression: ts.Expression,
  pending: ReadonlySet<ts.Node>,
): Properties | null {
  const value = follow(code, expression, pending)
  if (isNothing(value, (part) => follow(code, part, pending)))
    return { known: new Map(), unknown: [] }
  const choices = choicesOf(value)
  if (!choices) return propertiesOf(code, value, pending)
  const all: Properties = { known: new Map(), unknown: [] }
  for (const choice of choices)
    add(all, spreadOf(code, choice, new Set(pending).add(value)), choice)
  for (const [name, property] of all.known) all.known.set(name, { ...property, value: null })
  return all
}

/** `rest` of `const { a, ...rest } = object` */
function restOf(
  code: Code,
  expression: ts.Expression,
  pending: ReadonlySet<ts.Node>,
): Properties | null {
  const symbol = ts.isIdentifier(expression) ? symbolOf(code, expression) : undefined
  const declaration = symbol?.valueDeclaration
  if (!declaration || !ts.isBindingElement(declaration) || !declaration.dotDotDotToken) return null
  const pattern = declaration.parent
  if (!ts.isObjectBindingPattern(pattern)) return null
  const object = valueOfDeclaration(code, pattern.parent, pending)
  const all = object && !isChanged(code, symbol) ? propertiesOf(code, object, pending) : null
  if (!all) return null
  const known = new Map(all.known)
  for (const { propertyName: key, name } of pattern.elements) {
    const taken = key ?? (ts.isIdentifier(name) ? name : undefined)
    const bound = taken && propertyName(code, taken)
    if (bound === null) return null
    if (bound !== undefined) known.delete(bound)
  }
  return { ...all, known }
}

function propertyName(code: Code, name: ts.PropertyName): string | null {
  if (!ts.isComputedPropertyName(name)) return ts.isPrivateIdentifier(name) ? null : name.text
  const type = code.checker.getTypeAtLocation(name.expression)
  return type.isStringLiteral() || type.isNumberLiteral() ? String(type.value) : null
}
