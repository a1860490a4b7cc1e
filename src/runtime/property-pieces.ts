import type { JsonSchema } from './contract.ts'
import { isSchema, propertiesOf, schemasOf } from './schema.ts'

/** The keyword under which an object with many properties has them, some at a time. */
export const piecesKeyword = 'x-pieces'

/** Of more, every further one makes compiling slower. */
const maxProperties = 100

/**
 * The schema, or a copy in which objects with many properties have them in pieces. The code of a validator
 * nests each property in the one before it, and thousands are more than the parser has a stack for. Unions
 * and named types are compiled by themselves.
 */
export function inPieces(schema: JsonSchema): JsonSchema {
  const changed: JsonSchema = {}
  const properties = propertiesOf(schema)
  const inner = properties.map(([name, property]) => [name, inPieces(property)] as const)
  if (inner.length > maxProperties) {
    // Names stay: they are what further properties are told from.
    changed['properties'] = Object.fromEntries(inner.map(([name]) => [name, true]))
    changed[piecesKeyword] = pieces(inner)
  } else if (inner.some(([, property], index) => property !== properties[index]?.[1])) {
    changed['properties'] = Object.fromEntries(inner)
  }
  for (const keyword of ['items', 'additionalProperties']) {
    const part = schema[keyword]
    const whole = isSchema(part) ? inPieces(part) : part
    if (whole !== part) changed[keyword] = whole
  }
  const first = schemasOf(schema['prefixItems'])
  const elements = first.map(inPieces)
  if (elements.some((it, index) => it !== first[index])) changed['prefixItems'] = elements
  return Object.keys(changed).length === 0 ? schema : { ...schema, ...changed }
}

function pieces(properties: readonly (readonly [string, JsonSchema])[]): JsonSchema[] {
  const count = Math.ceil(properties.length / maxProperties)
  return Array.from({ length: count }, (_, index) => {
    const some = properties.slice(index * maxProperties, (index + 1) * maxProperties)
    return { properties: Object.fromEntries(some) }
  })
}
