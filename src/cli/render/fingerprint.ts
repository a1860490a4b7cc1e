import { hash } from 'node:crypto'
import type { JsonSchema } from '../../runtime/contract.ts'
import { isSchema, refName, type Definitions } from '../../runtime/schema.ts'

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

/** What leads further than this may come back to itself, and the stack has no room for all of it. */
const farthest = 100

/** Writes schemas as texts that are the same for the same shapes, in time that goes with their size. */
class Shapes {
  readonly used = new Map<string, JsonSchema | undefined>()
  readonly #definitions: Definitions
  /** Of schemas with parts, but for those that have a name. */
  readonly #texts = new Map<JsonSchema, string>()
  /** What stands for each schema that leads to itself or to one that does. */
  #names = new Map<JsonSchema, string>()
  #depth = 0
  #isFar = false

  constructor(definitions: Definitions) {
    this.#definitions = definitions
  }

  /** Each schema within those around it, as far as that goes: few types lead farther than that. */
  textOf(schemas: readonly JsonSchema[]): string {
    const texts = this.#list(schemas)
    return this.#isFar ? this.#farTextOf(schemas) : texts.join('\n')
  }

  #farTextOf(schemas: readonly JsonSchema[]): string {
    this.#isFar = false
    this.#texts.clear()
    this.#writeAll(schemas)
    const texts = this.#list(schemas)
    if (this.#names.size === 0) return texts.join('\n')
    this.#tellApart()
    // With what each of the names stands for, all is said.
    const meanings = new Set([...this.#names].map(([it, name]) => `${name}=${this.#written(it)}`))
    return [...this.#list(schemas), ...[...meanings].sort()].join('\n')
  }

  /**
   * Each schema when all in it are written: the stack has no room for all types that lead from one to the
   * next. What never comes to it leads to itself.
   */
  #writeAll(schemas: readonly JsonSchema[]): void {
    const nodes = new Map<JsonSchema, { around: JsonSchema[]; left: number }>()
    const enter = (schema: JsonSchema) => {
      const node = nodes.get(schema) ?? { around: [], left: 0 }
      nodes.set(schema, node)
      return node
    }
    for (const schema of this.#withParts(schemas)) enter(schema)
    for (const [schema, node] of nodes) {
      const parts = this.#withParts(partsOf(schema))
      node.left = parts.length
      for (const part of parts) enter(part).around.push(schema)
    }
    const ready = [...nodes].filter(([, { left }]) => left === 0)
    for (const [schema, { around }] of ready) {
      this.#texts.set(schema, this.#brief(schema))
      for (const outer of around) {
        const node = nodes.get(outer)
        if (node && (node.left -= 1) === 0) ready.push([outer, node])
      }
    }
    for (const schema of nodes.keys()) if (!this.#texts.has(schema)) this.#names.set(schema, '')
  }

  /** What there is to write of these by itself. */
  #withParts(schemas: readonly JsonSchema[]): JsonSchema[] {
    const found: JsonSchema[] = []
    for (const schema of schemas) {
      const target = this.#target(schema)
      if (target && hasParts(target)) found.push(target)
    }
    return found
  }

  /**
   * Names schemas by what they say themselves, then again and again by that and the names of what they
   * lead to, until that tells no more of them apart: schemas of one name are of one shape then.
   */
  #tellApart(): void {
    for (let count = 1; ;) {
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
    const name = this.#names.get(schema)
    if (name !== undefined) return `^${name}`
    const known = this.#texts.get(schema)
    if (known !== undefined) return known
    this.#isFar ||= this.#depth > farthest
    if (this.#isFar) return ''
    this.#depth += 1
    const text = this.#brief(schema)
    this.#depth -= 1
    if (schema !== value) this.#texts.set(schema, text)
    return text
  }

  #brief(schema: JsonSchema): string {
    const text = this.#written(schema)
    if (text.length <= longestText || !hasParts(schema)) return text
    return `#${hash('sha256', text, 'base64url')}`
  }

  #written(schema: JsonSchema): string {
    const parts: string[] = []
    for (const keyword of Object.keys(schema)) {
      if (!counts(keyword, schema)) continue
      parts.push(`${keyword}:${this.#keywordText(keyword, schema[keyword])}`)
    }
    return `{${parts.sort().join()}}`
  }

  #keywordText(keyword: string, part: unknown): string {
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

/** Of a carried type only its codec decides. */
const counts = (keyword: string, schema: JsonSchema): boolean =>
  !annotations.has(keyword) && !(keyword === 'format' && 'x-type' in schema)

/** The schemas in a schema. */
function partsOf(schema: JsonSchema): JsonSchema[] {
  const found: JsonSchema[] = []
  for (const keyword of Object.keys(schema)) {
    const part = schema[keyword]
    if (typeof part !== 'object' || !counts(keyword, schema)) continue
    // The keys of properties are names, not keywords: one may well be called `description`.
    const parts = Array.isArray(part) ? part : keyword === 'properties' ? valuesOf(part) : [part]
    for (const it of parts) if (isSchema(it)) found.push(it)
  }
  return found
}

const valuesOf = (part: unknown): unknown[] => (isSchema(part) ? Object.values(part) : [])

function hasParts(schema: JsonSchema): boolean {
  for (const keyword of Object.keys(schema)) if (typeof schema[keyword] === 'object') return true
  return false
}
