import { types } from 'node:util'
import type { JsonSchema } from './contract.ts'
import { scalarForms } from './json-forms.ts'
import { copyPlain, isRecord, maxDepth, setOwn, type ReportIssue } from './plain-json.ts'
import type { Path } from './property-path.ts'
import type { Shape } from './shape.ts'
import type { JsonValue } from './types.ts'
import type { Validators } from './validators.ts'

type ShapeOf<Kind extends Shape['kind']> = Extract<Shape, { kind: Kind }>

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
  encode(shape: Shape, value: unknown, path: Path, report: ReportIssue): JsonValue {
    if (path.length > maxDepth) return copyPlain(value, path, report)
    switch (shape.kind) {
      case 'plain':
        return copyPlain(value, path, report)
      case 'named':
        return this.encode(shape.read(), value, path, report)
      case 'scalar':
        return encodeScalar(shape, value, path, report)
      case 'map': {
        if (!types.isMap(value)) return refuse(path, 'must be a Map', report)
        return Array.from(value, ([key, item], index) => [
          this.encode(shape.key, key, [...path, index, 0], report),
          this.encode(shape.value, item, [...path, index, 1], report),
        ])
      }
      case 'set': {
        if (!types.isSet(value)) return refuse(path, 'must be a Set', report)
        return Array.from(value, (item, index) =>
          this.encode(shape.element, item, [...path, index], report),
        )
      }
      case 'list': {
        if (!Array.isArray(value)) return copyPlain(value, path, report)
        return Array.from(value, (item: unknown, index) =>
          this.encode(shape.first[index] ?? shape.rest, item, [...path, index], report),
        )
      }
      case 'record': {
        if (!isRecord(value)) return copyPlain(value, path, report)
        const json: Record<string, JsonValue> = {}
        for (const key of Object.keys(value)) {
          const item = value[key]
          if (item === undefined) continue
          const inner = shape.properties.get(key) ?? shape.rest
          setOwn(json, key, this.encode(inner, item, [...path, key], report))
        }
        return json
      }
      case 'choice':
        return this.#encodeChoice(shape, value, path, report)
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
        const member = shape.members.find(({ schema }) => this.#validators.fits(schema, json))
        return member ? this.decode(member.shape, json) : json
      }
    }
  }

  /**
   * The first member that takes the value. Generation refuses unions in which it could be another.
   * Each member is tried once: unions in unions would double the work at every level.
   */
  #encodeChoice(
    shape: ShapeOf<'choice'>,
    value: unknown,
    path: Path,
    report: ReportIssue,
  ): JsonValue {
    const { members } = this.#validators
    const attempts = new Map<JsonSchema, Attempt>()
    for (const { schema, shape: inner } of shape.members) {
      if (!members.isPlausible(schema, value, 'value')) continue
      const issues: Attempt['issues'] = []
      const json = this.encode(inner, value, path, (...issue) => issues.push(issue))
      if (issues.length === 0 && this.#validators.fits(schema, json)) return json
      attempts.set(schema, { json, issues })
    }
    const schemas = shape.members.map(({ schema }) => schema)
    const verdict = members.judge(schemas, value, 'value', (schema) => {
      const attempt = attempts.get(schema)
      if (!attempt) return Infinity
      const { length } = this.#validators.errorsIn(schema, attempt.json)
      return Math.max(length, attempt.issues.length)
    })
    if (verdict.meant) {
      const attempt = attempts.get(verdict.meant)
      for (const issue of attempt?.issues ?? []) report(...issue)
      return attempt?.json ?? null
    }
    const { property, reason } = verdict
    return refuse(property === undefined ? path : [...path, property], reason, report)
  }
}

/** A value as one member of a union, which it does not fit. */
interface Attempt {
  json: JsonValue
  issues: Parameters<ReportIssue>[]
}

function encodeScalar(
  shape: ShapeOf<'scalar'>,
  value: unknown,
  path: Path,
  report: ReportIssue,
): JsonValue {
  const form = scalarForms[shape.type]
  if (!form.is(value)) return refuse(path, `must be ${form.label}`, report)
  const json = form.encode(value)
  return json === undefined ? refuse(path, 'is an invalid Date', report) : json
}

function refuse(path: Path, reason: string, report: ReportIssue): null {
  report(path, reason)
  return null
}

const asArray = (json: unknown): unknown[] => (Array.isArray(json) ? json : [])
