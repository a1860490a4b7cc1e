import type { JsonSchema } from './contract.ts'
import type { ScalarForm } from './json-forms.ts'
import {
  hasCarried,
  propertiesOf,
  refName,
  schemasOf,
  isSchema,
  type Definitions,
} from './schema.ts'

/**
 * A schema as the codec walks it, read once: only what leads to a carried type is left of it,
 * everything else is `plain` and needs no walk.
 */
export type Shape =
  | { kind: 'plain' }
  | { kind: 'scalar'; type: ScalarForm }
  | { kind: 'map'; key: Shape; value: Shape }
  | { kind: 'set'; element: Shape }
  | { kind: 'list'; first: Shape[]; rest: Shape }
  | { kind: 'record'; properties: ReadonlyMap<string, Shape>; rest: Shape }
  | { kind: 'choice'; members: { schema: JsonSchema; shape: Shape }[] }
  /** A reference, read when it is reached: types may refer to themselves. */
  | { kind: 'named'; read: () => Shape }

export type ShapeOf<Kind extends Shape['kind']> = Extract<Shape, { kind: Kind }>

const plain: Shape = { kind: 'plain' }

export function createShapes(definitions: Definitions): (schema: JsonSchema) => Shape {
  const named = new Map<string, Shape>()

  function shapeOf(schema: unknown): Shape {
    if (!isSchema(schema) || !hasCarried(schema, definitions)) return plain
    const name = refName(schema)
    if (name !== undefined) return { kind: 'named', read: () => readNamed(name) }
    if (Array.isArray(schema['anyOf'])) {
      const members = schemasOf(schema['anyOf'])
      return {
        kind: 'choice',
        members: members.map((member) => ({ schema: member, shape: shapeOf(member) })),
      }
    }
    const type = schema['x-type']
    if (type === 'Map') {
      const [key, value] = isSchema(schema['items'])
        ? schemasOf(schema['items']['prefixItems'])
        : []
      return { kind: 'map', key: shapeOf(key), value: shapeOf(value) }
    }
    if (type === 'Set') return { kind: 'set', element: shapeOf(schema['items']) }
    if (type !== undefined) return { kind: 'scalar', type }
    if (schema['type'] === 'array') {
      const first = schemasOf(schema['prefixItems']).map(shapeOf)
      return { kind: 'list', first, rest: shapeOf(schema['items']) }
    }
    const properties = new Map(
      propertiesOf(schema).map(([key, property]) => [key, shapeOf(property)]),
    )
    return { kind: 'record', properties, rest: shapeOf(schema['additionalProperties']) }
  }

  function readNamed(name: string): Shape {
    let shape = named.get(name)
    if (shape === undefined) {
      shape = shapeOf(definitions[name])
      named.set(name, shape)
    }
    return shape
  }

  return shapeOf
}
