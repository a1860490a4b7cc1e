import { types } from 'node:util'
import type { JsonSchema } from './contract.ts'
import { isRecord, maxDepth, setOwn } from './plain-json.ts'
import { pathStep } from './property-path.ts'
import { isSchema, resolve, schemasOf, type Definitions } from './schema.ts'
import type { UnionMembers } from './union-members.ts'

/** A value without the properties that its type does not know. */
export interface Narrowed {
  /** The value itself where it has no others. */
  value: unknown
  /** Paths of what was left out, lists without their indexes: `.rows[].secret`. */
  leftOut: ReadonlySet<string>
}

interface Tools {
  definitions: Definitions
  members: UnionMembers
  /** Is the value one of the type's? */
  fits: (schema: JsonSchema, value: unknown) => boolean
}

/**
 * Leaves out of a value what its type does not know. TypeScript takes a row for a `{ id: string }` whatever
 * else is in it, so a function may well return that.
 */
export function narrow(schema: JsonSchema, value: unknown, tools: Tools): Narrowed {
  return new Narrowing(tools).narrow(schema, value, 0)
}

class Narrowing {
  readonly #tools: Tools
  /** Each part is looked at once for each type, also where it is met again inside itself. */
  readonly #known = new Map<JsonSchema, Map<object, Narrowed>>()

  constructor(tools: Tools) {
    this.#tools = tools
  }

  narrow(named: unknown, value: unknown, depth: number): Narrowed {
    if (typeof value !== 'object' || value === null || !isSchema(named)) return asItIs(value)
    const schema = resolve(named, this.#tools.definitions)
    const known = this.#known.get(schema) ?? new Map<object, Narrowed>()
    this.#known.set(schema, known)
    // What is met again inside itself has no end, and is refused for that.
    const before = depth > maxDepth ? asItIs(value) : known.get(value)
    if (before) return before
    known.set(value, asItIs(value))
    const narrowed = this.#narrow(schema, value, depth + 1)
    known.set(value, narrowed)
    return narrowed
  }

  #narrow(schema: JsonSchema, value: object, depth: number): Narrowed {
    // A member lies no deeper than its union.
    if (Array.isArray(schema['anyOf']))
      return this.#member(schemasOf(schema['anyOf']), value, depth - 1)
    const { items } = schema
    const parts = new Parts()
    const part = (type: unknown, inner: unknown) => parts.add('[]', this.narrow(type, inner, depth))
    if (types.isMap(value)) {
      const [key, item] = isSchema(items) ? schemasOf(items['prefixItems']) : []
      const entries = Array.from(value, ([k, v]) => [part(key, k), part(item, v)] as const)
      return parts.whole(value, () => new Map(entries))
    }
    if (types.isSet(value)) {
      const elements = Array.from(value, (element) => part(items, element))
      return parts.whole(value, () => new Set(elements))
    }
    if (Array.isArray(value)) {
      const first = schemasOf(schema['prefixItems'])
      const elements = value.map((element, index) => part(first[index] ?? items, element))
      return parts.whole(value, () => elements)
    }
    return isRecord(value) && schema['type'] === 'object'
      ? this.#record(schema, value, depth)
      : asItIs(value)
  }

  #record(schema: JsonSchema, value: Record<string, unknown>, depth: number): Narrowed {
    // It says itself what it is as JSON.
    if (typeof value['toJSON'] === 'function') return asItIs(value)
    const properties = isRecord(schema['properties']) ? schema['properties'] : {}
    const parts = new Parts()
    const kept: Record<string, unknown> = {}
    for (const key of Object.keys(value)) {
      const type = Object.hasOwn(properties, key) ? properties[key] : schema['additionalProperties']
      // What is undefined is left out in any case.
      if (type === false && value[key] !== undefined) parts.leaveOut(pathStep(key))
      else setOwn(kept, key, parts.add(pathStep(key), this.narrow(type, value[key], depth)))
    }
    return parts.whole(value, () => kept)
  }

  /** As the member that it fits with the least left out; of several the first. */
  #member(members: readonly JsonSchema[], value: object, depth: number): Narrowed {
    const { fits, members: union } = this.#tools
    const plausible = members
      .filter((member) => union.isPlausible(member, value, 'value'))
      .map((member) => ({ member, narrowed: this.narrow(member, value, depth) }))
      .sort((a, b) => a.narrowed.leftOut.size - b.narrowed.leftOut.size)
    const [only] = plausible
    if (plausible.length === 1 && only) return only.narrowed
    return (
      plausible.find(({ member, narrowed }) => fits(member, narrowed.value))?.narrowed ??
      asItIs(value)
    )
  }
}

const asItIs = (value: unknown): Narrowed => ({ value, leftOut: new Set() })

/** What was left out of the parts of a value. */
class Parts {
  readonly #leftOut = new Set<string>()

  leaveOut(path: string): void {
    this.#leftOut.add(path)
  }

  add(step: string, { value, leftOut }: Narrowed): unknown {
    for (const path of leftOut) this.#leftOut.add(step + path)
    return value
  }

  whole(value: object, make: () => unknown): Narrowed {
    return this.#leftOut.size > 0 ? { value: make(), leftOut: this.#leftOut } : asItIs(value)
  }
}
