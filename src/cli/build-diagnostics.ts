import { error, warning } from './diagnostic.ts'
import type { Location } from './model.ts'

/* What bundling and `pikku build` have to say; PKQ0xx, as all that is about a project and its configuration. */

export const bundleFailed = (reason: string, location?: Location) =>
  error(
    'PKQ011',
    `the worker cannot be bundled: ${reason}`,
    'Correct it and start again.',
    location,
  )

export const lambdaNeedsSqs = (provider: string) =>
  error(
    'PKQ025',
    `a Lambda function works on queues of SQS, not of ${provider}`,
    'Build it with --provider sqs, or for --target node.',
  )

export const badOutFile = (file: string, reason: string, hint: string) =>
  error('PKQ026', `${file} ${reason}`, hint)

export const nothingImports = (name: string) =>
  warning(
    'PKQ027',
    `--external names ${name}, which nothing in the built file imports`,
    'Name a package as its package.json does, or leave it out.',
  )
