import { ts } from 'ts-morph'
import type { FunctionDocs } from '../../runtime/contract.ts'
import type { Location, QueueModel } from '../model.ts'
import { callProblem, type CallProblem } from './call-problem.ts'
import type { Code } from './code.ts'
import { nameOf, unwrap } from './expressions.ts'
import {
  definitionBy,
  findDefinition,
  possibleDefinitions,
  type Definition,
} from './find-definition.ts'
import type { CallFinder } from './find-calls.ts'
import { locate } from './locate.ts'
import type { WrittenFunction } from './reach.ts'
import { propertiesOf, type Property } from './resolve.ts'
import { staticValue } from './static-value.ts'
import { symbolOf } from './symbols.ts'

/** What the sources say of a wired function. */
export interface FunctionReading {
  name: string
  location: Location
  docs: FunctionDocs
  asksForSession: QueueModel['asksForSession']
  contract: FunctionContract | NoContract
  /** What keeps its types from being inferred. */
  problem: CallProblem | null
}

export type NoContract = 'unresolved' | 'not-a-queue-function' | 'one-of-several'

export interface FunctionContract {
  input: ContractSide
  output: ContractSide
  /** Null where nothing says what it is. */
  progress: ContractSide | null
}

/** A type, and the place to point at when something is wrong with it. */
export interface ContractSide {
  type: () => ts.Type
  node: ts.Node
  /** The type as it is written, where that decides; `void` where nothing is. */
  written?: ts.TypeNode | 'void'
}

export interface ReadContext {
  root: string
  code: Code
  calls: CallFinder
  /** Where the syntax shows how a function is made, by the expressions that lead there. */
  functions: ReadonlyMap<ts.Expression, WrittenFunction>
}

/** Reads the function given as `func:`, whatever route leads to where it is defined. */
export function readFunction(context: ReadContext, expression: ts.Expression): FunctionReading {
  const { root, code } = context
  const shown = context.functions.get(expression)
  const definition = shown
    ? definitionBy(code, shown.call, true)
    : findDefinition(context, expression)
  const name = nameOf(unwrap(expression)) ?? definition?.name ?? null
  const settings = definition ? settingsOf(definition) : undefined
  const made = definition ? [definition] : possibleDefinitions(context, expression)
  return {
    name: name?.text ?? '(inline)',
    location: locate(
      root,
      shown?.name ?? (name && declarationName(code, name)) ?? definition?.call ?? expression,
    ),
    docs: definition && settings ? readDocs(definition.code, settings) : {},
    asksForSession: made.map((it) => readSession(root, it)).find((it) => it !== null) ?? null,
    // With validators the type arguments are theirs.
    contract:
      definition?.isPlain && !settings?.has('input')
        ? writtenContract(code, definition.call)
        : readContract(code, expression, definition?.call ?? null, settings),
    problem:
      definition && !definition.call.typeArguments
        ? callProblem(code.program, definition.call)
        : null,
  }
}

const settingsOf = ({ code, settings }: Definition) =>
  settings ? propertiesOf(code, settings)?.known : undefined

function declarationName(code: Code, name: ts.Node): ts.Node | null {
  const declaration = symbolOf(code, name)?.valueDeclaration
  if (!declaration) return null
  return ts.getNameOfDeclaration(declaration) ?? declaration
}

/** What the type arguments say; what the function does with them is the compiler's to check. */
function writtenContract(code: Code, call: ts.CallExpression): FunctionContract {
  const [input, output, progress] = call.typeArguments ?? []
  const side = (node: ts.TypeNode | undefined): ContractSide =>
    node
      ? { type: () => code.checker.getTypeFromTypeNode(node), node, written: node }
      : { type: () => code.checker.getVoidType(), node: call.expression, written: 'void' }
  return { input: side(input), output: side(output), progress: progress ? side(progress) : null }
}

function readContract(
  code: Code,
  expression: ts.Expression,
  call: ts.CallExpression | null,
  settings: ReadonlyMap<string, Property> | undefined,
): FunctionReading['contract'] {
  const sides = contractOf(code, expression) ?? (call && requiredContract(code, call))
  if (sides === null) return 'unresolved'
  if (typeof sides === 'string') return sides
  const places = call ? placesOf(call, settings) : { input: expression, output: expression }
  const { progress } = sides
  const progressNode = call?.typeArguments?.[2] ?? call?.expression ?? expression
  return {
    input: { type: () => sides.input, node: places.input },
    output: { type: () => sides.output, node: places.output },
    progress: progress && { type: () => progress, node: progressNode },
  }
}

/** Where the types are written: as type arguments, by schemas, or by the function itself. */
function placesOf(
  call: ts.CallExpression,
  settings: ReadonlyMap<string, Property> | undefined,
): Record<'input' | 'output', ts.Node> {
  const [input, output] = call.typeArguments ?? []
  const schemas = [settings?.get('input')?.value, settings?.get('output')?.value]
  const body = settings?.get('func')?.value ?? call.arguments[0]
  const written = body && ts.isFunctionLike(body) && !schemas[0] ? body : undefined
  return {
    input: input ?? schemas[0] ?? written?.parameters[1]?.type ?? call.expression,
    output: output ?? schemas[1] ?? promised(written?.type) ?? call.expression,
  }
}

