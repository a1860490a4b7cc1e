import { nearest } from '../../did-you-mean.ts'
import type { Tag } from './tags.ts'

/** What other tools, and hands in a hurry, call the constraints. */
const otherNames: Readonly<Record<string, string>> = {
  min: 'minimum',
  max: 'maximum',
  int: 'integer',
  regex: 'pattern',
  regexp: 'pattern',
  unique: 'uniqueItems',
}

export interface NearConstraint {
  /** The tag's name as it is written. */
  written: string
  /** The constraint that it was probably meant as. */
  meant: string
}

/** What a tag that is no constraint looks like: `@maxlength 5`, `@max-length 5`, `@TJS-type integer`. */
export function nearConstraint(
  { name, text }: Tag,
  constraints: readonly string[],
): NearConstraint | null {
  // For the compiler a name ends at its first hyphen.
  const [suffix = ''] = /^(?:-\w+)+/.exec(text) ?? []
  const written = name + suffix
  const value = text.slice(suffix.length).trim()
  const isType = written === 'asType' || written === 'TJS-type'
  if (isType) return value === 'integer' ? { written, meant: 'integer' } : null
  const plain = written.replace(/^TJS-/, '').replaceAll('-', '')
  const meant = Object.hasOwn(otherNames, plain) ? otherNames[plain] : nearest(plain, constraints)
  return meant ? { written, meant } : null
}
