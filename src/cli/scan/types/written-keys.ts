import { ts } from 'ts-morph'
import type { Key } from './written-bindings.ts'

/** The element of a tuple that has this place, or the list of those that are the rest. */
export function elementIn(
  { elements }: ts.TupleTypeNode,
  key: Key,
): { element: ts.TypeNode; isRest: boolean } | undefined {
  const index = key === null ? NaN : Number(key)
  const restAt = elements.findIndex(isRest)
  const at = restAt !== -1 && index >= restAt ? restAt : index
  // What stands behind others of any number has no place of its own.
  if (restAt !== -1 && restAt < elements.length - 1 && at === restAt) return undefined
  const element = elements[at]
  if (!element) return undefined
  const isWrapped =
    ts.isNamedTupleMember(element) || ts.isOptionalTypeNode(element) || ts.isRestTypeNode(element)
  return { element: isWrapped ? element.type : element, isRest: isRest(element) }
}

const isRest = (element: ts.TypeNode): boolean =>
  ts.isRestTypeNode(element) ||
  (ts.isNamedTupleMember(element) && element.dotDotDotToken !== undefined)

/** What a property of a mapped type is called where it is taken from: `as` gives it another name. */
export function keyOfProperty(
  property: ts.Symbol | undefined,
  node: ts.MappedTypeNode,
): string | undefined {
  const links: unknown = property && 'links' in property ? property.links : undefined
  if (typeof links !== 'object' || links === null) return undefined
  const mapped: unknown = 'mappedType' in links ? links.mappedType : undefined
  if (typeof mapped !== 'object' || mapped === null) return undefined
  const isOf = 'declaration' in mapped && mapped.declaration === node
  const key: unknown = isOf && 'keyType' in links ? links.keyType : undefined
  const value = typeof key === 'object' && key !== null && 'value' in key ? key.value : undefined
  return typeof value === 'string' ? value : undefined
}
