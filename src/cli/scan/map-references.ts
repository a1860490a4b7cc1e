import type { TypeModel } from '../model.ts'

/** The type with other names in its references. */
export function mapReferences(type: TypeModel, rename: (name: string) => string): TypeModel {
  const map = (inner: TypeModel): TypeModel => mapReferences(inner, rename)
  switch (type.kind) {
    case 'reference':
      return { ...type, name: rename(type.name) }
    case 'map':
      return { ...type, key: map(type.key), value: map(type.value) }
    case 'set':
    case 'array':
      return { ...type, element: map(type.element) }
    case 'tuple':
      return {
        ...type,
        elements: type.elements.map((element) => ({ ...element, type: map(element.type) })),
      }
    case 'object':
      return {
        ...type,
        properties: type.properties.map((property) => ({ ...property, type: map(property.type) })),
        index: type.index && map(type.index),
      }
    case 'union':
      return { ...type, members: type.members.map(map) }
    default:
      return type
  }
}
