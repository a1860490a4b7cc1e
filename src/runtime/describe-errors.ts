import type { ErrorObject } from 'ajv/dist/2020.js'
import type { JsonSchema } from './contract.ts'
import type { ValidationIssue } from './errors.ts'
import { formatPath, partAt, pathOfPointer, type Path } from './property-path.ts'
import { isSchema, schemasOf } from './schema.ts'
import type { UnionMembers } from './union-members.ts'

/** Where a union's errors come from: the member that was meant is validated on its own. */
export interface ErrorSource {
  readonly members: UnionMembers
  errorsIn(schema: JsonSchema, json: unknown): ErrorObject[]
}

const maxIssues = 50

/**
 * Turns a validator's errors into issues for people: where, and what was expected there; never the
 * value. A union reports only that no member fits: what is wrong is asked of the member that was meant.
 */
export function describeErrors(
  json: unknown,
  validators: ErrorSource,
  errors: ErrorObject[],
  base: Path = [],
): ValidationIssue[] {
  const issues = errors
    .slice(0, maxIssues)
    .flatMap((error) => describe(error, json, validators, base))
  return [...new Map(issues.map((issue) => [`${issue.path}\0${issue.reason}`, issue])).values()]
}

function describe(
  error: ErrorObject,
  json: unknown,
  validators: ErrorSource,
  base: Path,
): ValidationIssue[] {
  const inner = pathOfPointer(error.instancePath, json)
  const path = [...base, ...inner]
  const at = (reason: string, ...more: string[]): ValidationIssue[] => [
    { path: formatPath([...path, ...more]), reason },
  ]
  const { params } = error
  const schema: JsonSchema = isSchema(error.parentSchema) ? error.parentSchema : {}
  switch (error.keyword) {
    case 'anyOf': {
      const schemas = schemasOf(schema['anyOf'])
      // Not what the error says it is: each named type around it has put itself in there.
      const part = partAt(inner, json)
      const errorsIn = (member: JsonSchema): ErrorObject[] => validators.errorsIn(member, part)
      const verdict = validators.members.judge(
        schemas,
        part,
        'json',
        (member) => errorsIn(member).length,
      )
      if (verdict.meant) {
        return describeErrors(part, validators, errorsIn(verdict.meant), path)
      }
      const { property, reason } = verdict
      return property === undefined ? at(reason) : at(reason, property)
    }
    case 'required':
      return at('is required', String(params['missingProperty']))
    case 'additionalProperties':
      return at('is not a known property', String(params['additionalProperty']))
    case 'type':
    case 'const':
    case 'enum':
    case 'x-type':
      return at(`must be ${validators.members.expectation(schema, 'json')}`)
    case 'not':
    case 'false schema':
      return at('must not be there')
    case 'pattern':
      // Of a carried type the pattern is only its form for other languages.
      return 'x-type' in schema
        ? at(`must be ${validators.members.expectation(schema, 'json')}`)
        : at(`must match ${String(params['pattern'])}`)
    case 'format':
      return at(`must have the format ${String(schema['format'])}`)
    default:
      // The rest are bounds: their messages name the bound and not the value.
      return at(error.message ?? 'does not fit')
  }
}
