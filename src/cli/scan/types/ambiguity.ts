import type { PropertyModel, TypeModel } from '../../model.ts'
import type { Reference } from './named-types.ts'

type ObjectModel = Extract<TypeModel, { kind: 'object' }>
type TupleModel = Extract<TypeModel, { kind: 'tuple' }>

/** Two members of a union that JSON cannot tell apart, and why. */
export interface Ambiguity {
  first: TypeModel
  second: TypeModel
  how: string
}

/**
 * Decides whether JSON for one type could be taken for another and come back as something else.
 * Types without carried types come back as they are, whichever they are taken for.
 */
export class AmbiguityCheck {
  readonly #bodyOf: (reference: Reference) => TypeModel | undefined

  constructor(bodyOf: (reference: Reference) => TypeModel | undefined) {
    this.#bodyOf = bodyOf
  }

  find(members: readonly TypeModel[], undefinedIsAbsent: boolean): Ambiguity | undefined {
    const present = undefinedIsAbsent ? members.filter(({ kind }) => kind !== 'undefined') : members
    for (const [index, first] of present.entries()) {
      for (const second of present.slice(index + 1)) {
        const how = this.#conflict(first, second, new Set())
        if (how !== undefined) return { first, second, how }
      }
    }
    return undefined
  }

  /** How some JSON could stand for a value of either type, and not for the same; else undefined. */
  #conflict(a: TypeModel, b: TypeModel, seen: Set<string>): string | undefined {
    if (a.kind === 'reference' || b.kind === 'reference') {
      const pair = JSON.stringify([a, b])
      if (a === b || seen.has(pair)) return undefined
      seen.add(pair)
      return this.#conflict(this.#resolve(a), this.#resolve(b), seen)
    }
    if (a.kind === 'union')
      return firstDefined(a.members, (member) => this.#conflict(member, b, seen))
    if (b.kind === 'union')
      return firstDefined(b.members, (member) => this.#conflict(a, member, seen))
    if (this.#areDisjoint(a, b, new Set()) || JSON.stringify(a) === JSON.stringify(b))
      return undefined

    const [formA, formB] = [jsonForm(a), jsonForm(b)]
    if (formA !== undefined && formB !== undefined) {
      const carried = isCarried(a) || isCarried(b)
      const sameKind = a.kind === b.kind && a.kind !== 'carried'
      if (carried && !sameKind) return `both are ${formA} there`
    }
    if (a.kind === 'unknown' || b.kind === 'unknown') return undefined
    return firstDefined(innerPairs(a, b), ([inner, other]) => this.#conflict(inner, other, seen))
  }

  /** Is there no JSON that fits both? */
  #areDisjoint(left: TypeModel, right: TypeModel, seen: Set<string>): boolean {
    const pair = JSON.stringify([left, right])
    if (seen.has(pair)) return false
    seen.add(pair)
    const [a, b] = [this.#resolve(left), this.#resolve(right)]
    if (a.kind === 'union') return a.members.every((member) => this.#areDisjoint(member, b, seen))
    if (b.kind === 'union') return b.members.every((member) => this.#areDisjoint(a, member, seen))
    if (a.kind === 'unknown' || b.kind === 'unknown') return false
    if (a.kind === 'literal' && b.kind === 'literal') return a.value !== b.value
    if (jsonForm(a) !== jsonForm(b)) return true
    if (a.kind === 'literal' && b.kind === 'carried') return !couldStandFor(a.value, b.type)
    if (b.kind === 'literal' && a.kind === 'carried') return !couldStandFor(b.value, a.type)
    if (a.kind === 'tuple' && b.kind === 'tuple') return this.#tuplesAreDisjoint(a, b, seen)
    if (a.kind !== 'object' || b.kind !== 'object') return false
    return this.#objectsAreDisjoint(a, b, seen) || this.#objectsAreDisjoint(b, a, seen)
  }

  /** By a property that one must have, and the other has not or has as something else. */
  #objectsAreDisjoint(a: ObjectModel, b: ObjectModel, seen: Set<string>): boolean {
    return a.properties.filter(mustBeThere).some((property) => {
      const other = b.properties.find(({ name }) => name === property.name)
      if (other) return this.#areDisjoint(property.type, other.type, seen)
      return b.index === null || this.#areDisjoint(property.type, b.index, seen)
    })
  }

  #tuplesAreDisjoint(a: TupleModel, b: TupleModel, seen: Set<string>): boolean {
    return a.elements.some((element, index) => {
      const other = b.elements[index]
      if (element.kind !== 'required') return false
      if (other === undefined) return !b.elements.some(({ kind }) => kind === 'rest')
      return other.kind === 'required' && this.#areDisjoint(element.type, other.type, seen)
    })
  }

  #resolve(type: TypeModel): TypeModel {
    let here = type
    for (let steps = 0; here.kind === 'reference' && steps < 100; steps += 1) {
      here = this.#bodyOf(here) ?? { kind: 'unknown' }
    }
    return here
  }
}

const mustBeThere = ({ optional, type }: PropertyModel): boolean =>
  !optional &&
  type.kind !== 'unknown' &&
  type.kind !== 'undefined' &&
  !(type.kind === 'union' && type.members.some(({ kind }) => kind === 'undefined'))

const isCarried = ({ kind }: TypeModel): boolean =>
  kind === 'carried' || kind === 'map' || kind === 'set' || kind === 'undefined' || kind === 'void'

function jsonForm(type: TypeModel): string | undefined {
  switch (type.kind) {
    case 'string':
    case 'template':
    case 'carried':
      return 'a string'
    case 'number':
    case 'boolean':
      return `a ${type.kind}`
    case 'literal':
      return `a ${typeof type.value}`
    case 'null':
    case 'undefined':
    case 'void':
      return 'null'
    case 'map':
    case 'set':
    case 'array':
    case 'tuple':
      return 'an array'
    case 'object':
      return 'an object'
    default:
      return undefined
  }
}

/** The parts that stand at the same place in the JSON of both. */
function innerPairs(a: TypeModel, b: TypeModel): [TypeModel, TypeModel][] {
  if (a.kind === 'map' && b.kind === 'map') {
    return [
      [a.key, b.key],
      [a.value, b.value],
    ]
  }
  if (a.kind === 'set' && b.kind === 'set') return [[a.element, b.element]]
  if (a.kind === 'object' && b.kind === 'object') {
    const names = new Set([...a.properties, ...b.properties].map(({ name }) => name))
    const pairs = [...names].map((name) => [partOf(a, name), partOf(b, name)] as const)
    return [...pairs, [a.index, b.index] as const].flatMap(([inner, other]) =>
      inner && other ? [[inner, other]] : [],
    )
  }
  if (a.kind === 'tuple' && b.kind === 'tuple') {
    const { elements } = b
    return a.elements.flatMap(({ type }, index): [TypeModel, TypeModel][] => {
      const other = elements[index]
      return other ? [[type, other.type]] : []
    })
  }
  return elementsOf(a).flatMap((inner) =>
    elementsOf(b).map((other): [TypeModel, TypeModel] => [inner, other]),
  )
}

const partOf = (type: ObjectModel, name: string): TypeModel | null =>
  type.properties.find((property) => property.name === name)?.type ?? type.index

/** Coarse where an array meets a tuple: any element may meet any other. */
function elementsOf(type: TypeModel): TypeModel[] {
  if (type.kind === 'array') return [type.element]
  return type.kind === 'tuple' ? type.elements.map((element) => element.type) : []
}

function couldStandFor(value: unknown, type: 'Date' | 'bigint' | 'URL' | 'Uint8Array'): boolean {
  if (typeof value !== 'string') return false
  if (type === 'bigint') return /^-?\d+$/.test(value)
  if (type === 'URL') return URL.canParse(value)
  return type === 'Uint8Array' || !Number.isNaN(Date.parse(value))
}

function firstDefined<Item, Result>(
  items: readonly Item[],
  look: (item: Item) => Result | undefined,
): Result | undefined {
  for (const item of items) {
    const result = look(item)
    if (result !== undefined) return result
  }
  return undefined
}
