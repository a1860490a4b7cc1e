import { ts } from 'ts-morph'
import type { TypeConstraints, TypeModel } from '../../model.ts'
import { badConstraint, uselessConstraint, type Problem } from './problems.ts'

type Kind = 'number' | 'count' | 'text' | 'pattern' | 'flag'

interface Rule {
  of: 'string' | 'number' | 'array'
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
}

const isConstraint = (tag: string): tag is keyof TypeConstraints => Object.hasOwn(rules, tag)

/** The constraints that JSDoc tags put on a value: `@minimum 1`, `@pattern ^a`. */
export function readConstraints(
  tags: readonly ts.JSDocTagInfo[],
  report: (problem: Problem) => void,
): TypeConstraints {
  const constraints: TypeConstraints = {}
  for (const { name, text } of tags) {
    if (isConstraint(name)) set(constraints, name, ts.displayPartsToString(text).trim(), report)
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
      constraints.integer = true
      return
    case 'pattern':
      if (text !== '' && isPattern(text)) constraints.pattern = text
      else report(badConstraint(tag, 'a regular expression'))
      return
    case 'format':
      if (/^[\w-]+$/.test(text)) constraints.format = text
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

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'u') instanceof RegExp
  } catch {
    return false
  }
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

function apply(
  type: TypeModel,
  constraints: TypeConstraints,
  left: Set<keyof TypeConstraints>,
): TypeModel {
  if (type.kind === 'union') {
    return { ...type, members: type.members.map((member) => apply(member, constraints, left)) }
  }
  if (type.kind !== 'string' && type.kind !== 'number' && type.kind !== 'array') return type
  const own = Object.keys(constraints).filter(
    (tag): tag is keyof TypeConstraints => isConstraint(tag) && rules[tag].of === type.kind,
  )
  if (own.length === 0) return type
  for (const tag of own) left.delete(tag)
  const picked = Object.fromEntries(own.map((tag) => [tag, constraints[tag]]))
  return { ...type, constraints: { ...type.constraints, ...picked } }
}
