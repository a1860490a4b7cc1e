import type { ts } from 'ts-morph'
import type { Location, NamedType, TypeModel } from '../../model.ts'

export type Reference = Extract<TypeModel, { kind: 'reference' }>

interface Entry {
  /** The name it would like to have. */
  wanted: string
  declared: Location
  /** One object for all references to it, so that naming it is one assignment. */
  reference: Reference
  body: TypeModel | null
  description: string | undefined
}

/** Names that the text of types itself uses. Keywords need no place here: names are capitalized. */
const taken = [
  ...['Array', 'Date', 'Map', 'Promise', 'ReadonlyMap', 'ReadonlySet', 'Record', 'Set', 'URL'],
  'Uint8Array',
]

/**
 * The named types met so far. Two declarations may want one name; who gets it must not depend on
 * which was met first, so names are given at the end, in order of declaration. Until then a
 * reference holds a provisional name, which tells the declaration.
 */
export class NamedTypes {
  readonly #entries = new Map<ts.Type, Entry>()
  readonly #byReference = new Map<Reference, Entry>()
  readonly #provisional = new Set<string>()
  readonly #reserved: ReadonlySet<string>

  constructor(reserved: Iterable<string>) {
    this.#reserved = new Set([...taken, ...reserved])
  }

  find(type: ts.Type): Reference | undefined {
    return this.#entries.get(type)?.reference
  }

  /** Enters a type whose body is still to come: it may refer to itself. */
  enter(
    type: ts.Type,
    named: { wanted: string; declared: Location; detail: string; description?: string | undefined },
  ): Reference {
    const { wanted, declared, detail, description } = named
    let provisional = `${wanted} ${declared.file}:${declared.line}:${declared.column} ${detail}`
    while (this.#provisional.has(provisional)) provisional += '+'
    this.#provisional.add(provisional)
    const reference: Reference = { kind: 'reference', name: provisional }
    const entry: Entry = { wanted, declared, reference, body: null, description }
    this.#entries.set(type, entry)
    this.#byReference.set(reference, entry)
    return reference
  }

  complete(type: ts.Type, body: TypeModel): void {
    const entry = this.#entries.get(type)
    if (entry) entry.body = body
  }

  /** What a reference refers to. */
  bodyOf(reference: Reference): TypeModel | undefined {
    return this.#byReference.get(reference)?.body ?? undefined
  }

  /** Gives every type its final name, in the references too, and lists them by name. */
  list(): NamedType[] {
    const groups = [...this.#groups().values()].sort(([a], [b]) => orderOfEntries(a, b))
    const used = new Set<string>(this.#reserved)
    const named: NamedType[] = []
    const give = (entries: Entry[], name: string): void => {
      used.add(name)
      for (const { reference } of entries) reference.name = name
      const [{ body, description } = { body: null, description: undefined }] = entries
      const type: TypeModel = body ?? { kind: 'unknown' }
      named.push({ name, type, ...(description !== undefined && { description }) })
    }
    // First whoever can have the name it wants, then those who have to take a number.
    const late = groups.filter((entries) => {
      const wanted = entries[0]?.wanted ?? ''
      if (used.has(wanted)) return true
      give(entries, wanted)
      return false
    })
    for (const entries of late) {
      let number = 2
      while (used.has(`${entries[0]?.wanted}${number}`)) number += 1
      give(entries, `${entries[0]?.wanted}${number}`)
    }
    return named.sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** The same declaration with the same content is one type, however often it was instantiated. */
  #groups(): Map<string, Entry[]> {
    const groups = new Map<string, Entry[]>()
    for (const entry of this.#entries.values()) {
      const { file, line, column } = entry.declared
      const key = JSON.stringify([entry.wanted, file, line, column, entry.body])
      groups.set(key, [...(groups.get(key) ?? []), entry])
    }
    return groups
  }
}

function orderOfEntries(a: Entry | undefined, b: Entry | undefined): number {
  if (a === undefined || b === undefined) return 0
  const byText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)
  return (
    byText(a.wanted, b.wanted) ||
    byText(a.declared.file, b.declared.file) ||
    a.declared.line - b.declared.line ||
    a.declared.column - b.declared.column ||
    byText(JSON.stringify(a.body), JSON.stringify(b.body))
  )
}
