import { ts } from 'ts-morph'
import type { Capabilities } from '../../runtime/capabilities.ts'
import { forEachChild } from './children.ts'
import type { Code } from './code.ts'
import { optionsOn } from './overlay-portable.ts'
import { follow } from './resolve.ts'
import { staticValue } from './static-value.ts'

/** A delay that is written down, and longer than its queue takes. */
export interface LongDelay {
  node: ts.Node
  delayMs: number
  mostMs: number
}

/** Those of jobs that the file adds. @param clientPath of what stands in for the generated client */
export function longDelays(
  code: Code,
  file: ts.SourceFile,
  { clientPath, capabilities }: { clientPath: string; capabilities: Capabilities },
): LongDelay[] {
  const { maxDelayMs, fifo } = capabilities
  const most = { plain: maxDelayMs, fifo: fifo?.can.maxDelayMs ?? maxDelayMs }
  if (most.plain === Infinity && most.fifo === Infinity) return []
  const found: LongDelay[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      for (const { kind, options } of addedIn(code, node, clientPath)) {
        const mostMs = most[kind]
        const delay = delayOf(code, options)
        if (delay && delay.delayMs > mostMs) found.push({ ...delay, mostMs })
      }
    }
    forEachChild(node, visit)
  }
  visit(file)
  return found
}

interface Added {
  kind: keyof typeof optionsOn
  options: ts.Expression
}

/** The options of jobs that the call adds to a client of the provider in question. */
function addedIn(code: Code, call: ts.CallExpression, clientPath: string): Added[] {
  const { checker } = code
  const signature = checker.getResolvedSignature(call)
  if (signature?.declaration?.getSourceFile().fileName !== clientPath) return []
  return signature.parameters.flatMap((parameter, index) => {
    const argument = call.arguments[index]
    if (argument === undefined) return []
    const type = checker.getNonNullableType(checker.getTypeOfSymbolAtLocation(parameter, call))
    const own = kindOf(type)
    if (own) return [{ kind: own, options: argument }]
    const ofEach = checker.getIndexTypeOfType(type, ts.IndexKind.Number)?.getProperty('options')
    const kind =
      ofEach && kindOf(checker.getNonNullableType(checker.getTypeOfSymbolAtLocation(ofEach, call)))
    return kind ? optionsWithin(argument).map((options) => ({ kind, options })) : []
  })
}

const kinds = ['plain', 'fifo'] as const

const kindOf = (type: ts.Type): Added['kind'] | undefined =>
  kinds.find((kind) => type.getSymbol()?.name === optionsOn[kind])

/** However the jobs are put together. */
function optionsWithin(node: ts.Node): ts.Expression[] {
  const found: ts.Expression[] = []
  const visit = (inner: ts.Node): void => {
    if (ts.isPropertyAssignment(inner) && inner.name.getText() === 'options') {
      found.push(inner.initializer)
    } else if (ts.isShorthandPropertyAssignment(inner) && inner.name.text === 'options') {
      found.push(inner.name)
    }
    forEachChild(inner, visit)
  }
  visit(node)
  return found
}

function delayOf(code: Code, options: ts.Expression): Omit<LongDelay, 'mostMs'> | undefined {
  const literal = follow(code, options)
  if (!ts.isObjectLiteralExpression(literal)) return undefined
  for (const node of literal.properties) {
    if (!ts.isPropertyAssignment(node) && !ts.isShorthandPropertyAssignment(node)) continue
    if (node.name.getText() !== 'delay') continue
    const delay = staticValue(code, ts.isPropertyAssignment(node) ? node.initializer : node.name)
    if (delay.known && typeof delay.value === 'number') return { node, delayMs: delay.value }
  }
  return undefined
}
