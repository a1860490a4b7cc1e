import { ts } from 'ts-morph'
import type { FunctionDocs } from '../../runtime/contract.ts'
import type { Location, QueueModel } from '../model.ts'
import { callProblem, type CallProblem } from './call-problem.ts'
import type { CallFinder } from './find-calls.ts'
import { locate } from './locate.ts'
import { follow, nameOf, plain, propertiesOf, symbolOf, unwrap, type Property } from './resolve.ts'
import { staticValue } from './static-value.ts'

/** What the sources say of a wired function. */
export interface FunctionReading {
  name: string
  location: Location
  docs: FunctionDocs
  asksForSession: QueueModel['asksForSession']
  contract: FunctionContract | 'unresolved' | 'not-a-queue-function'
  /** What keeps its types from being inferred. */
  problem: CallProblem | null
}

export interface FunctionContract {
  input: ContractSide
  output: ContractSide
}

/** A type, and the place to point at when something is wrong with it. */
export interface ContractSide {
  type: ts.Type
  node: ts.Node
}

export interface ReadContext {
  root: string
  program: ts.Program
  checker: ts.TypeChecker
  calls: CallFinder
}

/** Reads the function given as `func:`, whatever route leads to where it is defined. */
export function readFunction(context: ReadContext, expression: ts.Expression): FunctionReading {
  const { root, checker } = context
  const name = nameOf(unwrap(expression))
  const definition = findDefinition(context, expression)
  const settings = definition?.settings ? propertiesOf(checker, definition.settings) : null
  return {
    name: name?.text ?? '(inline)',
    location: locate(
      root,
      (name && declarationName(checker, name)) ?? definition?.call ?? expression,
    ),
    docs: settings ? readDocs(checker, settings) : {},
    asksForSession: settings ? readSession(context, settings) : null,
    // With validators the type arguments are theirs.
    contract:
      definition?.isPlain && !settings?.has('input')
        ? writtenContract(checker, definition.call)
        : readContract(checker, expression, definition?.call ?? null),
    problem:
      definition && !definition.call.typeArguments
        ? callProblem(context.program, definition.call)
        : null,
  }
}

interface Definition {
  call: ts.CallExpression
  settings: ts.Expression | undefined
  /** Its type arguments are the contract: nothing on the way says another type. */
  isPlain: boolean
}

/** The `pikkuSessionlessFunc(…)` call that made the function; null where the sources do not show it. */
function findDefinition({ checker, calls }: ReadContext, func: ts.Expression): Definition | null {
  const call = follow(checker, func)
  if (!ts.isCallExpression(call)) return null
  if (calls.nameOfCallee(call.expression) !== 'pikkuSessionlessFunc') return null
  const isPlain = call.typeArguments !== undefined && isPlainWay(checker, func, call)
  return { call, settings: call.arguments[0], isPlain }
}

/** Whether only names, and constants without a type of their own, lead from one to the other. */
function isPlainWay(checker: ts.TypeChecker, from: ts.Expression, to: ts.Expression): boolean {
  const expression = plain(from)
  if (expression === to) return true
  const name = nameOf(expression)
  const [declaration] = (name && symbolOf(checker, name)?.declarations) ?? []
  if (!declaration) return false
  if (ts.isExportAssignment(declaration)) return isPlainWay(checker, declaration.expression, to)
  if (!ts.isVariableDeclaration(declaration) || declaration.type || !declaration.initializer) {
    return false
  }
  return isPlainWay(checker, declaration.initializer, to)
}

function declarationName(checker: ts.TypeChecker, name: ts.Node): ts.Node | null {
  const declaration = symbolOf(checker, name)?.valueDeclaration
  if (!declaration) return null
  return ts.getNameOfDeclaration(declaration) ?? declaration
}

/** What the type arguments say; what the function does with them is the compiler's to check. */
function writtenContract(checker: ts.TypeChecker, call: ts.CallExpression): FunctionContract {
  const [input, output] = call.typeArguments ?? []
  const side = (node: ts.TypeNode | undefined): ContractSide =>
    node
      ? { type: checker.getTypeFromTypeNode(node), node }
      : { type: checker.getVoidType(), node: call.expression }
  return { input: side(input), output: side(output) }
}

function readContract(
  checker: ts.TypeChecker,
  expression: ts.Expression,
  call: ts.CallExpression | null,
): FunctionReading['contract'] {
  const type = checker.getTypeAtLocation(expression)
  if (type.flags & ts.TypeFlags.Any) return 'unresolved'
  const sides = markedContract(checker, type) ?? bodyContract(checker, type)
  if (sides === null) return 'not-a-queue-function'
  const [inputNode, outputNode] = call?.typeArguments ?? []
  const place = call?.expression ?? expression
  return {
    input: { type: sides.input, node: inputNode ?? place },
    output: { type: sides.output, node: outputNode ?? place },
  }
}

interface ContractTypes {
  input: ts.Type
  output: ts.Type
}

/** The overlay's mark on what it types. */
function markedContract(checker: ts.TypeChecker, type: ts.Type): ContractTypes | null {
  const contract = type.getProperty('~contract')
  const sides = contract && checker.getTypeOfSymbol(contract)
  const [input, output] = [sides?.getProperty('input'), sides?.getProperty('output')]
  if (!input || !output) return null
  return { input: checker.getTypeOfSymbol(input), output: checker.getTypeOfSymbol(output) }
}

/** A function that a library typed by the runtime itself: what its `func` takes and returns. */
function bodyContract(checker: ts.TypeChecker, type: ts.Type): ContractTypes | null {
  const func = type.getProperty('func')
  const [signature] = func ? checker.getTypeOfSymbol(func).getCallSignatures() : []
  if (signature === undefined) return null
  const data = signature.parameters[1]
  const output = checker.getAwaitedType(signature.getReturnType())
  if (output === undefined) return null
  return { input: data ? checker.getTypeOfSymbol(data) : checker.getVoidType(), output }
}

/** Docs are for people: what is not static is left out. */
function readDocs(checker: ts.TypeChecker, settings: Map<string, Property>): FunctionDocs {
  const value = settings.get('docs')?.value
  const parts = value ? propertiesOf(checker, value) : null
  const docs: FunctionDocs = {}
  for (const key of ['summary', 'description'] as const) {
    const text = read(checker, parts?.get(key))
    if (typeof text === 'string') docs[key] = text
  }
  for (const key of ['tags', 'errors'] as const) {
    const names = read(checker, parts?.get(key))
    if (Array.isArray(names)) docs[key] = names.filter((name) => typeof name === 'string')
  }
  return docs
}

function readSession(
  { root, checker }: ReadContext,
  settings: Map<string, Property>,
): QueueModel['asksForSession'] {
  const auth = settings.get('auth')
  if (auth && read(checker, auth) === true)
    return { what: 'auth', location: locate(root, auth.node) }
  const permissions = settings.get('permissions')
  return permissions ? { what: 'permissions', location: locate(root, permissions.node) } : null
}

function read(checker: ts.TypeChecker, property: Property | undefined): unknown {
  const value = property?.value ? staticValue(checker, property.value) : null
  return value?.known ? value.value : undefined
}
