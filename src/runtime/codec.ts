import { Encoding } from './encoding.ts'
import { scalarForms } from './json-forms.ts'
import { isRecord, setOwn, TooDeepError, type ReportIssue } from './plain-json.ts'
import type { Shape, ShapeOf } from './shape.ts'
import type { JsonValue } from './types.ts'
import type { Validators } from './validators.ts'

/**
 * Translates between values as their type says and the JSON that stands for them (see
 * json-forms.ts), led by the schema alone: nothing in the data says what it is.
 */
export class Codec {
  readonly #validators: Validators

  constructor(validators: Validators) {
    this.#validators = validators
  }

  /** A copy of the value as JSON. What does not fit is reported, and null stands in its place. */
  encode(shape: Shape, value: unknown, report: ReportIssue): JsonValue {
    try {
      return new Encoding(this.#validators).encode(shape, value, [], report)
    } catch (error) {
      if (!(error instanceof TooDeepError)) throw error
      report(error.path.slice(0, 1), error.message)
      return null
    }
  }

  /** The value that JSON stands for. It must fit its schema. Plain parts are not copied. */
  decode(shape: Shape, json: unknown): unknown {
    switch (shape.kind) {
      case 'plain':
        return json
      case 'named':
        return this.decode(shape.read(), json)
      case 'scalar':
        return scalarForms[shape.type].decode(String(json))
      case 'map': {
        const pairs = asArray(json).map(asArray)
        return new Map(
          pairs.map(([key, value]) => [
            this.decode(shape.key, key),
            this.decode(shape.value, value),
          ]),
        )
      }
      case 'set':
        return new Set(asArray(json).map((item) => this.decode(shape.element, item)))
      case 'list':
        return asArray(json).map((item, index) =>
          this.decode(shape.first[index] ?? shape.rest, item),
        )
      case 'record': {
        if (!isRecord(json)) return json
        const value: Record<string, unknown> = {}
        for (const key of Object.keys(json)) {
          setOwn(value, key, this.decode(shape.properties.get(key) ?? shape.rest, json[key]))
        }
        return value
      }
      case 'choice': {
        const member = this.#memberOf(shape, json)
        return member ? this.decode(member, json) : json
      }
    }
  }

  #memberOf({ members }: ShapeOf<'choice'>, json: unknown): Shape | undefined {
    const plausible = members.filter(({ schema }) =>
      this.#validators.members.isPlausible(schema, json, 'json'),
    )
    const [only] = plausible
    if (plausible.length === 1) return only?.shape
    return plausible.find(({ schema }) => this.#validators.fitsMember(schema, json))?.shape
  }
}

const asArray = (json: unknown): unknown[] => (Array.isArray(json) ? json : [])
