import type { TypeModel } from './model.ts'

/**
 * What a type says of a value that may be left out: one in a property, under an index signature or
 * in an optional element. JSON leaves `undefined` out there, so that `null` is never read as it.
 * References need no look inside: a type that holds `undefined` gets no name (see `nameOfType`).
 */
export interface Absence {
  /** Is leaving it out a value of the type? */
  possible: boolean
  /** The type of what is there when it is not left out. */
  present: TypeModel
}

export function absence(type: TypeModel): Absence {
  if (isUndefined(type)) return { possible: true, present: { kind: 'never' } }
  if (type.kind !== 'union') return { possible: type.kind === 'unknown', present: type }
  const members = type.members.filter((member) => !isUndefined(member))
  if (members.length === type.members.length) return { possible: false, present: type }
  const [only] = members
  if (only === undefined) return { possible: true, present: { kind: 'never' } }
  const present: TypeModel = members.length === 1 ? only : { kind: 'union', members }
  return { possible: true, present: type.sensitive ? { ...present, sensitive: true } : present }
}

const isUndefined = ({ kind }: TypeModel): boolean => kind === 'undefined' || kind === 'void'
