import type { NamedType, TypeModel } from '../model.ts'
import { mapReferences } from './map-references.ts'
import { isInstalled } from './source-kinds.ts'
import type { TypeEntry } from './types/named-types.ts'

/** Names that the text of types itself uses. Keywords need no place here: names are capitalized. */
const taken = [
  ...['Array', 'Date', 'Map', 'Promise', 'ReadonlyMap', 'ReadonlySet', 'Record', 'Set', 'URL'],
  'Uint8Array',
]

/** For each file whose contracts were expanded: the final name of each of its types, by id. */
export type Names = ReadonlyMap<string, string>

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
    for (const entry of entries) {
      const group = classes[file]?.get(entry.id) ?? 0
      if (!groups.has(group)) groups.set(group, { entry, file })
    }
  }
  const ordered = [...groups].sort(([, a], [, b]) => order(a.entry, b.entry))
  const nameOf = chooseNames(
    ordered.map(([group, { entry }]) => [group, entry.wanted]),
    reserved,
  )
  const names = classes.map(
    (ids) => new Map([...ids].map(([id, group]) => [id, nameOf.get(group) ?? id])),
  )
  const types = ordered.map(([group, { entry, file }]): NamedType => {
    return named(entry, nameOf.get(group) ?? entry.id, (id) => names[file]?.get(id) ?? id)
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
 * Gives each type a class, by file and id: at first by what it says itself, then again and again by its own class and
 * those of what it refers to, until that tells no more of them apart.
 */
function classify(files: readonly (readonly TypeEntry[])[]): Map<string, number>[] {
  let classes = numbered(files, (entry) => shapeOf(entry).text)
  for (;;) {
    const { of } = classes
    const next = numbered(files, (entry, file) => {
      const known = of[file]
      return [entry.id, ...shapeOf(entry).references].map((id) => known?.get(id)).join()
    })
    if (next.count === classes.count) return classes.of
    classes = next
  }
}

function numbered(
  files: readonly (readonly TypeEntry[])[],
  keyOf: (entry: TypeEntry, file: number) => string,
): { of: Map<string, number>[]; count: number } {
  const numbers = new Map<string, number>()
  const of = files.map((entries, file) => {
    return new Map(
      entries.map((entry) => {
        const key = keyOf(entry, file)
        const number = numbers.get(key) ?? numbers.size
        numbers.set(key, number)
        return [entry.id, number]
      }),
    )
  })
  return { of, count: numbers.size }
}

interface Shape {
  /** All but what it refers to. */
  text: string
  references: string[]
}

const shapes = new WeakMap<TypeEntry, Shape>()

function shapeOf(entry: TypeEntry): Shape {
  const known = shapes.get(entry)
  if (known) return known
  const references: string[] = []
  const body: TypeModel = mapReferences(entry.body, (id) => {
    references.push(id)
    return ''
  })
  const { wanted, declared, description } = entry
  const shape = { text: JSON.stringify([wanted, declared, description, body]), references }
  shapes.set(entry, shape)
  return shape
}

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
