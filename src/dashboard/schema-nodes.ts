import type { JsonSchema } from '../runtime/contract.ts'
import { isRecord } from '../runtime/plain-json.ts'
import { isSchema, refName, schemasOf, type Definitions } from '../runtime/schema.ts'

/** Schemas that may be about a value, in a set: which of them is does not matter here. */

/** The schemas with what they refer to and the members of their unions. */
export function alternatives(
  schemas: readonly JsonSchema[],
  definitions: Definitions,
): JsonSchema[] {
  return closure(schemas, (schema) => [...referred(schema, definitions), ...members(schema)])
}

/** As `alternatives`, and the elements of lists, of lists in them, and so on. */
export function innermost(schemas: readonly JsonSchema[], definitions: Definitions): JsonSchema[] {
  return closure(schemas, (schema) => [
    ...referred(schema, definitions),
    ...members(schema),
    ...schemasOf(schema['prefixItems']),
    ...[schema['items']].filter(isSchema),
  ])
}

/** What may be about an element. Schemas of no list are about each: the property may once have been one. */
export function elementSchemas(nodes: readonly JsonSchema[], index: number): JsonSchema[] {
  return nodes.flatMap((node) => {
    if (!('items' in node) && !('prefixItems' in node)) return [node]
    return [schemasOf(node['prefixItems'])[index] ?? node['items']].filter(isSchema)
  })
}

/** What may be about a property. */
export function propertySchemas(nodes: readonly JsonSchema[], key: string): JsonSchema[] {
  return nodes.flatMap((node) => {
    const { properties, additionalProperties } = node
    const isKnown = isRecord(properties) && Object.hasOwn(properties, key)
    return [isKnown ? properties[key] : additionalProperties].filter(isSchema)
  })
}

const members = (schema: JsonSchema): JsonSchema[] => schemasOf(schema['anyOf'])

function referred(schema: JsonSchema, definitions: Definitions): JsonSchema[] {
  const name = refName(schema)
  const target =
    name !== undefined && Object.hasOwn(definitions, name) ? definitions[name] : undefined
  return target ? [target] : []
}

function closure(
  schemas: readonly JsonSchema[],
  next: (schema: JsonSchema) => JsonSchema[],
): JsonSchema[] {
  const found = new Set(schemas)
  // A set that grows while it is gone through.
  for (const schema of found) for (const further of next(schema)) found.add(further)
  return [...found]
}
