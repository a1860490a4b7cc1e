import { absence } from '../../absence.ts'
import type { TypeModel } from '../../model.ts'
import { propertyStep } from './site.ts'

/** What a type is made of, as its JSON shows it. */

export type ObjectModel = Extract<TypeModel, { kind: 'object' }>
export type TupleModel = Extract<TypeModel, { kind: 'tuple' }>

/** Would JSON that fits the type come back as something else than it is? */
export const isCarried = ({ kind }: TypeModel): boolean =>
  kind === 'carried' || kind === 'map' || kind === 'set' || kind === 'undefined' || kind === 'void'

/** Which kind of JSON value the type travels as; undefined when that depends. */
export function jsonForm(type: TypeModel): string | undefined {
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

/** Two parts, and how one gets to them: `.name`, `[0]`. */
export interface InnerPair {
  step: string
  pair: [TypeModel, TypeModel]
}

/** The parts that stand at the same place in the JSON of both. */
export function innerPairs(a: TypeModel, b: TypeModel): InnerPair[] {
  if (a.kind === 'map' && b.kind === 'map') {
    return [
      { step: '<key>', pair: [a.key, b.key] },
      { step: '<value>', pair: [a.value, b.value] },
    ]
  }
  if (a.kind === 'set' && b.kind === 'set') {
    return [{ step: '<value>', pair: [a.element, b.element] }]
  }
  if (a.kind === 'object' && b.kind === 'object') {
    const names = new Set([...a.properties, ...b.properties].map(({ name }) => name))
    const pairs = [...names].map(
      (name) => [propertyStep(name), partOf(a, name), partOf(b, name)] as const,
    )
    return [...pairs, ['[key]', a.index, b.index] as const].flatMap(
      ([step, inner, other]): InnerPair[] =>
        inner && other ? [{ step, pair: [absence(inner).present, absence(other).present] }] : [],
    )
  }
  if (a.kind === 'tuple' && b.kind === 'tuple') {
    const length = Math.max(a.elements.length, b.elements.length)
    return Array.from({ length }).flatMap((_, index): InnerPair[] => {
      const [inner, other] = [elementAt(a, index), elementAt(b, index)]
      return inner && other ? [{ step: `[${index}]`, pair: [inner, other] }] : []
    })
  }
  return elementsOf(a).flatMap((inner) =>
    elementsOf(b).map((other): InnerPair => ({ step: '[]', pair: [inner, other] })),
  )
}

const partOf = (type: ObjectModel, name: string): TypeModel | null =>
  type.properties.find((property) => property.name === name)?.type ?? type.index

function elementAt({ elements }: TupleModel, index: number): TypeModel | undefined {
  const last = elements.at(-1)
  return elements[index]?.type ?? (last?.kind === 'rest' ? last.type : undefined)
}

/** Coarse where an array meets a tuple: any element may meet any other. */
function elementsOf(type: TypeModel): TypeModel[] {
  if (type.kind === 'array') return [type.element]
  return type.kind === 'tuple' ? type.elements.map((element) => element.type) : []
}

/** Every type directly inside. */
export function innerTypes(type: TypeModel): TypeModel[] {
  switch (type.kind) {
    case 'map':
      return [type.key, type.value]
    case 'set':
      return [type.element]
    case 'object': {
      const inner = type.properties.map((property) => property.type)
      return [...inner, ...(type.index ? [type.index] : [])].map((it) => absence(it).present)
    }
    case 'union':
      return type.members
    default:
      return elementsOf(type)
  }
}

/** Could the JSON of the literal be that of a value of the type? */
export function couldStandFor(
  value: unknown,
  type: 'Date' | 'bigint' | 'URL' | 'Uint8Array',
): boolean {
  if (typeof value !== 'string') return false
  if (type === 'bigint') return /^-?\d+$/.test(value)
  if (type === 'URL') return URL.canParse(value)
  return type === 'Uint8Array' || !Number.isNaN(Date.parse(value))
}
