import { ts } from 'ts-morph'
import { forEachChild } from './children.ts'
import type { Code } from './code.ts'
import { isModuleExport } from './commonjs.ts'
import { isAssignment, isTransparent, nameOf } from './expressions.ts'
import { symbolOf } from './symbols.ts'

/**
 * Whether the file that declares the constant also changes what it holds: assigns or deletes a property
 * of it, at any depth, or calls a method that rearranges a list. What other files do is not looked for.
 */
export function isChanged(code: Code, symbol: ts.Symbol): boolean {
  const file = symbol.valueDeclaration?.getSourceFile()
  return file !== undefined && isChangedIn(code, file, symbol)
}

/** The same for what an expression names, in the file of the expression too: a variable may have another value. */
export function isChangedValue(code: Code, expression: ts.Expression): boolean {
  const symbol = holderOf(code, expression)
  if (symbol === undefined) return false
  return isChanged(code, symbol) || isChangedIn(code, expression.getSourceFile(), symbol)
}

function isChangedIn(code: Code, file: ts.SourceFile, symbol: ts.Symbol): boolean {
  if (file.isDeclarationFile) return false
  const changed = changedIn.get(file) ?? findChanged(code, file)
  changedIn.set(file, changed)
  return changed.has(symbol)
}

/** One walk a file. */
const changedIn = new WeakMap<ts.SourceFile, ReadonlySet<ts.Symbol>>()

function findChanged(code: Code, file: ts.SourceFile): ReadonlySet<ts.Symbol> {
  const found = new Set<ts.Symbol>()
  const visit = (node: ts.Node): void => {
    for (const target of changedBy(node)) {
      const symbol = holderOf(code, target)
      if (symbol) found.add(symbol)
    }
    forEachChild(node, visit)
  }
  visit(file)
  return found
}

const rearranging = ['copyWithin', 'fill', 'pop', 'push', 'reverse', 'shift', 'sort', 'splice']
const changing = new Set([...rearranging, 'unshift'])
/** Functions of `Object` and `Reflect` that change their first argument. */
const setting = new Set(['assign', 'defineProperty', 'defineProperties', 'set', 'deleteProperty'])

/** The objects that the node changes, or parts of them. */
function changedBy(node: ts.Node): ts.Expression[] {
  // That is how it is declared.
  if (isModuleExport(node)) return []
  if (ts.isBinaryExpression(node)) {
    return isAssignment(node.operatorToken.kind) ? assignedTo(node.left) : []
  }
  if (ts.isForInStatement(node) || ts.isForOfStatement(node)) {
    return ts.isVariableDeclarationList(node.initializer) ? [] : assignedTo(node.initializer)
  }
  if (ts.isDeleteExpression(node)) return [node.expression]
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
    const { PlusPlusToken, MinusMinusToken } = ts.SyntaxKind
    const isStep = node.operator === PlusPlusToken || node.operator === MinusMinusToken
    return isStep ? [node.operand] : []
  }
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return []
  const { expression: object, name } = node.expression
  if (changing.has(name.text)) return [object]
  const isSetting = setting.has(name.text) && ts.isIdentifier(object)
  return isSetting && /^(Object|Reflect)$/.test(object.text) ? node.arguments.slice(0, 1) : []
}

/** What is on the left of an assignment: `a.b`, `{ c: a.b }`, `[a.b]`. Defaults are assignments themselves. */
function assignedTo(target: ts.Expression): ts.Expression[] {
  if (ts.isArrayLiteralExpression(target)) return target.elements.flatMap(assignedTo)
  if (ts.isSpreadElement(target)) return assignedTo(target.expression)
  if (!ts.isObjectLiteralExpression(target)) return [target]
  return target.properties.flatMap((property) => {
    if (ts.isPropertyAssignment(property)) return assignedTo(property.initializer)
    if (ts.isSpreadAssignment(property)) return assignedTo(property.expression)
    return ts.isShorthandPropertyAssignment(property) ? [property.name] : []
  })
}

/** `a` of `a.b['c']`; where `a` is a class, a namespace or a module, `a.b`. */
function holderOf(code: Code, expression: ts.Expression): ts.Symbol | undefined {
  if (ts.isIdentifier(expression)) return symbolOf(code, expression)
  if (isTransparent(expression)) return holderOf(code, expression.expression)
  if (!ts.isPropertyAccessExpression(expression) && !ts.isElementAccessExpression(expression)) {
    return undefined
  }
  const whole = holderOf(code, expression.expression)
  const name = nameOf(expression)
  const hasMembers = whole ? isScope(whole) : isClassItself(expression.expression)
  return hasMembers && name ? symbolOf(code, name) : whole
}

/** A JSON file is but an object. */
const isScope = ({ flags, valueDeclaration: it }: ts.Symbol): boolean =>
  (flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Module)) !== 0 &&
  !(it && ts.isSourceFile(it) && it.fileName.endsWith('.json'))

/** `this` in a `static { … }` */
const isClassItself = (expression: ts.Expression): boolean =>
  expression.kind === ts.SyntaxKind.ThisKeyword &&
  ts.findAncestor(expression, hasThis)?.kind === ts.SyntaxKind.ClassStaticBlockDeclaration

const hasThis = (node: ts.Node): boolean =>
  ts.isClassStaticBlockDeclaration(node) || (ts.isFunctionLike(node) && !ts.isArrowFunction(node))
