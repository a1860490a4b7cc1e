import type { Format } from 'ajv'
import { fullFormats } from 'ajv-formats/dist/formats.js'
import { scalarForms } from './json-forms.ts'

/** Tells whether a string has the form that `@format` names. */
export type FormatCheck = (text: string) => boolean

/**
 * The formats of JSON Schema and OpenAPI that strings are checked for, by their names. Two are what our
 * own types say: of `url` there is no definition but the platform's, and the package's takes time that
 * grows with the square of a text.
 */
const checks: ReadonlyMap<string, FormatCheck> = new Map<string, FormatCheck>([
  ...Object.entries(fullFormats).flatMap(([name, format]): [string, FormatCheck][] => {
    const check = checkOf(format)
    return check ? [[name, check]] : []
  }),
  ['url', (text) => scalarForms.URL.fits(text)],
  ['byte', (text) => scalarForms.Uint8Array.fits(text)],
])

export const formatNames: readonly string[] = [...checks.keys()]

/** Undefined for a name that is none of a format: nothing is known of it. */
export const formatCheck = (name: string): FormatCheck | undefined => checks.get(name)

/** None for formats of numbers. */
function checkOf(format: Format): FormatCheck | undefined {
  if (format === true) return () => true
  const isDefinition = typeof format === 'object' && 'validate' in format
  if (isDefinition && (format.type === 'number' || format.async)) return undefined
  const check = isDefinition ? format.validate : format
  if (check instanceof RegExp) return (text) => check.test(text)
  return isCheck(check) ? check : undefined
}

function isCheck(value: unknown): value is FormatCheck {
  return typeof value === 'function'
}
