import { ts } from 'ts-morph'
import { isMark } from './constraints.ts'
import type { Variant } from './named-types.ts'
import { capitalize, nameAsWritten, nameOfType, namingSymbol } from './naming.ts'
import { isBuiltIn } from './standard-types.ts'
import { tagsOf } from './tags.ts'
import { argumentsOf } from './type-arguments.ts'
import { bodyOfAlias, namedSymbol, type Bindings, type Written } from './written-bindings.ts'
import { bindingsOf, meant, stepIn } from './written.ts'

/** A generic type as it is written at a place. */
export interface WrittenGeneric {
  bindings: Bindings
  /** Of its arguments, where the sources have a name for one that the compiler does not know. */
  names: (string | undefined)[]
  /** Undefined where the sources say nothing of the arguments that the compiler does not know. */
  variant: Variant | undefined
}

/**
 * For the compiler `Page<Positive>` and `Page<number>` are one type, where `Positive` is a number with
 * constraints; and `Page<Order>` one with an object that has no name, where `Order` is inferred.
 */
export class Variants {
  readonly #checker: ts.TypeChecker
  readonly #known = new Map<ts.Type, Map<string, Variant>>()
  readonly #said = new Map<Written, string>()
  readonly #inside = new Map<ts.TypeAliasDeclaration, Map<string, string>>()
  readonly #shorts = new Map<string, string>()

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker
  }

  /** Undefined for what is no type with arguments, or is not written as one. */
  find(type: ts.Type, written: Written | undefined): WrittenGeneric | undefined {
    const types = argumentsOf(this.#checker, type)
    if (!written || types.length === 0) return undefined
    const [declaration] = namingSymbol(type)?.declarations ?? []
    const bindings = declaration && bindingsOf(this.#checker, declaration, written, type)
    if (!bindings) return undefined
    const all = [...bindings.values()]
    const said = all.map((argument) => this.#saidBy(argument))
    const names = all.map((argument, index) => {
      const inner = said[index] ? types[index] : undefined
      return inner && this.#nameOf(argument, inner)
    })
    const isVariant = said.some((it) => it !== '')
    return { bindings, names, variant: isVariant ? this.#variant(type, said.join(';')) : undefined }
  }

  #variant(type: ts.Type, said: string): Variant {
    const known = this.#known.get(type) ?? new Map<string, Variant>()
    this.#known.set(type, known)
    const variant = known.get(said) ?? { type, said }
    known.set(said, variant)
    return variant
  }

  /** Stands for what the written type says that the compiler does not know; empty for nothing. */
  #saidBy(written: Written, around: readonly ts.Node[] = []): string {
    const known = this.#said.get(written)
    if (known !== undefined) return known
    const next = stepIn(this.#checker, written)
    const inner = next ? this.#saidBy(next, around) : this.#saidIn(written, written, around)
    const others = (written.also ?? []).map((it) => this.#saidBy(it, around))
    const marks = (written.members ?? []).flatMap((it) => (this.#isMarked(it) ? placeOf(it) : []))
    const parts = [inner, ...others, ...marks].filter((it) => it !== '')
    const said = parts.length > 1 ? this.#short(parts.join()) : parts.join()
    this.#said.set(written, said)
    return said
  }

  #saidIn(
    { node, bindings }: { node: ts.Node; bindings: Bindings | undefined },
    written: Written | undefined,
    around: readonly ts.Node[],
  ): string {
    const parts: string[] = []
    let index = 0
    node.forEachChild((child) => {
      const inner = ts.isTypeNode(child)
        ? this.#saidBy({ node: child, bindings }, around)
        : this.#saidIn({ node: child, bindings }, undefined, around)
      if (inner !== '') parts.push(`${index}: ${inner}`)
      index += 1
    })
    const alias = written && ts.isTypeReferenceNode(written.node) && this.#alias(written.node)
    if (written && alias && !around.includes(alias)) {
      if (this.#says(written, alias)) parts.push(`${alias.getSourceFile().fileName}:${alias.pos}`)
      const body = this.#saidInside(alias, written, [...around, alias])
      if (body !== '') parts.push(`= ${body}`)
    }
    return parts.length === 0 ? '' : this.#short(parts.join())
  }

  /** An alias of two aliases of two, and so on, is looked at once for the same arguments. */
  #saidInside(alias: ts.TypeAliasDeclaration, at: Written, around: readonly ts.Node[]): string {
    const body = bodyOfAlias(this.#checker, alias, at)
    const given = [...(body.bindings?.values() ?? [])].map((it) => this.#saidBy(it, around))
    const key = given.join()
    const inside = this.#inside.get(alias) ?? new Map<string, string>()
    this.#inside.set(alias, inside)
    const said = inside.get(key) ?? this.#saidBy(body, around)
    inside.set(key, said)
    return said
  }

  /** Of arguments in arguments the text would double at every level. */
  #short(text: string): string {
    const short = this.#shorts.get(text) ?? `#${this.#shorts.size}`
    this.#shorts.set(text, short)
    return short
  }

  #says(written: Written, alias: ts.TypeAliasDeclaration): boolean {
    const symbol = this.#checker.getSymbolAtLocation(alias.name)
    if (symbol && this.#isMarked(symbol)) return true
    const type = this.#checker.getTypeFromTypeNode(written.node)
    return nameAsWritten(this.#checker, type, written) !== undefined
  }

  #isMarked(symbol: ts.Symbol): boolean {
    const tags = tagsOf(symbol, this.#checker)
    return tags.some(({ name }) => isMark(name))
  }

  #alias(node: ts.TypeReferenceNode): ts.TypeAliasDeclaration | undefined {
    const symbol = namedSymbol(this.#checker, node)
    return symbol && !isBuiltIn(symbol)
      ? symbol.declarations?.find(ts.isTypeAliasDeclaration)
      : undefined
  }

  #nameOf(argument: Written, type: ts.Type): string | undefined {
    const written = meant(this.#checker, argument)
    const node = written?.node
    const alias = node && ts.isTypeReferenceNode(node) ? this.#alias(node) : undefined
    if (alias && !alias.typeParameters) return capitalize(alias.name.text)
    return nameOfType(this.#checker, type, this.find(type, written)?.names)?.wanted
  }
}

function placeOf({ declarations }: ts.Symbol): string {
  const [declaration] = declarations ?? []
  return declaration ? `${declaration.getSourceFile().fileName}:${declaration.pos}` : ''
}
