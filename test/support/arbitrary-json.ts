import fc from 'fast-check'
import type { JsonSchema } from '../../src/runtime/contract.ts'
import { isSchema, propertiesOf, schemasOf } from '../../src/runtime/schema.ts'

/** Deeper values take the shortest way to an end. */
const maxDepth = 5

const number = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: -20, max: 20 }) },
  fc.integer({ min: -2000, max: 2000 }).map((value) => value / 8),
)
const text = fc.string({ maxLength: 6 })

/** Any JSON, mostly small. */
export const anyJson: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.oneof(fc.constantFrom(null, true, false, 0, 1, ''), number, text) },
  fc.constantFrom<unknown[]>(
    [],
    {},
    [null],
    [1, 'a'],
    { a: 1 },
    { id: 'a' },
    [['a', 1]],
    '7',
    '-7',
  ),
)

/**
 * JSON that mostly fits the schema, of draft 7 or 2020-12: bounds are met exactly more often than by
 * chance. Keywords that neither our schemas nor ts-json-schema-generator's have are not looked at.
 */
export function jsonOf(root: JsonSchema): fc.Arbitrary<unknown> {
  const known = new Map<JsonSchema, fc.Arbitrary<unknown>[]>()

  function value(schema: JsonSchema, depth: number): fc.Arbitrary<unknown> {
    const atDepths = known.get(schema) ?? []
    known.set(schema, atDepths)
    return (atDepths[depth] ??= make(schema, depth))
  }

  function make(schema: JsonSchema, depth: number): fc.Arbitrary<unknown> {
    const { $ref, anyOf, type } = schema
    if (typeof $ref === 'string') return value(definition(root, $ref), depth + 1)
    if ('const' in schema) return fc.constant(schema['const'])
    if (Array.isArray(schema['enum'])) {
      const literals: unknown[] = schema['enum']
      return fc.constantFrom(...literals)
    }
    if (Array.isArray(anyOf)) {
      const members = schemasOf(anyOf)
      const heights = members.map((member) => height(root, member))
      const shortest = members.filter((_, index) => heights[index] === Math.min(...heights))
      const picked = depth >= maxDepth ? shortest : members
      return fc.oneof(...picked.map((member) => value(member, depth + 1)))
    }
    if (Array.isArray(type)) {
      const types: unknown[] = type
      return fc.oneof(...types.map((one) => make({ ...schema, type: one }, depth)))
    }
    return ofType(schema, depth)
  }

  function ofType(schema: JsonSchema, depth: number): fc.Arbitrary<unknown> {
    switch (schema['type']) {
      case 'string':
        return stringOf(schema)
      case 'number':
      case 'integer':
        return numberOf(schema)
      case 'boolean':
        return fc.boolean()
      case 'null':
        return fc.constant(null)
      case 'array':
        return array(schema, depth)
      case 'object':
        return object(schema, depth)
      default:
        return anyJson
    }
  }

  function array(schema: JsonSchema, depth: number): fc.Arbitrary<unknown> {
    const { items, additionalItems } = schema
    const first = schemasOf(schema['prefixItems'] ?? items)
    const rest = [items, additionalItems].find(isSchema)
    const { min, max } = bounds(schema, 'minItems', 'maxItems', rest ? 3 : first.length)
    return fc.integer({ min, max: depth >= maxDepth ? min : max }).chain((length) => {
      const elements = Array.from({ length }, (_, index) => first[index] ?? rest ?? {})
      return fc.tuple(...elements.map((element) => value(element, depth + 1)))
    })
  }

  function object(schema: JsonSchema, depth: number): fc.Arbitrary<unknown> {
    const { required, additionalProperties: others } = schema
    const mustBe = new Set(Array.isArray(required) ? required : [])
    const own = propertiesOf(schema).filter(([name]) => mustBe.has(name) || depth < maxDepth)
    const record = fc.record(
      Object.fromEntries(own.map(([name, inner]) => [name, value(inner, depth + 1)])),
      { requiredKeys: own.map(([name]) => name).filter((name) => mustBe.has(name)) },
    )
    if (!isSchema(others) || depth >= maxDepth) return record
    const names = fc.constantFrom('x', 'y', '7', 'some name')
    const free = fc.dictionary(names, value(others, depth + 1), { maxKeys: 2 })
    return fc.tuple(free, record).map(([extra, known]) => ({ ...extra, ...known }))
  }

  return value(root, 0)
}

