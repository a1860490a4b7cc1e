import type { Diagnostic } from '../diagnostics.ts'
import type { Location, NamedType, QueueModel } from '../model.ts'
import { reservedNames } from '../reserved-names.ts'
import { mapReferences } from './map-references.ts'
import { nameTypes, renaming, type Names } from './name-types.ts'
import type { Unit } from './unit.ts'

export interface Merged {
  queues: QueueModel[]
  types: NamedType[]
  wiringFiles: string[]
  diagnostics: Diagnostic[]
  isBroken: boolean
}

/** What all files contribute, put together; it depends on nothing but that. */
export function mergeUnits(all: readonly Unit[]): Merged {
  const units = [...all].sort((a, b) => order(a.path, b.path))
  const { names, types } = nameTypes(
    units.map((unit) => unit.types),
    reservedNames,
  )
  const queues = units.flatMap((unit, index) => namedQueues(unit, names[index] ?? []))
  const broken = units.filter((unit) => unit.isBroken)
  return {
    queues: queues.sort((a, b) => order(a.name, b.name) || orderOfPlaces(a.location, b.location)),
    types,
    wiringFiles: units.filter((unit) => unit.isWiring).map((unit) => unit.path),
    diagnostics: withoutConsequences(withoutRepeats(broken.length > 0 ? broken : units)),
    isBroken: broken.length > 0,
  }
}

/** Types that several files refer to are complained of once. */
function withoutRepeats(units: readonly Unit[]): Diagnostic[] {
  const told = new Set<string>()
  return units.flatMap(({ diagnostics }) => {
    const fresh = diagnostics.filter((it) => !told.has(placeOf(it)))
    for (const diagnostic of fresh) told.add(placeOf(diagnostic))
    return fresh
  })
}

/** Where an import of the generated functions leads nowhere, it is no news that calls of them are unknown. */
function withoutConsequences(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const isUnresolved = diagnostics.some(({ code }) => code === 'PKQ117')
  return diagnostics.filter(({ code }) => !isUnresolved || code !== 'PKQ119')
}

const placeOf = ({ code, location }: Diagnostic): string => JSON.stringify([code, location])

const known = new WeakMap<Unit, { names: string; queues: QueueModel[] }>()

/** The same objects again as long as the names are the same: whoever renders them can tell. */
function namedQueues(unit: Unit, names: Names): QueueModel[] {
  const key = names.join()
  const before = known.get(unit)
  if (before?.names === key) return before.queues
  const rename = renaming(unit.types, names)
  const queues = unit.queues.map((queue) => ({
    ...queue,
    input: mapReferences(queue.input, rename),
    output: mapReferences(queue.output, rename),
    progress: queue.progress && mapReferences(queue.progress, rename),
  }))
  known.set(unit, { names: key, queues })
  return queues
}

/** By code unit: the same on every machine, whatever its locale. */
const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const orderOfPlaces = (a: Location, b: Location): number =>
  order(a.file, b.file) || a.line - b.line || a.column - b.column
