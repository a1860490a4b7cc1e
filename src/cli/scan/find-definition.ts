import { ts } from 'ts-morph'
import { forEachChild } from './children.ts'
import { choicesOf } from './choices.ts'
import { insideCall, type Code } from './code.ts'
import { nameOf, plain, unwrap } from './expressions.ts'
import type { CallFinder } from './find-calls.ts'
import { follow, symbolNamed } from './resolve.ts'
import { symbolOf } from './symbols.ts'

/** The `pikkuSessionlessFunc(…)` that a function was made by. */
export interface Definition {
  call: ts.CallExpression
  settings: ts.Expression | undefined
  /** Its type arguments are the contract: nothing on the way says another type. */
  isPlain: boolean
  /** What its settings are to be read with. */
  code: Code
  /** What it is called on the way, where something else than a name leads to it. */
  name: ts.Identifier | ts.MemberName | ts.StringLiteralLike | null
}

interface Finding {
  code: Code
  calls: CallFinder
}

/** As the syntax around it shows it. */
export function definitionBy(code: Code, call: ts.CallExpression, isPlainWay: boolean): Definition {
  const isPlain = call.typeArguments !== undefined && isPlainWay
  return { call, settings: call.arguments[0], isPlain, code, name: null }
}

/**
 * Null where the sources do not show it.
 * @param pending calls that are being looked into
 */
export function findDefinition(
  { code, calls }: Finding,
  func: ts.Expression,
  pending: ReadonlySet<ts.Node> = new Set(),
): Definition | null {
  const call = follow(code, func)
  if (!ts.isCallExpression(call) || pending.has(call)) return null
  if (calls.functionOf(call.expression) === 'pikkuSessionlessFunc') {
    return definitionBy(code, call, isPlainWay(code, func, call))
  }
  return throughHelper({ code, calls }, call, new Set(pending).add(call))
}

/** Those of each function that it may be, where that is known only at run time. */
export function possibleDefinitions(context: Finding, func: ts.Expression): Definition[] {
  const choices = choicesOf(follow(context.code, func)) ?? []
  return choices.flatMap((choice) => {
    return findDefinition(context, choice) ?? possibleDefinitions(context, choice)
  })
}

/**
 * What a helper returns, as its body shows it: something made in there, or what it was given. Where its
 * body does not show it, or is not in the sources, what it was given: that is what helpers are for.
 */
function throughHelper(
  { code, calls }: Finding,
  call: ts.CallExpression,
  pending: ReadonlySet<ts.Node>,
): Definition | null {
  const given = call.arguments.flatMap((argument) => {
    const found = findDefinition({ code, calls }, argument, pending)
    return found ? [{ ...found, name: nameOf(unwrap(argument)) ?? found.name }] : []
  })
  const helper = functionCalled(code, call)
  const inside = helper && { code: insideCall(code, helper, call), calls }
  const returned = (helper ? returnedBy(helper) : []).map((value) => {
    return inside && findDefinition(inside, value, pending)
  })
  const [first] = returned
  const isOne = first && returned.every((it) => it?.call === first.call)
  const made = isOne ? { ...first, name: first.name ?? nameOf(unwrap(call.expression)) } : null
  const [only, another] = given
  const found = given.find((it) => it.call === made?.call) ?? made ?? (another ? null : only)
  return found ? { ...found, isPlain: false } : null
}

function functionCalled(code: Code, call: ts.CallExpression): ts.FunctionLikeDeclaration | null {
  const callee = follow(code, call.expression)
  if (ts.isArrowFunction(callee) || ts.isFunctionExpression(callee)) return callee
  const declared = symbolNamed(code, callee)?.declarations?.find((it) => {
    return (ts.isFunctionDeclaration(it) || ts.isMethodDeclaration(it)) && it.body !== undefined
  })
  return declared && ts.isFunctionLike(declared) && 'body' in declared ? declared : null
}

/** The values of its `return`s. */
function returnedBy({ body }: ts.FunctionLikeDeclaration): ts.Expression[] {
  if (!body) return []
  if (!ts.isBlock(body)) return [body]
  const found: ts.Expression[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) return
    if (ts.isReturnStatement(node) && node.expression) found.push(node.expression)
    forEachChild(node, visit)
  }
  visit(body)
  return found
}

/** Whether only names, and constants without a type of their own, lead from one to the other. */
function isPlainWay(code: Code, from: ts.Expression, to: ts.Expression): boolean {
  const expression = plain(from)
  if (expression === to) return true
  const name = nameOf(expression)
  const [declaration] = (name && symbolOf(code, name)?.declarations) ?? []
  if (!declaration) return false
  if (ts.isExportAssignment(declaration)) return isPlainWay(code, declaration.expression, to)
  if (!ts.isVariableDeclaration(declaration) || declaration.type || !declaration.initializer) {
    return false
  }
  return isPlainWay(code, declaration.initializer, to)
}
