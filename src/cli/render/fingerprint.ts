import { hash } from 'node:crypto'
import type { JsonSchema } from '../../runtime/contract.ts'
import { isSchema, refName } from '../../runtime/schema.ts'

type Definitions = Readonly<Record<string, JsonSchema>>

/**
 * Tells contracts apart: the same for the same shapes, whatever their types are called, in whatever
 * order their properties and members are written, and whatever is said about them.
 * @returns 16 hexadecimal digits.
 */
export function fingerprint(
  contract: { input: JsonSchema; output: JsonSchema },
  definitions: Definitions,
): string {
  const known = prints.get(contract)
  const isSame = known && [...known.used].every(([name, schema]) => definitions[name] === schema)
  if (isSame) return known.print
  const shapes = new Shapes(definitions)
  const text = shapes.textOf([contract.input, contract.output])
  const print = hash('sha256', text, 'hex').slice(0, 16)
  prints.set(contract, { used: shapes.used, print })
  return print
}

/** Of contracts that were looked at before, with the definitions that they came to. */
const prints = new WeakMap<object, { used: Used; print: string }>()

type Used = ReadonlyMap<string, JsonSchema | undefined>

/** They are for people. */
const annotations = new Set(['description', 'deprecated', 'title', 'x-sensitive'])
/** Lists whose order means nothing. */
const sets = new Set(['required', 'enum', 'anyOf'])

/** Longer texts stand as their hash in those around them: types may hold each other many times over. */
const longestText = 1_000

/** Writes schemas as texts that are the same for the same shapes, in time that goes with their size. */
class Shapes {
  readonly used = new Map<string, JsonSchema | undefined>()
  readonly #definitions: Definitions
  readonly #texts = new Map<JsonSchema, string>()
  /** What stands for each schema that leads to itself or to one that does. */
  #names = new Map<JsonSchema, string>()
  /** How often writing has come upon one of them. */
  #met = 0

  constructor(definitions: Definitions) {
    this.#definitions = definitions
  }

  textOf(schemas: readonly JsonSchema[]): string {
    const texts = this.#list(schemas)
    if (this.#names.size === 0) return texts.join('\n')
    this.#tellApart()
    // With what each of the names stands for, all is said.
    const meanings = new Set([...this.#names].map(([it, name]) => `${name}=${this.#written(it)}`))
    return [...this.#list(schemas), ...[...meanings].sort()].join('\n')
  }

  /**
   * Names schemas by what they say themselves, then again and again by that and the names of what they
   * lead to, until that tells no more of them apart: schemas of one name are of one shape then.
   */
  #tellApart(): void {
    for (let count = 1; ;) {
      this.#texts.clear()
      const names = new Map(
        [...this.#names.keys()].map((it) => [it, hash('sha256', this.#written(it), 'base64url')]),
      )
      const { size } = new Set(names.values())
      if (size === count) return
      count = size
      this.#names = names
    }
  }

  #text(value: unknown): string {
    if (Array.isArray(value)) return `[${this.#list(value).join()}]`
    if (!isSchema(value)) return JSON.stringify(value)
    const schema = this.#target(value)
    if (schema === undefined) return 'undefined'
    const known = this.#texts.get(schema)
    const name = this.#names.get(schema) ?? (known === being ? '' : undefined)
    if (name !== undefined) {
      this.#met += 1
      return `^${name}`
    }
    if (known !== undefined) return known
    const before = this.#met
    this.#texts.set(schema, being)
    const text = this.#written(schema)
    const brief = text.length <= longestText ? text : `#${hash('sha256', text, 'base64url')}`
    this.#texts.set(schema, brief)
    if (this.#met > before) this.#names.set(schema, '')
    return brief
  }

  #written(schema: JsonSchema): string {
    const parts: string[] = []
    for (const keyword of Object.keys(schema)) {
      // Of a carried type only its codec decides.
      if (annotations.has(keyword) || (keyword === 'format' && 'x-type' in schema)) continue
      parts.push(`${keyword}:${this.#keywordText(keyword, schema[keyword])}`)
    }
    return `{${parts.sort().join()}}`
  }

  #keywordText(keyword: string, part: unknown): string {
    // Its keys are names, not keywords: a property may well be called `description`.
    if (keyword === 'properties' && isSchema(part)) {
      const properties = Object.keys(part).map(
        (name) => `${JSON.stringify(name)}:${this.#text(part[name])}`,
      )
      return properties.sort().join()
    }
    if (Array.isArray(part) && sets.has(keyword)) return this.#list(part).sort().join()
    return this.#text(part)
  }

  #list(parts: readonly unknown[]): string[] {
    return parts.map((part) => this.#text(part))
  }

  /** The schema itself, or what it refers to in the end. */
  #target(schema: JsonSchema): JsonSchema | undefined {
    let here: JsonSchema | undefined = schema
    for (let name = refName(schema); name !== undefined; name = here && refName(here)) {
      here = this.#definitions[name]
      this.used.set(name, here)
    }
    return here
  }
}

/** In place of the text of a schema that is being written. */
const being = ''
