import { ts } from 'ts-morph'
import type { Code } from './code.ts'
import { aliased, definitionOf, follow, nameOf, symbolOf, unwrap } from './resolve.ts'

/** The functions of the generated types file that the scan looks for. */
export const soughtFunctions = [
  'wireQueueWorker',
  'addTagMiddleware',
  'pikkuSessionlessFunc',
] as const

export type SoughtFunction = (typeof soughtFunctions)[number]

export const soughtFunction = (name: string | undefined): SoughtFunction | undefined =>
  soughtFunctions.find((it) => it === name)

/** Tells which calls are calls of the generated types file's functions, by meaning, not by name. */
export class CallFinder {
  readonly #code: Code
  readonly #byDeclaration = new Map<ts.Node, SoughtFunction>()

  constructor(code: Code, typesFile: ts.SourceFile) {
    this.#code = code
    for (const statement of typesFile.statements) {
      if (!ts.isFunctionDeclaration(statement)) continue
      const name = soughtFunction(statement.name?.text)
      if (name) this.#byDeclaration.set(statement, name)
    }
  }

  /** Every call of one of the functions in the file, in order. */
  *callsIn(file: ts.SourceFile): Generator<FoundCall> {
    const pending: ts.Node[] = [file]
    for (let node = pending.pop(); node; node = pending.pop()) {
      if (ts.isCallExpression(node)) {
        const name = this.nameOfCallee(node.expression)
        if (name) yield { name, call: node }
      }
      const children: ts.Node[] = []
      ts.forEachChild(node, (child) => void children.push(child))
      pending.push(...children.reverse())
    }
  }

  /** The generated function that is called, through import aliases, barrels and constants. */
  nameOfCallee(callee: ts.Expression): SoughtFunction | null {
    const expression = unwrap(callee)
    if (ts.isPropertyAccessExpression(expression) && !this.#canHold(expression.expression))
      return null
    const name = nameOf(follow(this.#code, expression))
    const symbol = name && symbolOf(this.#code, name)
    return symbol ? this.#nameOfSymbol(symbol) : null
  }

  #nameOfSymbol(symbol: ts.Symbol): SoughtFunction | null {
    for (const declaration of symbol.declarations ?? []) {
      const name = this.#byDeclaration.get(declaration)
      if (name) return name
      if (ts.isBindingElement(declaration)) return this.#nameOfBinding(declaration)
    }
    return null
  }

  /** `const { wireQueueWorker: wire } = pikku` */
  #nameOfBinding(binding: ts.BindingElement): SoughtFunction | null {
    const key = binding.propertyName ?? binding.name
    if (!ts.isIdentifier(key)) return null
    const source = this.#code.checker.getTypeAtLocation(binding.parent)
    const property = source.getProperty(key.text)
    const declaration = property?.valueDeclaration
    if (declaration && ts.isPropertyAssignment(declaration)) {
      return this.nameOfCallee(declaration.initializer)
    }
    return property ? this.#nameOfSymbol(aliased(this.#code, property)) : null
  }

  /**
   * Whether an object may hold one of the functions: a module's namespace or a constant. Asking the
   * checker about every method call of a project would have it work out all their types.
   */
  #canHold(object: ts.Expression): boolean {
    if (ts.isPropertyAccessExpression(object)) return this.#canHold(object.expression)
    if (isImport(unwrap(object))) return true
    if (!ts.isIdentifier(object)) return false
    const symbol = symbolOf(this.#code, object)
    if (!symbol) return false
    if (symbol.flags & ts.SymbolFlags.Module) return true
    const definition = definitionOf(this.#code, object)
    return definition !== null && isHolder(unwrap(definition))
  }
}

const isHolder = (expression: ts.Expression): boolean =>
  ts.isObjectLiteralExpression(expression) || isImport(expression) || nameOf(expression) !== null

/** `await import('…')` */
const isImport = (expression: ts.Expression): boolean =>
  ts.isAwaitExpression(expression) &&
  ts.isCallExpression(expression.expression) &&
  expression.expression.expression.kind === ts.SyntaxKind.ImportKeyword

export interface FoundCall {
  name: SoughtFunction
  call: ts.CallExpression
}
