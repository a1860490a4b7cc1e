import { ts } from 'ts-morph'
import type { FunctionDocs } from '../../runtime/contract.ts'
import type { Location, QueueModel } from '../model.ts'
import type { CallFinder } from './find-calls.ts'
import { locate } from './locate.ts'
import { follow, nameOf, propertiesOf, symbolOf, unwrap, type Property } from './resolve.ts'
import { staticValue } from './static-value.ts'

/** What the sources say of a wired function. */
export interface FunctionReading {
  name: string
  location: Location
  docs: FunctionDocs
  asksForSession: QueueModel['asksForSession']
  contract: FunctionContract | 'unresolved' | 'not-a-queue-function'
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
    contract: readContract(checker, expression, definition),
  }
}

interface Definition {
  call: ts.CallExpression
  settings: ts.Expression | undefined
}

/** The `pikkuSessionlessFunc(…)` call that made the function; null where the sources do not show it. */
function findDefinition({ checker, calls }: ReadContext, func: ts.Expression): Definition | null {
  const call = follow(checker, func)
  if (!ts.isCallExpression(call)) return null
  if (calls.nameOfCallee(call.expression) !== 'pikkuSessionlessFunc') return null
  return { call, settings: call.arguments[0] }
}

function declarationName(checker: ts.TypeChecker, name: ts.Node): ts.Node | null {
  const declaration = symbolOf(checker, name)?.valueDeclaration
  if (!declaration) return null
  return ts.getNameOfDeclaration(declaration) ?? declaration
}

function readContract(
  checker: ts.TypeChecker,
  expression: ts.Expression,
  definition: Definition | null,
): FunctionReading['contract'] {
  const type = checker.getTypeAtLocation(expression)
  if (type.flags & ts.TypeFlags.Any) return 'unresolved'
  const contract = type.getProperty('~contract')
  const sides = contract && checker.getTypeOfSymbol(contract)
  const [input, output] = [sides?.getProperty('input'), sides?.getProperty('output')]
  if (!input || !output) return 'not-a-queue-function'
  const [inputNode, outputNode] = definition?.call.typeArguments ?? []
  const place = definition?.call.expression ?? expression
  return {
    input: { type: checker.getTypeOfSymbol(input), node: inputNode ?? place },
    output: { type: checker.getTypeOfSymbol(output), node: outputNode ?? place },
  }
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
