import { ts } from 'ts-morph'

/**
 * The parts of an intersection that are no brands, as `{ __brand: 'Order' }` is one: it tells types apart
 * for the compiler alone, and no value has it. All parts where all of them look like brands.
 */
export function partsWithoutBrands(
  checker: ts.TypeChecker,
  { types }: ts.IntersectionType,
): ts.Type[] {
  const parts = types.filter((part) => !isBrand(checker, part))
  return parts.length > 0 ? parts : types
}

function isBrand(checker: ts.TypeChecker, type: ts.Type): boolean {
  if (!(type.flags & ts.TypeFlags.Object) || type.getCallSignatures().length > 0) return false
  const properties = checker.getPropertiesOfType(type)
  const isOpen = properties.length === 0 || checker.getIndexInfosOfType(type).length > 0
  return !isOpen && properties.every((property) => isPhantom(checker, property))
}

/** GraphQL's `__typename` is data. */
const phantomName = /^(?:__(?!typename$)|_(?:brand|flavou?r|nominal|opaque|phantom)$)/i

function isPhantom(checker: ts.TypeChecker, property: ts.Symbol): boolean {
  if (isNamedBySymbol(property)) return true
  if (!phantomName.test(property.name)) return false
  const type = checker.getTypeOfSymbol(property)
  const members = type.isUnion() ? type.types : [type]
  return /brand/i.test(property.name) || members.every(({ flags }) => flags & unitFlags)
}

/** By how the compiler spells a name that is a unique symbol. */
export const isNamedBySymbol = ({ escapedName }: ts.Symbol): boolean =>
  escapedName.toString().startsWith('__@')

const unitFlags =
  ts.TypeFlags.Literal |
  ts.TypeFlags.ESSymbolLike |
  ts.TypeFlags.Undefined |
  ts.TypeFlags.Void |
  ts.TypeFlags.Null |
  ts.TypeFlags.Never
