import type { JsonSchema } from '../runtime/contract.ts'
import { propertiesOf, isSchema, type Definitions } from '../runtime/schema.ts'
import { innermost } from './schema-nodes.ts'

/** The names of all properties in the schemas that are sensitive, at any depth. */
export function sensitiveNames(schemas: readonly JsonSchema[], definitions: Definitions): string[] {
  const names = new Set<string>()
  const seen = new Set(innermost(schemas, definitions))
  for (const schema of seen) {
    const { additionalProperties } = schema
    const properties = propertiesOf(schema)
    for (const [name, property] of properties) {
      const isSensitive = innermost([property], definitions).some((it) => it['x-sensitive'])
      if (isSensitive) names.add(name)
    }
    const inner = [...properties.map(([, it]) => it), additionalProperties].filter(isSchema)
    for (const further of innermost(inner, definitions)) seen.add(further)
  }
  return [...names]
}
