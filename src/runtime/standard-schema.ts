import { ValidationError } from './errors.ts'

/**
 * The part of the Standard Schema interface (standardschema.dev, version 1) that Zod, Valibot,
 * ArkType and others implement and that we use.
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
  }
}

export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] }

export interface StandardIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

export type SchemaInput<Schema extends StandardSchema> = NonNullable<
  Schema['~standard']['types']
>['input']

export type SchemaOutput<Schema extends StandardSchema> = NonNullable<
  Schema['~standard']['types']
>['output']

/**
 * Runs a validator and returns its output.
 * @param subject what the value is, for messages: "the payload"
 * @throws ValidationError with the validator's own reasons.
 */
export async function validateStandard(
  schema: StandardSchema,
  value: unknown,
  subject: string,
): Promise<unknown> {
  const result = await schema['~standard'].validate(value)
  if (!result.issues) return result.value
  throw new ValidationError(
    subject,
    result.issues.map((issue) => ({ path: formatPath(issue.path), reason: issue.message })),
  )
}

function formatPath(path: StandardIssue['path']): string {
  return (path ?? [])
    .map((part) => (typeof part === 'object' ? part.key : part))
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '')
}
