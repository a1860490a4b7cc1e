import type { TupleElement, TypeModel } from '../../model.ts'

/** A type in a few words, for messages. */
export function describeModel(type: TypeModel): string {
  switch (type.kind) {
    case 'literal':
      return JSON.stringify(type.value)
    case 'carried':
      return type.type
    case 'map':
      return 'a Map'
    case 'set':
      return 'a Set'
    case 'array':
      return `${describeModel(type.element)}[]`
    case 'tuple':
      return `[${type.elements.map(describeElement).join(', ')}]`
    case 'object': {
      const names = type.properties.map(({ name }) => name)
      return `{ ${[...names, ...(type.index ? ['[key]'] : [])].join(', ')} }`
    }
    case 'union':
      return type.members.map(describeModel).join(' | ')
    case 'reference':
      // Provisional names go on with the place of the declaration.
      return type.name.split(' ', 1)[0] ?? type.name
    case 'template':
      return type.text
    default:
      return type.kind
  }
}

function describeElement({ type, kind }: TupleElement): string {
  const text = describeModel(type)
  if (kind === 'rest') return `...${text}[]`
  return kind === 'optional' ? `${text}?` : text
}