/** What `#/definitions/Name` or `#/$defs/Name` refers to. */
export function definition(root: JsonSchema, ref: string): JsonSchema {
  const [, keyword = '', name = ''] = /^#\/(\$defs|definitions)\/(.*)$/.exec(ref) ?? []
  const all = root[keyword]
  const target = isSchema(all) ? all[decodeURIComponent(name)] : undefined
  if (!isSchema(target)) throw new Error(`nothing is at ${ref}`)
  return target
}

/** How deep the shallowest value is; endless for a schema that is being looked at already. */
function height(root: JsonSchema, schema: JsonSchema, above: readonly JsonSchema[] = []): number {
  if (above.includes(schema)) return Infinity
  const inner = (it: JsonSchema): number => height(root, it, [...above, schema])
  const { $ref, anyOf, required, minItems } = schema
  if (typeof $ref === 'string') return inner(definition(root, $ref))
  if (Array.isArray(anyOf)) return Math.min(...schemasOf(anyOf).map(inner))
  if (Array.isArray(required)) {
    const parts = propertiesOf(schema).filter(([name]) => required.includes(name))
    return 1 + Math.max(...parts.map(([, part]) => inner(part)))
  }
  if (typeof minItems !== 'number' || minItems === 0) return 0
  const elements = [...schemasOf(schema['prefixItems'] ?? schema['items']), schema['items']]
  return 1 + Math.max(...elements.filter(isSchema).map(inner))
}

function stringOf(schema: JsonSchema): fc.Arbitrary<unknown> {
  const { pattern, format } = schema
  if (format === 'email') return fc.emailAddress()
  if (format === 'uuid') return fc.uuid()
  if (format === 'date-time') {
    // More digits are for a Date alone.
    const years = 'x-type' in schema ? {} : { min: new Date('0000'), max: new Date('9999') }
    return fc.date({ noInvalidDate: true, ...years }).map((it) => it.toISOString())
  }
  if (typeof pattern === 'string') return fc.stringMatching(new RegExp(pattern, 'u'))
  if (schema['contentEncoding'] === 'base64') return fc.base64String({ maxLength: 8 })
  const { min, max } = bounds(schema, 'minLength', 'maxLength', 6)
  const ofLength = (length: number) => fc.string({ minLength: length, maxLength: length })
  return fc.oneof(ofLength(min), ofLength(max), fc.string({ minLength: min, maxLength: max }))
}

function numberOf(schema: JsonSchema): fc.Arbitrary<number> {
  const { multipleOf, minimum, exclusiveMinimum, maximum, exclusiveMaximum } = schema
  if (typeof multipleOf === 'number')
    return fc.integer({ min: -9, max: 9 }).map((n) => n * multipleOf)
  const low = Number(minimum ?? exclusiveMinimum ?? -20)
  const high = Number(maximum ?? exclusiveMaximum ?? Math.max(low, 20))
  const whole = fc.integer({ min: Math.ceil(low), max: Math.floor(high) })
  if (schema['type'] === 'integer') return whole
  // The bounds are the first and the last of these.
  return fc.oneof(
    whole,
    fc.nat(64).map((part) => low + ((high - low) * part) / 64),
  )
}

function bounds(schema: JsonSchema, low: string, high: string, reach: number) {
  const min = Number(schema[low] ?? 0)
  return { min, max: Number(schema[high] ?? Math.max(min, reach)) }
}
