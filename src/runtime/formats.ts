import type { Format } from 'ajv'
import { fullFormats } from 'ajv-formats/dist/formats.js'
import { formatNames, type FormatName } from './format-names.ts'
import { scalarForms } from './json-forms.ts'

/** Tells whether a string has the form that `@format` names. */
export type FormatCheck = (text: string) => boolean

/**
 * Two are what our own types say: of `url` there is no definition but the platform's, and the package's
 * takes time that grows with the square of a text.
 */
const ours: Partial<Record<FormatName, FormatCheck>> = {
  url: (text) => scalarForms.URL.fits(text),
  byte: (text) => scalarForms.Uint8Array.fits(text),
}

const checks: ReadonlyMap<string, FormatCheck> = new Map(
  formatNames.map((name) => [name, ours[name] ?? checkOf(fullFormats[name])]),
)

/** Undefined for a name that is none of a format: nothing is known of it. */
export const formatCheck = (name: string): FormatCheck | undefined => checks.get(name)

function checkOf(format: Format): FormatCheck {
  const check = typeof format === 'object' && 'validate' in format ? format.validate : format
  if (check instanceof RegExp) return (text) => check.test(text)
  return isCheck(check) ? check : () => true
}

function isCheck(value: unknown): value is FormatCheck {
  return typeof value === 'function'
}
