import type { JsonSchema } from '../../runtime/contract.ts'
import { absence } from '../absence.ts'
import type { NamedType, PropertyModel, TupleElement, TypeModel } from '../model.ts'
import { recordOf } from '../record-of.ts'
import { remembered } from '../remember.ts'

/** The `$defs` that the schemas of `jsonSchema` refer to. */
export function definitions(types: readonly NamedType[]): Record<string, JsonSchema> {
  return recordOf(types.map((type) => [type.name, definition(type)]))
}

const definition = remembered(({ type, description }: NamedType) =>
  described(jsonSchema(type), description),
)

/** The type as JSON Schema 2020-12. It describes the JSON that travels; `x-type` says for what. */
export function jsonSchema(type: TypeModel): JsonSchema {
  const schema = formSchema(type)
  return type.sensitive ? { ...schema, 'x-sensitive': true } : schema
}

function formSchema(type: TypeModel): JsonSchema {
  switch (type.kind) {
    case 'string':
      return { type: 'string', ...type.constraints }
    case 'number': {
      const { integer = false, ...bounds } = type.constraints ?? {}
      return { type: integer ? 'integer' : 'number', ...bounds }
    }
    case 'boolean':
    case 'null':
      return { type: type.kind }
    case 'undefined':
    case 'void':
      return { type: 'null', 'x-type': 'undefined' }
    case 'unknown':
      return {}
    case 'never':
      return { not: {} }
    case 'literal':
      return { const: type.value }
    case 'template':
      return { type: 'string', pattern: type.pattern }
    case 'carried':
      return carried[type.type]
    case 'map':
      return { type: 'array', items: pair(type.key, type.value), 'x-type': 'Map' }
    case 'set':
      return { type: 'array', items: jsonSchema(type.element), 'x-type': 'Set' }
    case 'array':
      return { type: 'array', items: jsonSchema(type.element), ...type.constraints }
    case 'tuple':
      return tupleSchema(type.elements)
    case 'object':
      return { ...objectSchema(type.properties, type.index), ...type.constraints }
    case 'union':
      return unionSchema(type.members)
    case 'reference':
      return { $ref: `#/$defs/${encodeURIComponent(type.name)}` }
  }
}

const carried: Record<'Date' | 'bigint' | 'URL' | 'Uint8Array', JsonSchema> = {
  Date: { type: 'string', format: 'date-time', 'x-type': 'Date' },
  bigint: { type: 'string', pattern: '^-?\\d+$', 'x-type': 'bigint' },
  URL: { type: 'string', format: 'uri', 'x-type': 'URL' },
  Uint8Array: { type: 'string', contentEncoding: 'base64', 'x-type': 'Uint8Array' },
}

function pair(key: TypeModel, value: TypeModel): JsonSchema {
  const prefixItems = [jsonSchema(key), jsonSchema(value)]
  return { type: 'array', prefixItems, items: false, minItems: 2 }
}

function tupleSchema(elements: readonly TupleElement[]): JsonSchema {
  const rest = elements.find(({ kind }) => kind === 'rest')
  const first = elements.filter((it) => it !== rest).map((it) => jsonSchema(it.type))
  return {
    type: 'array',
    // JSON Schema has no empty list of schemas.
    ...(first.length > 0 && { prefixItems: first }),
    items: rest ? jsonSchema(rest.type) : false,
    minItems: elements.filter(({ kind }) => kind === 'required').length,
  }
}

function objectSchema(properties: readonly PropertyModel[], index: TypeModel | null): JsonSchema {
  const required = properties.filter((it) => !it.optional && !absence(it.type).possible)
  return {
    type: 'object',
    properties: Object.fromEntries(
      properties.map(({ name, type, description, deprecated }) => [
        name,
        described(jsonSchema(absence(type).present), description, deprecated),
      ]),
    ),
    ...(required.length > 0 && { required: required.map(({ name }) => name) }),
    additionalProperties: index ? jsonSchema(absence(index).present) : false,
  }
}

/**
 * Objects in it stay closed, so that a value with properties of two members is refused, though
 * TypeScript takes `{ a, b }` for `{ a: string } | { b: string }`: nothing would say what `b` is of
 * the first, and only one of them decides how the value comes back.
 */
function unionSchema(members: readonly TypeModel[]): JsonSchema {
  const values = members.flatMap((member) => {
    if (member.kind === 'null') return [null]
    return member.kind === 'literal' ? [member.value] : []
  })
  if (values.length === members.length) return { enum: values }
  return { anyOf: members.map(jsonSchema) }
}

function described(schema: JsonSchema, description?: string, deprecated?: boolean): JsonSchema {
  return {
    ...schema,
    ...(description !== undefined && { description }),
    ...(deprecated && { deprecated }),
  }
}
