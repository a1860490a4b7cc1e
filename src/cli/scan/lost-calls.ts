import { ts } from 'ts-morph'
import { forEachChild } from './children.ts'
import type { Code } from './code.ts'
import { soughtFunction, type CallFinder } from './find-calls.ts'
import { outermost, valueNamed, wayOf } from './passed-on.ts'
import { symbolOf } from './symbols.ts'

/** Where something is wired, or could be, in a way that cannot be followed. */
export interface Lost {
  node: ts.Node
  /** It is called there, though nobody can tell what it is; else it is passed on from there. */
  isCalled: boolean
}

/**
 * Where the functions that wire, and what has them as members, go where no call of them can be told any
 * more; by all names that they are passed on under.
 */
export function lostIn(file: ts.SourceFile, code: Code, calls: CallFinder): Lost[] {
  if (![...calls.names].some((name) => file.text.includes(name))) return []
  const lost: Lost[] = []
  const visit = (node: ts.Node): void => {
    if ((ts.isIdentifier(node) || ts.isStringLiteralLike(node)) && calls.names.has(node.text)) {
      const value = valueNamed(node)
      const found = value ? lostAt(value, node.text, code, calls) : null
      if (found) lost.push(found)
    }
    forEachChild(node, visit)
  }
  visit(file)
  return lost
}

function lostAt(value: ts.Expression, name: string, code: Code, calls: CallFinder): Lost | null {
  const way = wayOf(value)
  const known = calls.functionOf(value)
  if (known) {
    const isLost = known !== 'pikkuSessionlessFunc' && (way === 'variable' || way === 'elsewhere')
    return isLost ? { node: value, isCalled: false } : null
  }
  const type = code.checker.getTypeAtLocation(value)
  if (type.flags & ts.TypeFlags.Any) {
    const sought = soughtFunction(name)
    if (!sought || sought === 'pikkuSessionlessFunc' || way === 'nowhere') return null
    // What is not declared at all is told of in its own words.
    const isCalled = way === 'called'
    const isTold = isCalled && ts.isIdentifier(value) && !symbolOf(code, value)
    return isTold ? null : { node: value, isCalled }
  }
  return calls.isHolder(type) ? lostOf(value, code, calls) : null
}

/** Where an object or a module goes that has the functions as members. */
function lostOf(value: ts.Expression, code: Code, calls: CallFinder): Lost | null {
  const whole = outermost(value)
  const { parent } = whole
  if (ts.isElementAccessExpression(parent) && parent.expression === whole) {
    const isKnown =
      ts.isStringLiteralLike(parent.argumentExpression) || calls.functionOf(parent) !== null
    return isKnown ? null : { node: parent, isCalled: wayOf(parent) === 'called' }
  }
  const isArgument = ts.isCallOrNewExpression(parent) && parent.expression !== whole
  if (!isArgument || !ts.isExpression(whole)) return null
  // A parameter that is typed says what its members are; what comes back untyped says nothing of them.
  const taken = code.checker.getContextualType(whole)
  const isTyped = taken !== undefined && calls.isHolder(taken)
  const isUntyped = (code.checker.getTypeAtLocation(parent).flags & ts.TypeFlags.Any) !== 0
  return isTyped && !isUntyped ? null : { node: value, isCalled: false }
}