/** `X` of `Promise<X>`, or what is returned as it is. */
function promised(type: ts.TypeNode | undefined): ts.TypeNode | undefined {
  const isPromise = type && ts.isTypeReferenceNode(type) && type.typeName.getText() === 'Promise'
  return isPromise ? type.typeArguments?.[0] : type
}

function contractOf(
  code: Code,
  expression: ts.Expression,
): ContractTypes | Exclude<NoContract, 'unresolved'> | null {
  const type = code.checker.getTypeAtLocation(expression)
  if (type.flags & ts.TypeFlags.Any) return null
  if (type.isUnion() && !takeTheSame(code, type.types)) return 'one-of-several'
  return markedContract(code, type) ?? bodyContract(code, type) ?? 'not-a-queue-function'
}

/** What `require` returns has no type; what it leads to, or what that is given, has. */
function requiredContract(code: Code, call: ts.CallExpression): ReturnType<typeof contractOf> {
  const known = contractOf(code, call)
  const [settings] = call.arguments
  if (known || !settings) return known
  const type = code.checker.getTypeAtLocation(settings)
  const [body] = type.getCallSignatures()
  return body ? signatureContract(code, body) : bodyContract(code, type)
}

interface ContractTypes {
  input: ts.Type
  output: ts.Type
  progress: ts.Type | null
}

/** Whether all of the functions take the same, as far as they are made here. */
function takeTheSame(code: Code, functions: readonly ts.Type[]): boolean {
  const { checker } = code
  const [first, ...others] = functions.flatMap((it) => markedContract(code, it)?.input ?? [])
  return others.every(
    (it) =>
      !first || (checker.isTypeAssignableTo(it, first) && checker.isTypeAssignableTo(first, it)),
  )
}

/** The overlay's mark on what it types. */
function markedContract(code: Code, type: ts.Type): ContractTypes | null {
  const contract = type.getProperty('~contract')
  const sides = contract && code.checker.getTypeOfSymbol(contract)
  const side = (name: string): ts.Type | null => {
    const property = sides?.getProperty(name)
    return property ? code.checker.getTypeOfSymbol(property) : null
  }
  const [input, output, progress] = [side('input'), side('output'), side('progress')]
  return input && output ? { input, output, progress } : null
}

/** A function that a library typed by the runtime itself: what its `func` takes and returns. */
function bodyContract(code: Code, type: ts.Type): ContractTypes | null {
  const func = type.getProperty('func')
  const [signature] = func ? code.checker.getTypeOfSymbol(func).getCallSignatures() : []
  return signature ? signatureContract(code, signature) : null
}

function signatureContract(code: Code, signature: ts.Signature): ContractTypes | null {
  const data = signature.parameters[1]
  const output = code.checker.getAwaitedType(signature.getReturnType())
  if (output === undefined) return null
  const input = data ? code.checker.getTypeOfSymbol(data) : code.checker.getVoidType()
  return { input, output, progress: progressType(code, signature.parameters[2]) }
}

/** What the interaction that a function is given takes as progress. */
function progressType({ checker }: Code, interaction: ts.Symbol | undefined): ts.Type | null {
  const memberOf = (type: ts.Type | undefined, name: string): ts.Type | undefined => {
    const property = type && checker.getNonNullableType(type).getProperty(name)
    return property && checker.getTypeOfSymbol(property)
  }
  const queue = memberOf(interaction && checker.getTypeOfSymbol(interaction), 'queue')
  const [update] = memberOf(queue, 'updateProgress')?.getCallSignatures() ?? []
  const [progress] = update?.parameters ?? []
  return progress ? checker.getTypeOfSymbol(progress) : null
}

/** Docs are for people: what is not static is left out. */
function readDocs(code: Code, settings: Map<string, Property>): FunctionDocs {
  const value = settings.get('docs')?.value
  const parts = value ? propertiesOf(code, value)?.known : undefined
  const docs: FunctionDocs = {}
  for (const key of ['summary', 'description'] as const) {
    const text = read(code, parts?.get(key))
    if (typeof text === 'string') docs[key] = text
  }
  for (const key of ['tags', 'errors'] as const) {
    const names = read(code, parts?.get(key))
    if (Array.isArray(names)) docs[key] = names.filter((name) => typeof name === 'string')
  }
  return docs
}

function readSession(root: string, made: Definition): QueueModel['asksForSession'] {
  const { code } = made
  const settings = settingsOf(made)
  const auth = settings?.get('auth')
  if (auth && read(code, auth) === true) return { what: 'auth', location: locate(root, auth.node) }
  const permissions = settings?.get('permissions')
  return permissions ? { what: 'permissions', location: locate(root, permissions.node) } : null
}

function read(code: Code, property: Property | undefined): unknown {
  const value = property?.value ? staticValue(code, property.value) : null
  return value?.known ? value.value : undefined
}
