import { Ajv2020, type ErrorObject, type Options, type ValidateFunction } from 'ajv/dist/2020.js'
import type { DataValidateFunction } from 'ajv/dist/types/index.js'
import type { CarriedType, JsonSchema } from './contract.ts'
import type { ValidationIssue } from './errors.ts'
import { describeErrors } from './describe-errors.ts'
import { formatCheck } from './formats.ts'
import { fitsForm } from './json-forms.ts'
import { inPieces, piecesKeyword } from './property-pieces.ts'
import { refName, resolve, schemasOf, type Definitions } from './schema.ts'
import { UnionMembers } from './union-members.ts'

/** Collecting every error of a huge hostile payload would cost more than the payload. */
const maxItemsForAllErrors = 20_000

const ajvOptions: Options = {
  strict: false,
  // Errors come with the schema that they are about.
  verbose: true,
  // Names like `constructor` are inherited by every object.
  ownProperties: true,
  // Without the loop, a required property whose name is empty is never missed.
  loopRequired: 1,
  // Ours knows which strings are carried types.
  validateFormats: false,
  // The schemas are our own; checking them against the meta-schema is most of a cold start.
  validateSchema: false,
  addUsedSchema: false,
  logger: false,
}

/** Validates JSON against schemas. Each is compiled once, when it is first needed. */
export class Validators {
  readonly members: UnionMembers
  readonly #definitions: Definitions
  /** Stops at the first error: the way of every valid payload. */
  readonly #fast: Compiled
  /** Finds all errors. Only ever used for what does not fit. */
  readonly #thorough: Compiled
  /** Which objects and lists fit which members of unions, for as long as nothing of them changes. */
  #known: Map<JsonSchema, Map<object, boolean>> | undefined
  /** Works under way during which nothing changes, one within the other. */
  #works = 0

  constructor(definitions: Definitions) {
    const fits = this.#fitsMember.bind(this)
    this.#definitions = definitions
    this.#fast = new Compiled(ajvOptions, definitions, fits)
    this.#thorough = new Compiled({ ...ajvOptions, allErrors: true }, definitions, fits)
    this.members = new UnionMembers(definitions)
  }

  /** Runs work during which JSON does not change, so that each part is judged once. */
  once<Result>(work: () => Result): Result {
    this.#works += 1
    try {
      return work()
    } finally {
      this.#works -= 1
      if (this.#works === 0) this.#known = undefined
    }
  }

  fits(schema: JsonSchema, json: unknown): boolean {
    return this.once(() => this.#fast.validator(schema)(json))
  }

  /** The same for one of several that a part may be, as which it may be met again. */
  fitsMember(schema: JsonSchema, json: unknown): boolean {
    return this.once(() => this.#fitsMember(resolve(schema, this.#definitions), json))
  }

  /** What keeps the JSON from fitting; empty when it fits. */
  issues(schema: JsonSchema, json: unknown): ValidationIssue[] {
    return this.once(() => {
      if (this.fits(schema, json)) return []
      const compiled = isSmall(json) ? this.#thorough : this.#fast
      return describeErrors(json, this, compiled.errors(schema, json))
    })
  }

  /** The errors of the JSON in one schema, for `describeErrors`. */
  errorsIn(schema: JsonSchema, json: unknown): ErrorObject[] {
    return this.once(() => this.#thorough.errors(schema, json))
  }

  /**
   * A union in a union asks the same of a part for every member of the outer one: without what is known, the
   * work would double at every level.
   */
  #fitsMember(schema: JsonSchema, json: unknown): boolean {
    const validate = this.#fast.validator(schema)
    if (typeof json !== 'object' || json === null) return validate(json)
    this.#known ??= new Map()
    let known = this.#known.get(schema)
    if (!known) {
      known = new Map()
      this.#known.set(schema, known)
    }
    const before = known.get(json)
    if (before !== undefined) return before
    const fits = validate(json)
    known.set(json, fits)
    return fits
  }
}

class Compiled {
  readonly #ajv: Ajv2020
  readonly #validators = new WeakMap<JsonSchema, ValidateFunction>()

  /** @param fits whether JSON fits a member of a union */
  constructor(
    options: Options,
    definitions: Definitions,
    fits: (schema: JsonSchema, json: unknown) => boolean,
  ) {
    this.#ajv = new Ajv2020(options)
    this.#ajv.addKeyword({
      keyword: 'x-type',
      validate: (type: CarriedType, json: unknown) => fitsForm(type, json),
      errors: false,
    })
    this.#ajv.removeKeyword('format')
    this.#ajv.addKeyword({
      keyword: 'format',
      type: 'string',
      // Of a carried type the format is only its form for other languages: its codec checks more, or less.
      compile: (name: string, schema) =>
        ('x-type' in schema ? undefined : formatCheck(name)) ?? takesAny,
      errors: false,
    })
    // Compiled where it is first met, and once: among types that lead to each other, each has them all.
    this.#ajv.removeKeyword('$ref')
    this.#ajv.addKeyword({
      keyword: '$ref',
      compile: ($ref: string) => {
        const target = resolve({ $ref }, definitions)
        if (refName(target) !== undefined) throw new Error(`${$ref} refers to no definition`)
        const check: DataValidateFunction = (json, at) => {
          const validate = this.validator(target)
          const fitsTarget = validate(json, at)
          if (!fitsTarget) check.errors = validate.errors ?? []
          return fitsTarget
        }
        return check
      },
      errors: 'full',
    })
    this.#ajv.addKeyword({
      keyword: piecesKeyword,
      type: 'object',
      compile: (given: unknown) => {
        const pieces = schemasOf(given).map((piece) => this.validator(piece))
        const check: DataValidateFunction = (json, at) => {
          const wrong = pieces.filter((validate) => !validate(json, at))
          check.errors = wrong.flatMap(({ errors }) => errors ?? [])
          return wrong.length === 0
        }
        return check
      },
      errors: 'full',
    })
    // What is wrong with the members, `describeErrors` asks of the one that was meant.
    this.#ajv.removeKeyword('anyOf')
    this.#ajv.addKeyword({
      keyword: 'anyOf',
      compile: (given: unknown) => {
        const members = schemasOf(given).map((member) => resolve(member, definitions))
        return (json: unknown) => members.some((member) => fits(member, json))
      },
      errors: false,
    })
  }

  validator(schema: JsonSchema): ValidateFunction {
    let validate = this.#validators.get(schema)
    if (!validate) {
      validate = this.#ajv.compile(inPieces(schema))
      this.#validators.set(schema, validate)
    }
    return validate
  }

  errors(schema: JsonSchema, json: unknown): ErrorObject[] {
    const validate = this.validator(schema)
    return validate(json) ? [] : (validate.errors ?? [])
  }
}

const takesAny = (): boolean => true

/** Has the JSON few enough parts to look at every one that is wrong? */
function isSmall(json: unknown): boolean {
  let left = maxItemsForAllErrors
  const pending: unknown[] = [json]
  while (pending.length > 0) {
    const here = pending.pop()
    if (typeof here !== 'object' || here === null) continue
    const inner: unknown[] = Object.values(here)
    left -= inner.length
    if (left < 0) return false
    pending.push(...inner)
  }
  return true
}
