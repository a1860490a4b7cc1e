import { hash } from 'node:crypto'
import type { JsonSchema } from '../../runtime/contract.ts'

type Definitions = Record<string, JsonSchema>
type LookUp = (name: string) => JsonSchema | undefined

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
  const used = new Map<string, JsonSchema | undefined>()
  const look = (name: string) => {
    used.set(name, definitions[name])
    return definitions[name]
  }
  const shape = [contract.input, contract.output].map((side) => canonical(side, look, []))
  const print = hash('sha256', shape.join('\n'), 'hex').slice(0, 16)
  prints.set(contract, { used, print })
  return print
}

/** Of contracts that were looked at before, with the definitions that they came to. */
const prints = new WeakMap<
  object,
  { used: ReadonlyMap<string, JsonSchema | undefined>; print: string }
>()

/** They are for people. */
const annotations = new Set(['description', 'deprecated', 'title', 'x-sensitive'])
/** Lists whose order means nothing. */
const sets = new Set(['required', 'enum', 'anyOf'])

/** @param open names of the definitions that are being written out, outermost first. */
function canonical(schema: unknown, look: LookUp, open: readonly string[]): string {
  const name = referredTo(schema)
  if (name === null) return written(schema, (part) => canonical(part, look, open))
  const depth = open.lastIndexOf(name)
  // A type inside itself is told by how far out it is, not by its name.
  if (depth !== -1) return `^${open.length - depth}`
  return canonical(look(name), look, [...open, name])
}

function written(value: unknown, write: (part: unknown) => string): string {
  if (Array.isArray(value)) return `[${value.map(write).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const parts = Object.entries(value)
    .filter(([keyword]) => !annotations.has(keyword))
    // Of a carried type only its codec decides.
    .filter(([keyword]) => keyword !== 'format' || !('x-type' in value))
    .map(([keyword, part]: [string, unknown]) => `${keyword}:${keywordText(keyword, part, write)}`)
  return `{${parts.sort().join()}}`
}

function keywordText(keyword: string, part: unknown, write: (part: unknown) => string): string {
  // Its keys are names, not keywords: a property may well be called `description`.
  if (keyword === 'properties' && typeof part === 'object' && part !== null) {
    const entries = Object.entries(part) as [string, unknown][]
    return entries
      .map(([name, schema]) => `${JSON.stringify(name)}:${write(schema)}`)
      .sort()
      .join()
  }
  if (Array.isArray(part) && sets.has(keyword)) return part.map(write).sort().join()
  return write(part)
}

function referredTo(schema: unknown): string | null {
  if (typeof schema !== 'object' || schema === null || !('$ref' in schema)) return null
  const { $ref } = schema
  return typeof $ref === 'string' ? $ref.replace('#/$defs/', '') : null
}
