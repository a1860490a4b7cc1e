import type { TypeConstraints, TypeModel } from '../../model.ts'
import { formatNames, isFormatName } from '../../../runtime/format-names.ts'
import { nearest } from '../../did-you-mean.ts'
import { nearConstraint } from './near-constraints.ts'
import { readPattern } from './pattern.ts'
import {
  badConstraint,
  noConstraint,
  unknownFormat,
  uselessConstraint,
  type Problem,
} from './problems.ts'
import type { Tag } from './tags.ts'

type Kind = 'number' | 'count' | 'text' | 'pattern' | 'flag'

interface Rule {
  of: 'string' | 'number' | 'array' | 'object'
  kind: Kind
}

const rules: Record<keyof TypeConstraints, Rule> = {
  minimum: { of: 'number', kind: 'number' },
  maximum: { of: 'number', kind: 'number' },
  exclusiveMinimum: { of: 'number', kind: 'number' },
  exclusiveMaximum: { of: 'number', kind: 'number' },
  multipleOf: { of: 'number', kind: 'number' },
  integer: { of: 'number', kind: 'flag' },
  minLength: { of: 'string', kind: 'count' },
  maxLength: { of: 'string', kind: 'count' },
  pattern: { of: 'string', kind: 'pattern' },
  format: { of: 'string', kind: 'text' },
  minItems: { of: 'array', kind: 'count' },
  maxItems: { of: 'array', kind: 'count' },
  uniqueItems: { of: 'array', kind: 'flag' },
  minProperties: { of: 'object', kind: 'count' },
  maxProperties: { of: 'object', kind: 'count' },
}
const names = Object.keys(rules)

export const isConstraint = (tag: string): tag is keyof TypeConstraints => Object.hasOwn(rules, tag)

/** What is taken from tags: a constraint, or that it is sensitive. */
export const isMark = (tag: string): boolean => tag === 'sensitive' || isConstraint(tag)

const patternHint = 'JSON Schema takes what `new RegExp(pattern, "u")` takes, and no other flags.'

/** The constraints that JSDoc tags put on a value: `@minimum 1`, `@pattern ^a`. */
export function readConstraints(
  tags: readonly Tag[],
  report: (problem: Problem) => void,
): TypeConstraints {
  const constraints: TypeConstraints = {}
  for (const tag of tags) {
    if (isConstraint(tag.name)) {
      set(constraints, tag.name, tag.text, report)
      continue
    }
    const near = nearConstraint(tag, names)
    if (near) report(noConstraint(near.written, near.meant))
  }
  return constraints
}

function set(
  constraints: TypeConstraints,
  tag: keyof TypeConstraints,
  text: string,
  report: (problem: Problem) => void,
): void {
  switch (tag) {
    case 'integer':
    case 'uniqueItems':
      constraints[tag] = true
      return
    case 'pattern': {
      const pattern = readPattern(text)
      if (pattern === null) report(badConstraint(tag, 'a regular expression', patternHint))
      else constraints.pattern = pattern
      return
    }
    case 'format':
      if (isFormatName(text)) constraints.format = text
      else if (/^[\w-]+$/.test(text)) report(unknownFormat(text, nearest(text, formatNames)))
      else report(badConstraint(tag, 'the name of a format'))
      return
    default: {
      const isCount = rules[tag].kind === 'count'
      const value = text === '' ? Number.NaN : Number(text)
      const isValid = isCount ? Number.isSafeInteger(value) && value >= 0 : Number.isFinite(value)
      if (isValid && (tag !== 'multipleOf' || value > 0)) constraints[tag] = value
      else report(badConstraint(tag, isCount ? 'a whole number' : 'a number'))
    }
  }
}

/** Those of the tags that could hold for the type itself, and are not said of it. */
export function missingFrom(type: TypeModel, tags: ReadonlySet<string>): string[] {
  const said = isConstrainable(type) ? Object.keys(type.constraints ?? {}) : []
  const isHidable = !['object', 'array', 'reference', 'literal', 'union'].includes(type.kind)
  return [...tags].filter((tag) => {
    if (!isConstraint(tag)) return isHidable && !type.sensitive
    return rules[tag].of === type.kind && !said.includes(tag)
  })
}

/** The type with the constraints on it, or on the members of the union that they are about. */
export function constrain(
  type: TypeModel,
  constraints: TypeConstraints,
  report: (problem: Problem) => void,
): TypeModel {
  const left = new Set(Object.keys(constraints).filter(isConstraint))
  if (left.size === 0) return type
  const result = apply(type, constraints, left)
  if (left.size > 0) report(uselessConstraint([...left].sort()))
  return result
}

/** What takes constraints of its own, written as they are at it or at its alias. */
export function isConstrainable(
  type: TypeModel,
): type is Extract<TypeModel, { constraints?: TypeConstraints }> {
  return ['string', 'number', 'array', 'object'].includes(type.kind)
}

function apply(
  type: TypeModel,
  constraints: TypeConstraints,
  left: Set<keyof TypeConstraints>,
): TypeModel {
  if (type.kind === 'union') {
    return { ...type, members: type.members.map((member) => apply(member, constraints, left)) }
  }
  if (!isConstrainable(type)) return type
  const own = Object.keys(constraints).filter(
    (tag): tag is keyof TypeConstraints => isConstraint(tag) && rules[tag].of === type.kind,
  )
  if (own.length === 0) return type
  for (const tag of own) left.delete(tag)
  const picked = Object.fromEntries(own.map((tag) => [tag, constraints[tag]]))
  return { ...type, constraints: { ...type.constraints, ...picked } }
}
