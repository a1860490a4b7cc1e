import type { Diagnostic, Severity } from '../../diagnostics.ts'
import type { Location } from '../../model.ts'

/**
 * What keeps a type from being a payload. Codes are permanent. `reason` goes on from the place:
 * "user.onClick is a function".
 */
export interface Problem {
  code: string
  severity: Severity
  reason: string
  hint: string
}

const error = (code: string, reason: string, hint: string): Problem => ({
  code,
  severity: 'error',
  reason,
  hint,
})

export const isAny = (): Problem =>
  error(
    'PKQ201',
    'is any, so nothing would check what travels there',
    'Give it a type; `unknown` takes any JSON.',
  )

export const isFunction = (): Problem =>
  error(
    'PKQ202',
    'is a function, which cannot travel as JSON',
    'Leave it out of the payload, and let the worker get it from its services.',
  )

export const isSymbol = (): Problem =>
  error(
    'PKQ203',
    'is a symbol, or named by one, which cannot travel as JSON',
    'Use a string instead.',
  )

export const isInstance = (name: string, behaviour: string): Problem =>
  error(
    'PKQ204',
    `is an instance of class ${name}, whose ${behaviour} would not arrive`,
    'Send its data as a plain object, and make the instance anew in the worker.',
  )

/** @param path where in both they look the same; empty for all of them */
export const isAmbiguous = (first: string, second: string, how: string, path: string): Problem =>
  error(
    'PKQ205',
    `may be ${first} or ${second}, which cannot be told apart as JSON: ${how}${
      path === '' ? '' : `, in "${path.replace(/^\./, '')}"`
    }`,
    'Use one of them, or objects with a property that tells them apart.',
  )

export const isUnresolved = (name: string): Problem =>
  error(
    'PKQ206',
    `has the type ${name}, which cannot be resolved`,
    'Correct its name or its import; `npx tsc` says why.',
  )

export const hasNoJsonForm = (type: string, hint: string): Problem =>
  error('PKQ207', `is ${type}, which has no JSON form`, hint)

/** A warning: other tools have tags of these names too. */
export const badConstraint = (
  tag: string,
  expected: string,
  hint = 'Correct the tag if it was meant as a constraint.',
): Problem => ({
  code: 'PKQ208',
  severity: 'warning',
  reason: `has a @${tag} that is not ${expected}, so that nothing checks it`,
  hint,
})

/** Also a warning: what looks like a constraint may be another tool's. */
export const noConstraint = (tag: string, meant: string): Problem => ({
  code: 'PKQ208',
  severity: 'warning',
  reason: `has @${tag}, which is no constraint, so that nothing checks it`,
  hint: `Did you mean @${meant}?`,
})

export const unknownFormat = (name: string, near: string | null): Problem => ({
  code: 'PKQ208',
  severity: 'warning',
  reason: `has the @format ${name}, which is none that is known, so that nothing checks it`,
  hint: near === null ? formatHint(name) : `Did you mean ${near}?`,
})

const formatHint = (name: string): string =>
  /^u?int\d*$/.test(name)
    ? 'Use @integer, with @minimum and @maximum.'
    : 'Use a @pattern, or a format of JSON Schema.'

export const unseenConstraint = (tags: readonly string[]): Problem => ({
  code: 'PKQ208',
  severity: 'warning',
  reason: `has ${tags.map((tag) => `@${tag}`).join(', ')} in a comment that belongs to nothing, so that nobody reads it`,
  hint: 'Let the comment begin on a line of its own, before the property or the alias that it is about.',
})

export const uselessConstraint = (tags: readonly string[]): Problem => ({
  code: 'PKQ209',
  severity: 'warning',
  reason: `has ${tags.map((tag) => `@${tag}`).join(', ')}, which says nothing about its type`,
  hint: 'Move it to the property or the alias that it is about, or remove it.',
})

/** Also a warning: nobody can tell which of the types that it is made of it is. */
export const lostConstraint = (tags: readonly string[]): Problem => ({
  code: 'PKQ212',
  severity: 'warning',
  reason: `is made by a type that ${tags.map((tag) => `@${tag}`).join(', ')} may not come through`,
  hint: 'Say it once more at the property, or at an alias of the type that stands there.',
})

/** @param growing the generic type that is inside of itself, if that is why */
export const isTooDeep = (growing: string | undefined): Problem =>
  error(
    'PKQ210',
    growing === undefined
      ? 'is nested too deeply'
      : `is ${growing} inside of ${growing}, each time with other type arguments, without an end`,
    'Let the type refer to itself with the same type arguments, not with larger ones.',
  )

/** Of a property, when validators or programs that copy it cannot work with the name. */
export function badName(name: string): Problem | undefined {
  const bad = (reason: string): Problem => error('PKQ211', reason, 'Use another name.')
  if (name === '__proto__') {
    return bad('has a name that sets the prototype of whatever it is copied to')
  }
  return name.isWellFormed()
    ? undefined
    : bad('has half of a surrogate pair in its name, which a validator cannot spell')
}

export function toDiagnostic(
  problem: Problem,
  { subject, path }: { subject: string; path: string },
  location: Location,
): Diagnostic {
  const { code, severity, reason, hint } = problem
  const place = path.length > 100 ? `${path.slice(0, 50)}…${path.slice(-40)}` : path
  return { code, severity, message: `${place || subject} ${reason}`, hint, location }
}
