import { hash } from 'node:crypto'
import type { JsonSchema } from '../../runtime/contract.ts'
import { isSchema, refName } from '../../runtime/schema.ts'

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
  if (Array.isArray(schema)) return `[${list(schema, look, open).join()}]`
  if (!isSchema(schema)) return JSON.stringify(schema)
  const name = refName(schema)
  if (name === undefined) return written(schema, look, open)
  const depth = open.lastIndexOf(name)
  // A type inside itself is told by how far out it is, not by its name.
  if (depth !== -1) return `^${open.length - depth}`
  return canonical(look(name), look, [...open, name])
}

function written(schema: JsonSchema, look: LookUp, open: readonly string[]): string {
  const parts: string[] = []
  for (const keyword of Object.keys(schema)) {
    // Of a carried type only its codec decides.
    if (annotations.has(keyword) || (keyword === 'format' && 'x-type' in schema)) continue
    parts.push(`${keyword}:${keywordText(keyword, schema[keyword], look, open)}`)
  }
  return `{${parts.sort().join()}}`
}

function keywordText(
  keyword: string,
  part: unknown,
  look: LookUp,
  open: readonly string[],
): string {
  // Its keys are names, not keywords: a property may well be called `description`.
  if (keyword === 'properties' && isSchema(part)) {
    const properties = Object.keys(part).map(
      (name) => `${JSON.stringify(name)}:${canonical(part[name], look, open)}`,
    )
    return properties.sort().join()
  }
  if (Array.isArray(part) && sets.has(keyword)) return list(part, look, open).sort().join()
  return canonical(part, look, open)
}

const list = (parts: readonly unknown[], look: LookUp, open: readonly string[]): string[] =>
  parts.map((part) => canonical(part, look, open))
