import { ts } from 'ts-morph'
import { isModuleExport } from './commonjs.ts'
import { isComma, isFreeze, isTransparent } from './expressions.ts'

/** What becomes of a value that is named somewhere, as the syntax around the name says. */

/** `name`, `object.name` or `object['name']`; null for a name that stands for no value there. */
export function valueNamed(name: ts.Identifier | ts.StringLiteralLike): ts.Expression | null {
  const { parent } = name
  const isKey =
    (ts.isPropertyAccessExpression(parent) && parent.name === name) ||
    (ts.isElementAccessExpression(parent) && parent.argumentExpression === name)
  if (isKey) return parent
  return ts.isIdentifier(name) && !isDeclared(name) && !isInType(name) ? name : null
}

/** What a declaration, a member, an import or an export is called. */
function isDeclared(name: ts.Identifier): boolean {
  const { parent } = name
  if (ts.isShorthandPropertyAssignment(parent)) return false
  if (ts.isBindingElement(parent)) return parent.initializer !== name
  if (ts.isExportSpecifier(parent) || ts.isImportSpecifier(parent)) return true
  return 'name' in parent && parent.name === name
}

const isInType = ({ parent }: ts.Node): boolean =>
  ts.isTypeNode(parent) || ts.isQualifiedName(parent) || ts.isTypeElement(parent)

/** The value as a whole, with what leaves it as it is. */
export function outermost(value: ts.Node): ts.Node {
  const { parent } = value
  const isSame =
    (ts.isExpression(parent) && isTransparent(parent)) ||
    (isComma(parent) && parent.right === value) ||
    (ts.isCallExpression(parent) && isFreeze(parent) && parent.arguments[0] === value)
  return isSame ? outermost(parent) : value
}

/** Where a value goes. */
export type Way =
  /** It is called, or what is called is a member of it. */
  | 'called'
  /** Into a constant, an export, a default or a part of one: a name leads to it. */
  | 'kept'
  /** Into a variable that may change. */
  | 'variable'
  /** Nowhere: it is looked at. */
  | 'nowhere'
  | 'elsewhere'

export function wayOf(value: ts.Node): Way {
  const node = outermost(value)
  const { parent } = node
  if (ts.isCallExpression(parent) && parent.expression === node) return 'called'
  if (ts.isVariableDeclaration(parent)) {
    return parent.parent.flags & ts.NodeFlags.Const ? 'kept' : 'variable'
  }
  const isPart =
    ts.isPropertyAssignment(parent) ||
    ts.isShorthandPropertyAssignment(parent) ||
    ts.isSpreadAssignment(parent)
  if (isPart) return wayOf(parent.parent)
  const isKept =
    ts.isParameter(parent) ||
    ts.isBindingElement(parent) ||
    ts.isExportSpecifier(parent) ||
    ts.isExportAssignment(parent) ||
    isModuleExport(parent)
  if (isKept) return 'kept'
  const isOver =
    ts.isExpressionStatement(parent) || ts.isTypeOfExpression(parent) || ts.isVoidExpression(parent)
  return isOver ? 'nowhere' : 'elsewhere'
}

/** What a value is called where it goes on from there. */
export function namesGivenTo(name: ts.Node): string[] {
  const named = ts.isIdentifier(name) || ts.isStringLiteralLike(name) ? valueNamed(name) : null
  const { parent } = outermost(named ?? name)
  if (ts.isPropertyAssignment(parent) || ts.isShorthandPropertyAssignment(parent)) {
    return [textOf(parent.name), ...namesGivenTo(parent.parent)]
  }
  if (ts.isSpreadAssignment(parent)) return namesGivenTo(parent.parent)
  if (ts.isExportAssignment(parent)) return ['default']
  if (isModuleExport(parent) && ts.isPropertyAccessExpression(parent.left)) {
    return [parent.left.name.text]
  }
  const isNamed =
    ts.isVariableDeclaration(parent) ||
    ts.isParameter(parent) ||
    ts.isBindingElement(parent) ||
    ts.isPropertyDeclaration(parent) ||
    ts.isExportSpecifier(parent)
  return isNamed ? textsIn(parent.name) : []
}

const textOf = (name: ts.PropertyName): string =>
  ts.isIdentifier(name) || ts.isStringLiteralLike(name) ? name.text : ''

/** Of a pattern its keys are looked at themselves. */
const textsIn = (name: ts.BindingName | ts.PropertyName | ts.ModuleExportName): string[] =>
  ts.isIdentifier(name) || ts.isStringLiteralLike(name) ? [name.text] : []
