import { Ajv2020, type ErrorObject, type Options, type ValidateFunction } from 'ajv/dist/2020.js'
import type { CarriedType, JsonSchema } from './contract.ts'
import type { ValidationIssue } from './errors.ts'
import { describeErrors } from './describe-errors.ts'
import { formatCheck } from './formats.ts'
import { fitsForm } from './json-forms.ts'
import type { Definitions } from './schema.ts'
import { UnionMembers } from './union-members.ts'

/** Collecting every error of a huge hostile payload would cost more than the payload. */
const maxItemsForAllErrors = 20_000

const ajvOptions: Options = {
  strict: false,
  // Errors come with the schema and the data they are about.
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
  readonly #fast = new Compiled(ajvOptions)
  /** Finds all errors. Only ever used for what does not fit. */
  readonly #thorough = new Compiled({ ...ajvOptions, allErrors: true })

  constructor(definitions: Definitions) {
    this.#definitions = definitions
    this.members = new UnionMembers(definitions)
  }

  fits(schema: JsonSchema, json: unknown): boolean {
    return this.#fast.validator(schema, this.#definitions)(json)
  }

  /** What keeps the JSON from fitting; empty when it fits. */
  issues(schema: JsonSchema, json: unknown): ValidationIssue[] {
    if (this.fits(schema, json)) return []
    const compiled = isSmall(json) ? this.#thorough : this.#fast
    return describeErrors(json, this, this.#errors(compiled, schema, json))
  }

  /** The errors of the JSON in one schema, for `describeErrors`. */
  errorsIn(schema: JsonSchema, json: unknown): ErrorObject[] {
    return this.#errors(this.#thorough, schema, json)
  }

  #errors(compiled: Compiled, schema: JsonSchema, json: unknown): ErrorObject[] {
    const validate = compiled.validator(schema, this.#definitions)
    return validate(json) ? [] : (validate.errors ?? [])
  }
}

class Compiled {
  readonly #ajv: Ajv2020
  readonly #validators = new WeakMap<JsonSchema, ValidateFunction>()

  constructor(options: Options) {
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
  }

  validator(schema: JsonSchema, definitions: Definitions): ValidateFunction {
    let validate = this.#validators.get(schema)
    if (!validate) {
      validate = this.#ajv.compile({ ...schema, $defs: definitions })
      this.#validators.set(schema, validate)
    }
    return validate
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
