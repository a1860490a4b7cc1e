import { types } from 'node:util'
import type { JsonSchema } from './contract.ts'
import { scalarForms } from './json-forms.ts'
import { copyPlain, isRecord, maxDepth, setOwn, type ReportIssue } from './plain-json.ts'
import type { Path } from './property-path.ts'
import type { Shape, ShapeOf } from './shape.ts'
import type { JsonValue } from './types.ts'
import type { Validators } from './validators.ts'

/** A value on its way into JSON: nothing of it changes meanwhile. */
export class Encoding {
  readonly #validators: Validators
  /** What became of parts of the value as members of unions; see `#attempt`. */
  #attempts: Map<JsonSchema, Map<unknown, Attempt>> | undefined

  constructor(validators: Validators) {
    this.#validators = validators
  }

  /**
   * A copy of the value as JSON. What does not fit is reported, and null stands in its place.
   * @throws TooDeepError
   */
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

  /** The first member that takes the value. Generation refuses unions in which it could be another. */
  #encodeChoice(
    shape: ShapeOf<'choice'>,
    value: unknown,
    path: Path,
    report: ReportIssue,
  ): JsonValue {
    const { members } = this.#validators
    const plausible = shape.members.filter(({ schema }) =>
      members.isPlausible(schema, value, 'value'),
    )
    const [only] = plausible
    if (only && plausible.length === 1) return this.encode(only.shape, value, path, report)
    const attempts = new Map<JsonSchema, Attempt>()
    for (const { schema, shape: inner } of plausible) {
      const attempt = this.#attempt(schema, inner, value, path)
      if (attempt.issues.length === 0 && this.#validators.fitsMember(schema, attempt.json)) {
        return attempt.json
      }
      attempts.set(schema, attempt)
    }
    const schemas = shape.members.map(({ schema }) => schema)
    const verdict = members.judge(schemas, value, 'value', (schema) => {
      const attempt = attempts.get(schema)
      if (!attempt) return Infinity
      const { length } = this.#validators.errorsIn(schema, attempt.json)
      return Math.max(length, attempt.issues.length)
    })
    if (verdict.meant) {
      const meant = attempts.get(verdict.meant)
      const issues = meant ? this.#issuesOf(meant, shape, attempts) : []
      for (const { steps, reason } of issues) report([...path, ...steps], reason)
      return meant?.json ?? null
    }
    const { property, reason } = verdict
    return refuse(property === undefined ? path : [...path, property], reason, report)
  }

  /**
   * What to say of an attempt at what was meant. What fits no member must not go over as the JSON of another one:
   * then it is told what keeps it from being that.
   */
  #issuesOf(
    { json, issues }: Attempt,
    shape: ShapeOf<'choice'>,
    attempts: ReadonlyMap<JsonSchema, Attempt>,
  ): Attempt['issues'] {
    if (issues.length > 0) return issues
    const schemas = shape.members.map(({ schema }) => schema)
    const other = schemas.find((schema) => this.#validators.fitsMember(schema, json))
    if (!other) return []
    const told = attempts.get(other)?.issues ?? []
    if (told.length > 0) return told
    const wanted = this.#validators.members.expectation({ anyOf: schemas }, 'value')
    return [{ steps: [], reason: `must be ${wanted}` }]
  }

  /**
   * The value as one member of a union. Each part is tried once for each member: a union in a union is met
   * under every member of the outer one, so the work would double at every level.
   */
  #attempt(schema: JsonSchema, shape: Shape, value: unknown, path: Path): Attempt {
    const depth = path.length
    this.#attempts ??= new Map()
    const known = this.#attempts.get(schema) ?? new Map<unknown, Attempt>()
    this.#attempts.set(schema, known)
    const before = known.get(value)
    // At another depth it may be too deep, or not any more.
    if (before?.depth === depth) return before
    const issues: Attempt['issues'] = []
    const json = this.encode(shape, value, path, (at, reason) => {
      issues.push({ steps: at.slice(depth), reason })
    })
    const attempt = { depth, json, issues }
    known.set(value, attempt)
    return attempt
  }
}

interface Attempt {
  depth: number
  json: JsonValue
  /** What does not fit, and where, from the value on. */
  issues: { steps: Path; reason: string }[]
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
