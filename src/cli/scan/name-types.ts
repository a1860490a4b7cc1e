import type { NamedType, TypeModel } from '../model.ts'
import { remembered } from '../remember.ts'
import { mapReferences } from './map-references.ts'
import { isInstalled } from './source-kinds.ts'
import type { TypeEntry } from './types/named-types.ts'

/** Names that the text of types itself uses. Keywords need no place here: names are capitalized. */
const taken = [
  ...['Array', 'Date', 'Map', 'Promise', 'ReadonlyMap', 'ReadonlySet', 'Record', 'Set', 'URL'],
  'Uint8Array',
]

/** The final name of each type of a file whose contracts were expanded, in the order of its entries. */
export type Names = readonly string[]

/** What a file's types are called by their ids. */
export function renaming(entries: readonly TypeEntry[], names: Names): (id: string) => string {
  const places = placesOf(entries)
  return (id) => names[places.get(id) ?? -1] ?? id
}

const placesOf = remembered(
  (entries: readonly TypeEntry[]) => new Map(entries.map(({ id }, index) => [id, index])),
)

/**
 * Names the types of all files together. Types of the same declaration and the same content, all the way
 * down, are one type, in however many files it was met. Who gets a name that several want depends on
 * where they are declared alone: sources before what is installed.
 */
export function nameTypes(
  files: readonly (readonly TypeEntry[])[],
  reserved: Iterable<string>,
): { names: Names[]; types: NamedType[] } {
  const classes = classify(files)
  const groups = new Map<number, { entry: TypeEntry; file: number }>()
  for (const [file, entries] of files.entries()) {
    for (const [index, entry] of entries.entries()) {
      const group = classes[file]?.[index] ?? 0
      if (!groups.has(group)) groups.set(group, { entry, file })
    }
  }
  const ordered = [...groups].sort(([, a], [, b]) => order(a.entry, b.entry))
  const nameOf = chooseNames(
    ordered.map(([group, { entry }]) => [group, entry.wanted]),
    reserved,
  )
  const names = classes.map((of) => of.map((group) => nameOf.get(group) ?? ''))
  const types = ordered.map(([group, { entry, file }]): NamedType => {
    const rename = renaming(files[file] ?? [], names[file] ?? [])
    return named(entry, nameOf.get(group) ?? entry.id, rename)
  })
  return { names, types: types.sort((a, b) => (a.name < b.name ? -1 : 1)) }
}

/** The same object again as long as the names are the same: whoever renders it can tell. */
function named(entry: TypeEntry, name: string, rename: (id: string) => string): NamedType {
  const key = [name, ...shapeOf(entry).references.map(rename)].join()
  const known = results.get(entry)
  if (known?.key === key) return known.type
  const { body, description } = entry
  const type = {
    name,
    type: mapReferences(body, rename),
    ...(description !== undefined && { description }),
  }
  results.set(entry, { key, type })
  return type
}

const results = new WeakMap<TypeEntry, { key: string; type: NamedType }>()

/** First whoever can have the name it wants, then those who have to take a number. */
function chooseNames(
  wanted: readonly (readonly [number, string])[],
  reserved: Iterable<string>,
): Map<number, string> {
  const used = new Set<string>([...taken, ...reserved])
  const names = new Map<number, string>()
  const late: (readonly [number, string])[] = []
  for (const [group, name] of wanted) {
    if (used.has(name)) late.push([group, name])
    else names.set(group, name)
    used.add(name)
  }
  for (const [group, name] of late) {
    let number = 2
    while (used.has(`${name}${number}`)) number += 1
    used.add(`${name}${number}`)
    names.set(group, `${name}${number}`)
  }
  return names
}

/**
 * Gives each type a class, by file and place in its list: at first by what it says itself, then again and again by its
 * own class and those of what it refers to, until that tells no more of them apart.
 */
function classify(files: readonly (readonly TypeEntry[])[]): number[][] {
  let classes = numbered(files, (entry) => shapeOf(entry).text)
  for (;;) {
    const { of } = classes
    const next = numbered(files, (entry, file, index) => {
      const [known = [], places] = [of[file], placesOf(files[file] ?? [])]
      const others = shapeOf(entry).references.map((id) => known[places.get(id) ?? -1])
      return others.length > 0 ? [known[index], ...others].join() : (known[index] ?? 0)
    })
    if (next.count === classes.count) return classes.of
    classes = next
  }
}

/** Equal keys get equal numbers. */
function numbered(
  files: readonly (readonly TypeEntry[])[],
  keyOf: (entry: TypeEntry, file: number, index: number) => string | number,
): { of: number[][]; count: number } {
  const numbers = new Map<string | number, number>()
  const of = files.map((entries, file) =>
    entries.map((entry, index) => {
      const key = keyOf(entry, file, index)
      const number = numbers.get(key) ?? numbers.size
      numbers.set(key, number)
      return number
    }),
  )
  return { of, count: numbers.size }
}

interface Shape {
  /** All but what it refers to. */
  text: string
  references: string[]
}

const shapeOf = remembered((entry: TypeEntry): Shape => {
  const references: string[] = []
  const body: TypeModel = mapReferences(entry.body, (id) => {
    references.push(id)
    return ''
  })
  const { wanted, declared, description } = entry
  return { text: JSON.stringify([wanted, declared, description, body]), references }
})

function order(a: TypeEntry, b: TypeEntry): number {
  return (
    byText(a.wanted, b.wanted) ||
    Number(isInstalled(a.declared.file)) - Number(isInstalled(b.declared.file)) ||
    byText(a.declared.file, b.declared.file) ||
    a.declared.line - b.declared.line ||
    a.declared.column - b.declared.column ||
    byText(shapeOf(a).text, shapeOf(b).text) ||
    byText(shapeOf(a).references.join(), shapeOf(b).references.join())
  )
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
