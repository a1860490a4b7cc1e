import { ts } from 'ts-morph'
import type { Code } from './code.ts'
import { isModuleExport } from './commonjs.ts'

/**
 * Whether the file that declares the constant also changes what it holds: assigns or deletes a property
 * of it, at any depth, or calls a method that rearranges a list. What other files do is not looked for.
 */
export function isChanged(code: Code, symbol: ts.Symbol): boolean {
  const file = symbol.valueDeclaration?.getSourceFile()
  if (file === undefined || file.isDeclarationFile) return false
  const changed = changedIn.get(file) ?? findChanged(code, file)
  changedIn.set(file, changed)
  return changed.has(symbol)
}

/** One walk a file. */
const changedIn = new WeakMap<ts.SourceFile, ReadonlySet<ts.Symbol>>()

const rearranging = ['copyWithin', 'fill', 'pop', 'push', 'reverse', 'shift', 'sort', 'splice']
const changing = new Set([...rearranging, 'unshift'])

function findChanged(code: Code, file: ts.SourceFile): ReadonlySet<ts.Symbol> {
  const found = new Set<ts.Symbol>()
  const visit = (node: ts.Node): void => {
    const target = changedBy(node)
    const root = target && rootOf(target)
    const symbol = root && code.checker.getSymbolAtLocation(root)
    if (symbol) found.add(symbol)
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

/** The object that the node changes, or a part of it. */
function changedBy(node: ts.Node): ts.Expression | undefined {
  // That is how it is declared.
  if (isModuleExport(node)) return undefined
  if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) return node.left
  if (ts.isDeleteExpression(node)) return node.expression
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
    const { PlusPlusToken, MinusMinusToken } = ts.SyntaxKind
    const isStep = node.operator === PlusPlusToken || node.operator === MinusMinusToken
    return isStep ? node.operand : undefined
  }
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression))
    return undefined
  const { expression: object, name } = node.expression
  if (changing.has(name.text)) return object
  const isAssign = name.text === 'assign' && ts.isIdentifier(object) && object.text === 'Object'
  return isAssign ? node.arguments[0] : undefined
}

const isAssignment = (kind: ts.SyntaxKind): boolean =>
  kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment

/** `a` of `a.b['c']` */
function rootOf(expression: ts.Expression): ts.Identifier | undefined {
  if (ts.isIdentifier(expression)) return expression
  const isPart =
    ts.isPropertyAccessExpression(expression) ||
    ts.isElementAccessExpression(expression) ||
    ts.isParenthesizedExpression(expression) ||
    ts.isAsExpression(expression) ||
    ts.isNonNullExpression(expression)
  return isPart ? rootOf(expression.expression) : undefined
}
