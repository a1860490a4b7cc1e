import { ts } from 'ts-morph'
import type { Code } from './code.ts'
import { isRequire } from './commonjs.ts'
import { accessOf, unwrap } from './expressions.ts'
import { exportOf } from './required-modules.ts'
import { definitionOf, follow, keyOf, symbolNamed } from './resolve.ts'
import { symbolOf } from './symbols.ts'

/** The functions of the generated types file that the scan looks for. */
export const soughtFunctions = [
  'wireQueueWorker',
  'addTagMiddleware',
  'pikkuSessionlessFunc',
] as const

export type SoughtFunction = (typeof soughtFunctions)[number]

export const soughtFunction = (name: string | undefined): SoughtFunction | undefined =>
  soughtFunctions.find((it) => it === name)

export interface FoundCall {
  name: SoughtFunction
  call: ts.CallExpression
}

/** Tells which calls are calls of the generated types file's functions, by meaning, not by name. */
export class CallFinder {
  readonly #code: Code
  readonly #byDeclaration = new Map<ts.Node, SoughtFunction>()
  /** What the functions are called, where they are passed on too. */
  readonly names: ReadonlySet<string>

  /** @param aliases what they are called where they are passed on */
  constructor(code: Code, typesFile: ts.SourceFile, aliases: Iterable<string> = []) {
    this.#code = code
    this.names = new Set([...soughtFunctions, ...aliases])
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
        const name = this.functionOf(node.expression)
        if (name) yield { name, call: node }
      }
      const children: ts.Node[] = []
      ts.forEachChild(node, (child) => void children.push(child))
      pending.push(...children.reverse())
    }
  }

  /**
   * The generated function that a value is: through import aliases, barrels, constants and defaults, or
   * because its type says so.
   * @param pending values that are being followed
   */
  functionOf(
    value: ts.Expression,
    pending: ReadonlySet<ts.Node> = new Set(),
  ): SoughtFunction | null {
    const expression = unwrap(value)
    if (pending.has(expression)) return null
    const within = new Set(pending).add(expression)
    if (!isAccess(expression)) return this.#followed(expression, within)
    const canHold = this.#canHold(expression.expression)
    const followed = canHold ? this.#followed(expression, within) : null
    if (followed) return followed
    const key = accessOf(expression)?.key.text ?? (canHold ? keyOf(this.#code, expression) : null)
    const mayBe = key !== null && this.names.has(key)
    return mayBe ? this.#ofType(this.#code.checker.getTypeAtLocation(expression)) : null
  }

  /** Whether one of the functions is a member of an object, as a type says. */
  isHolder(type: ts.Type): boolean {
    return type.getProperties().some((property) => {
      if (!this.names.has(property.name)) return false
      return this.#ofType(this.#code.checker.getTypeOfSymbol(property)) !== null
    })
  }

  #followed(expression: ts.Expression, pending: ReadonlySet<ts.Node>): SoughtFunction | null {
    const symbol = symbolNamed(this.#code, follow(this.#code, expression))
    const [declaration] = symbol?.declarations ?? []
    return this.#ofSymbol(symbol) ?? (declaration ? this.#bound(declaration, pending) : null)
  }

  /** `const { wireQueueWorker: wire } = pikku`, and defaults there and of parameters. */
  #bound(declaration: ts.Node, pending: ReadonlySet<ts.Node>): SoughtFunction | null {
    if (!ts.isBindingElement(declaration) && !ts.isParameter(declaration)) return null
    const { initializer } = declaration
    return (
      (ts.isBindingElement(declaration) ? this.#taken(declaration) : null) ??
      (initializer ? this.functionOf(initializer, pending) : null)
    )
  }

  #taken(binding: ts.BindingElement): SoughtFunction | null {
    const typed = this.#ofType(this.#code.checker.getTypeAtLocation(binding.name))
    const key = binding.propertyName ?? binding.name
    const { initializer } = binding.parent.parent
    if (typed || !initializer || !ts.isIdentifier(key)) return typed
    const module = follow(this.#code, initializer)
    return this.#ofSymbol(exportOf(this.#code, module, key.text))
  }

  #ofSymbol(symbol: ts.Symbol | undefined): SoughtFunction | null {
    const [declaration] = symbol?.declarations ?? []
    return (declaration && this.#byDeclaration.get(declaration)) ?? null
  }

  #ofType(type: ts.Type): SoughtFunction | null {
    const [signature] = this.#code.checker.getNonNullableType(type).getCallSignatures()
    const declaration: ts.Node | undefined = signature?.getDeclaration()
    return (declaration && this.#byDeclaration.get(declaration)) ?? null
  }

  /**
   * Whether an object may hold one of the functions: a module's namespace or a constant. Asking the
   * checker about every method call of a project would have it work out all their types.
   */
  #canHold(object: ts.Expression): boolean {
    const holder = unwrap(object)
    if (isAccess(holder)) return this.#canHold(holder.expression)
    if (isModule(holder)) return true
    if (!ts.isIdentifier(holder)) return false
    const symbol = symbolOf(this.#code, holder)
    if (!symbol) return false
    if (symbol.flags & ts.SymbolFlags.Module) return true
    const definition = definitionOf(this.#code, holder)
    return definition !== null && mayHold(unwrap(definition))
  }
}

type Access = ts.PropertyAccessExpression | ts.ElementAccessExpression

const isAccess = (expression: ts.Expression): expression is Access =>
  ts.isPropertyAccessExpression(expression) || ts.isElementAccessExpression(expression)

const mayHold = (expression: ts.Expression): boolean =>
  ts.isObjectLiteralExpression(expression) ||
  ts.isIdentifier(expression) ||
  isAccess(expression) ||
  isModule(expression)

/** `await import('…')` and `require('…')` */
const isModule = (expression: ts.Expression): boolean =>
  isRequire(expression) ||
  (ts.isAwaitExpression(expression) &&
    ts.isCallExpression(expression.expression) &&
    expression.expression.expression.kind === ts.SyntaxKind.ImportKeyword)
