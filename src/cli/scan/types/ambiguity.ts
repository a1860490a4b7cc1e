import { absence } from '../../absence.ts'
import type { TypeModel } from '../../model.ts'
import {
  couldStandFor,
  innerPairs,
  innerTypes,
  isCarried,
  jsonForm,
  type ObjectModel,
  type TupleModel,
} from './json-parts.ts'
import type { Reference } from './named-types.ts'

/** Two members of a union that JSON cannot tell apart, and why. */
export interface Ambiguity {
  first: TypeModel
  second: TypeModel
  how: string
  /** The part of both that they clash in, when they do not as a whole: `.at`. */
  path: string
}

type Clash = Pick<Ambiguity, 'how' | 'path'>

/**
 * Decides whether JSON for one type could be taken for another and come back as something else.
 * Types without carried types come back as they are, whichever they are taken for.
 */
export class AmbiguityCheck {
  readonly #bodyOf: (reference: Reference) => TypeModel | undefined

  constructor(bodyOf: (reference: Reference) => TypeModel | undefined) {
    this.#bodyOf = bodyOf
  }

  /** @param leavable may a value of the union be left out where it stands? */
  find(union: TypeModel, leavable: boolean): Ambiguity | undefined {
    const type = leavable ? absence(union).present : union
    const members = (type.kind === 'union' ? type.members : []).map((it, at) => ({ it, at }))
    // No two literals clash, of which there may be thousands.
    const others = members.filter(({ it }) => it.kind !== 'literal')
    for (const { it: first, at } of members) {
      for (const { it: second, at: further } of first.kind === 'literal' ? others : members) {
        if (further <= at) continue
        const clash = this.#conflict(first, second, new Set())
        if (clash) return { first, second, ...clash }
      }
    }
    return undefined
  }

  /** How some JSON could stand for a value of either type, and not for the same; else undefined. */
  #conflict(a: TypeModel, b: TypeModel, seen: Set<string>): Clash | undefined {
    if (a.kind === 'reference' || b.kind === 'reference') {
      const pair = JSON.stringify([a, b])
      if (seen.has(pair)) return undefined
      seen.add(pair)
      return this.#conflict(this.#resolve(a), this.#resolve(b), seen)
    }
    if (a.kind === 'union')
      return firstDefined(a.members, (member) => this.#conflict(member, b, seen))
    if (b.kind === 'union')
      return firstDefined(b.members, (member) => this.#conflict(a, member, seen))
    if (this.#areDisjoint(a, b, new Map()) || JSON.stringify(a) === JSON.stringify(b))
      return undefined

    const [formA, formB] = [jsonForm(a), jsonForm(b)]
    if (formA !== undefined && formB !== undefined) {
      const carried = isCarried(a) || isCarried(b)
      const sameKind = a.kind === b.kind && a.kind !== 'carried'
      if (carried && !sameKind) return { how: `both are ${formA} there`, path: '' }
    }
    if (a.kind === 'unknown')
      return this.#holdsCarried(b) ? { how: 'one of them takes any JSON', path: '' } : undefined
    if (b.kind === 'unknown') return this.#conflict(b, a, seen)
    return firstDefined(innerPairs(a, b), ({ step, pair: [inner, other] }) => {
      const clash = this.#conflict(inner, other, seen)
      return clash && { ...clash, path: step + clash.path }
    })
  }

  /** Is there no JSON that fits both? */
  #areDisjoint(left: TypeModel, right: TypeModel, seen: Map<string, boolean>): boolean {
    const pair = JSON.stringify([left, right])
    const known = seen.get(pair)
    if (known !== undefined) return known
    // Met again inside itself it decides nothing.
    seen.set(pair, false)
    const disjoint = this.#haveNothingInCommon(this.#resolve(left), this.#resolve(right), seen)
    seen.set(pair, disjoint)
    return disjoint
  }

  #haveNothingInCommon(a: TypeModel, b: TypeModel, seen: Map<string, boolean>): boolean {
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
  #objectsAreDisjoint(a: ObjectModel, b: ObjectModel, seen: Map<string, boolean>): boolean {
    const required = a.properties.filter((it) => !it.optional && !absence(it.type).possible)
    return required.some((property) => {
      const other = b.properties.find(({ name }) => name === property.name)?.type ?? b.index
      return other === null || this.#areDisjoint(property.type, absence(other).present, seen)
    })
  }

  #tuplesAreDisjoint(a: TupleModel, b: TupleModel, seen: Map<string, boolean>): boolean {
    return a.elements.some((element, index) => {
      const other = b.elements[index]
      if (element.kind !== 'required') return false
      if (other === undefined) return !b.elements.some(({ kind }) => kind === 'rest')
      return other.kind === 'required' && this.#areDisjoint(element.type, other.type, seen)
    })
  }

  #holdsCarried(type: TypeModel, seen = new Set<string>()): boolean {
    if (type.kind !== 'reference') {
      return isCarried(type) || innerTypes(type).some((inner) => this.#holdsCarried(inner, seen))
    }
    if (seen.has(type.name)) return false
    seen.add(type.name)
    return this.#holdsCarried(this.#resolve(type), seen)
  }

  #resolve(type: TypeModel): TypeModel {
    let here = type
    for (let steps = 0; here.kind === 'reference' && steps < 100; steps += 1) {
      here = this.#bodyOf(here) ?? { kind: 'unknown' }
    }
    return here
  }
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
