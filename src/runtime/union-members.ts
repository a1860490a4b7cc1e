import type { CarriedType, JsonSchema } from './contract.ts'
import { formOf } from './json-forms.ts'
import { isRecord } from './plain-json.ts'
import { expectation, propertiesOf, resolve, schemasOf, type Definitions } from './schema.ts'

/** Is it a value as its type says, or the JSON that stands for it? */
export type Side = 'value' | 'json'

/** The member that a value was meant to be, or what was expected instead, and in which property. */
export type Verdict = { meant: JsonSchema } | { meant?: never; property?: string; reason: string }

/** Says which member of a union a value was meant to be, to say what is wrong with it. */
export class UnionMembers {
  readonly #definitions: Definitions

  constructor(definitions: Definitions) {
    this.#definitions = definitions
  }

  /** Might the value have been meant to be the type, going by its kind and by literals? */
  isPlausible(schema: JsonSchema, value: unknown, side: Side): boolean {
    const target = resolve(schema, this.#definitions)
    if (Array.isArray(target['anyOf'])) {
      return schemasOf(target['anyOf']).some((member) => this.isPlausible(member, value, side))
    }
    const carried = target['x-type']
    if (carried !== undefined && side === 'value') return formOf(carried).is(value)
    if ('const' in target) return target['const'] === value
    if (Array.isArray(target['enum'])) return target['enum'].includes(value)
    if (target['type'] !== 'object') {
      return target['type'] === undefined || target['type'] === jsonTypeOf(value, target['type'])
    }
    if (!isRecord(value)) return false
    // What is undefined is left out.
    return propertiesOf(target).every(
      ([name, property]) =>
        !isLiteral(property) ||
        !Object.hasOwn(value, name) ||
        value[name] === undefined ||
        this.isPlausible(property, value[name], side),
    )
  }

  /**
   * What to say of a value that fits no member: by literals, by the kind of value, and where neither
   * decides (`{ a: string } | { b: string }`), by how little is wrong with it.
   * @param countErrors how much of the value does not fit the member
   */
  judge(
    members: readonly JsonSchema[],
    value: unknown,
    side: Side,
    countErrors: (member: JsonSchema) => number,
  ): Verdict {
    const plausible = members.filter((member) => this.isPlausible(member, value, side))
    const [only] = plausible
    if (plausible.length === 1 && only) return { meant: only }
    const wrongTag = this.#wrongTag(members, value, side)
    if (wrongTag) return wrongTag
    const counts = plausible.map(countErrors)
    const nearest = plausible[counts.indexOf(Math.min(...counts))]
    if (nearest) return { meant: nearest }
    return { reason: `must be ${this.expectation({ anyOf: members }, side)}` }
  }

  /** "a Date or null" for a value, "an ISO 8601 date-time or null" for its JSON. */
  expectation(schema: JsonSchema, side: Side): string {
    const label = (type: CarriedType): string => {
      const form = formOf(type)
      return side === 'value' ? form.label : form.jsonLabel
    }
    return expectation(schema, this.#definitions, label)
  }

  /** The property that all objects have a literal in, when the value has another. */
  #wrongTag(members: readonly JsonSchema[], value: unknown, side: Side): Verdict | undefined {
    const objects = members
      .map((member) => resolve(member, this.#definitions))
      .filter((member) => member['type'] === 'object')
    for (const [property] of isRecord(value) ? propertiesOf(objects[0] ?? {}) : []) {
      const tags = objects.flatMap((member) =>
        propertiesOf(member).flatMap(([name, schema]) =>
          name === property && isLiteral(schema) ? [schema] : [],
        ),
      )
      if (tags.length < objects.length || this.#isOneOf(tags, value, property, side)) continue
      return { property, reason: `must be ${this.expectation({ anyOf: tags }, side)}` }
    }
    return undefined
  }

  #isOneOf(tags: readonly JsonSchema[], value: unknown, property: string, side: Side): boolean {
    const tag = isRecord(value) && Object.hasOwn(value, property) ? value[property] : undefined
    return tags.some((schema) => this.isPlausible(schema, tag, side))
  }
}

const isLiteral = (schema: JsonSchema): boolean => 'const' in schema || 'enum' in schema

function jsonTypeOf(value: unknown, asked: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value === 'number' && asked === 'integer' ? 'integer' : typeof value
}
