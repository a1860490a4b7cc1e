import { ts } from 'ts-morph'
import { isMark } from './constraints.ts'
import { tagsOf } from './tags.ts'
import { bodyOfAlias, namedSymbol, type Bindings, type Written } from './written-bindings.ts'

/** The constraints that are said anywhere in what is written, and `sensitive`. */
export class SaidConstraints {
  readonly #checker: ts.TypeChecker
  readonly #known = new Map<Written, ReadonlySet<string>>()

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker
  }

  in(written: Written): ReadonlySet<string> {
    const known = this.#known.get(written)
    if (known) return known
    const found = new Set<string>()
    this.#collect(written.node, written.bindings, { found, seen: new Set() })
    this.#known.set(written, found)
    return found
  }

  #collect(
    node: ts.Node,
    bindings: Bindings | undefined,
    into: { found: Set<string>; seen: Set<unknown> },
  ): void {
    if (ts.isTypeReferenceNode(node)) this.#collectNamed(node, bindings, into)
    if (ts.isTypeQueryNode(node)) {
      const named = this.#checker.getSymbolAtLocation(node.exprName)
      this.#collectDeclared(named?.declarations ?? [], undefined, into)
    }
    if (ts.isTypeElement(node) || ts.isClassElement(node) || ts.isPropertyAssignment(node)) {
      const symbol = node.name && this.#checker.getSymbolAtLocation(node.name)
      if (symbol) this.#take(symbol, into.found)
    }
    // What functions do is no type; an object that is written out has one.
    if (ts.isBlock(node) || (ts.isExpression(node) && !ts.isObjectLiteralExpression(node))) return
    ts.forEachChild(node, (child) => this.#collect(child, bindings, into))
  }

  #collectNamed(
    node: ts.TypeReferenceNode,
    bindings: Bindings | undefined,
    into: { found: Set<string>; seen: Set<unknown> },
  ): void {
    const parameter = this.#checker.getSymbolAtLocation(node.typeName)
    const bound = parameter && bindings?.get(parameter)
    if (bound) {
      if (into.seen.has(bound)) return
      into.seen.add(bound)
      this.#collect(bound.node, bound.bindings, into)
      return
    }
    const symbol = namedSymbol(this.#checker, node)
    const alias = symbol?.declarations?.find(ts.isTypeAliasDeclaration)
    const inner = alias ? bodyOfAlias(this.#checker, alias, { node, bindings }).bindings : undefined
    if (symbol) this.#take(symbol, into.found)
    this.#collectDeclared(symbol?.declarations ?? [], inner, into)
  }

  /** Those of libraries are no constraints of ours. */
  #collectDeclared(
    declarations: readonly ts.Declaration[],
    bindings: Bindings | undefined,
    into: { found: Set<string>; seen: Set<unknown> },
  ): void {
    for (const declaration of declarations) {
      if (into.seen.has(declaration) || declaration.getSourceFile().isDeclarationFile) continue
      into.seen.add(declaration)
      ts.forEachChild(declaration, (child) => this.#collect(child, bindings, into))
    }
  }

  #take(symbol: ts.Symbol, found: Set<string>): void {
    for (const { name } of tagsOf(symbol, this.#checker)) {
      if (isMark(name)) found.add(name)
    }
  }
}
