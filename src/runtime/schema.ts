import type { CarriedType, JsonSchema } from './contract.ts'
import { isRecord } from './plain-json.ts'

/** Reading a JSON Schema, whose keywords may hold anything as far as its type goes. */

export type Definitions = Readonly<Record<string, JsonSchema>>

export function isSchema(value: unknown): value is JsonSchema {
  return isRecord(value)
}

export function schemasOf(value: unknown): JsonSchema[] {
  return Array.isArray(value) ? value.filter(isSchema) : []
}

export function propertiesOf(schema: JsonSchema): [string, JsonSchema][] {
  const properties = schema['properties']
  if (!isRecord(properties)) return []
  return Object.entries(properties).flatMap(([name, property]) =>
    isSchema(property) ? [[name, property]] : [],
  )
}

/** `#/$defs/Name` → `Name`. */
export function refName(schema: JsonSchema): string | undefined {
  const ref = schema['$ref']
  if (typeof ref !== 'string' || !ref.startsWith('#/$defs/')) return undefined
  return decodeURIComponent(ref.slice('#/$defs/'.length))
}

/** The schema itself, or what it refers to. */
export function resolve(schema: JsonSchema, definitions: Definitions): JsonSchema {
  const seen = new Set<string>()
  let here = schema
  for (;;) {
    const name = refName(here)
    const target = name === undefined || seen.has(name) ? undefined : definitions[name]
    if (name === undefined || target === undefined) return here
    seen.add(name)
    here = target
  }
}

/** Every schema directly inside. */
function children(schema: JsonSchema): JsonSchema[] {
  return [
    ...propertiesOf(schema).map(([, property]) => property),
    ...[schema['items'], schema['additionalProperties']].filter(isSchema),
    ...schemasOf(schema['prefixItems']),
    ...schemasOf(schema['anyOf']),
  ]
}

/** Is there a carried type anywhere inside, through references too? */
export function hasCarried(schema: JsonSchema, definitions: Definitions): boolean {
  // As a list of what is still to be looked at: the stack has no room for all types that lead from one to the next.
  const all = new Set([schema])
  for (const here of all) {
    if (here['x-type'] !== undefined) return true
    const name = refName(here)
    const target = name === undefined ? undefined : definitions[name]
    for (const inner of name === undefined ? children(here) : []) all.add(inner)
    if (target) all.add(target)
  }
  return false
}

const typeLabels: Record<string, string> = {
  string: 'a string',
  number: 'a number',
  integer: 'an integer',
  boolean: 'a boolean',
  null: 'null',
  object: 'an object',
  array: 'an array',
}

/** What the schema asks for, in words: "a string", `"low" or "high"`, "a Date or null". */
export function expectation(
  schema: JsonSchema,
  definitions: Definitions,
  carriedLabel: (type: CarriedType) => string,
): string {
  const labels = (here: JsonSchema): string[] => {
    const target = resolve(here, definitions)
    if (target['x-type'] !== undefined) return [carriedLabel(target['x-type'])]
    if (Array.isArray(target['anyOf'])) return schemasOf(target['anyOf']).flatMap(labels)
    if (Array.isArray(target['enum'])) return target['enum'].map((value) => JSON.stringify(value))
    if ('const' in target) return [JSON.stringify(target['const'])]
    const type = target['type']
    return [(typeof type === 'string' ? typeLabels[type] : undefined) ?? 'something else']
  }
  const all = [...new Set(labels(schema))]
  const last = all.pop() ?? 'something else'
  return all.length === 0 ? last : `${all.join(', ')} or ${last}`
}
