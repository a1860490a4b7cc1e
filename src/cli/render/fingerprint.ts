import { createHash } from 'node:crypto'
import type { JsonSchema } from '../../runtime/contract.ts'

type Definitions = Record<string, JsonSchema>

/**
 * Tells contracts apart: the same for the same shapes, whatever their types are called, in whatever
 * order their properties and members are written, and whatever is said about them.
 * @returns 16 hexadecimal digits.
 */
export function fingerprint(
  contract: { input: JsonSchema; output: JsonSchema },
  definitions: Definitions,
): string {
  const shape = [contract.input, contract.output].map((side) => canonical(side, definitions, []))
  return createHash('sha256').update(shape.join('\n')).digest('hex').slice(0, 16)
}

/** They are for people. */
const annotations = new Set(['description', 'deprecated', 'title', 'format'])
/** Lists whose order means nothing. */
const sets = new Set(['required', 'enum', 'anyOf'])

/** @param open names of the definitions that are being written out, outermost first. */
function canonical(schema: unknown, definitions: Definitions, open: readonly string[]): string {
  const name = referredTo(schema)
  if (name === null) return written(schema, (part) => canonical(part, definitions, open))
  const depth = open.lastIndexOf(name)
  // A type inside itself is told by how far out it is, not by its name.
  if (depth !== -1) return `^${open.length - depth}`
  return canonical(definitions[name], definitions, [...open, name])
}

function written(value: unknown, write: (part: unknown) => string): string {
  if (Array.isArray(value)) return `[${value.map(write).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const parts = Object.entries(value)
    .filter(([keyword]) => !annotations.has(keyword))
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
