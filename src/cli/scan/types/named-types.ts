import type { ts } from 'ts-morph'
import type { Location, TypeModel } from '../../model.ts'

export type Reference = Extract<TypeModel, { kind: 'reference' }>

/** A named type that was met; what it is called in the end is decided when all are known. */
export interface TypeEntry {
  /** What references to it say: its name, its place, its type arguments. */
  id: string
  /** The name it would like to have. */
  wanted: string
  declared: Location
  body: TypeModel
  description?: string | undefined
}

/** What a type is known by: to the compiler, or by where it is written. */
export type TypeKey = ts.Type | ts.Node | Variant

/** A generic type whose arguments say more in the sources than the compiler knows. */
export interface Variant {
  type: ts.Type
  /** Tells it apart from the type's other variants. */
  said: string
}

/** The named types met while one file's contracts were expanded. */
export class NamedTypes {
  readonly #entries = new Map<TypeKey, TypeEntry>()
  readonly #byId = new Map<string, TypeEntry>()

  find(type: TypeKey): Reference | undefined {
    const entry = this.#entries.get(type)
    return entry && { kind: 'reference', name: entry.id }
  }

  /** Enters a type whose body is still to come: it may refer to itself. */
  enter(
    type: TypeKey,
    named: { wanted: string; declared: Location; detail: string; description?: string | undefined },
  ): Reference {
    const { wanted, declared, detail, description } = named
    let id = `${wanted} ${declared.file}:${declared.line}:${declared.column} ${detail}`
    while (this.#byId.has(id)) id += '+'
    const entry: TypeEntry = {
      id,
      wanted,
      declared,
      body: { kind: 'unknown' },
      ...(description !== undefined && { description }),
    }
    this.#entries.set(type, entry)
    this.#byId.set(id, entry)
    return { kind: 'reference', name: id }
  }

  complete(type: TypeKey, body: TypeModel): void {
    const entry = this.#entries.get(type)
    if (entry) entry.body = body
  }

  get size(): number {
    return this.#entries.size
  }

  /** As it was when it had that size. */
  forgetAfter(size: number): void {
    for (const [type, { id }] of [...this.#entries].slice(size)) {
      this.#entries.delete(type)
      this.#byId.delete(id)
    }
  }

  /** What a reference refers to. */
  bodyOf(reference: Reference): TypeModel | undefined {
    return this.#byId.get(reference.name)?.body
  }

  list(): TypeEntry[] {
    return [...this.#entries.values()]
  }
}
