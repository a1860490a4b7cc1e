import { codeOf, firstLine, messageOf, networkCodes } from '../../error-parts.ts'
import { errorCodes, type ErrorCode, PikkuQueueError } from '../../errors.ts'
import type { Target } from './connection.ts'

/** The SDK's names for a peer that cannot be reached or went away. */
const networkErrors = new Set(['TimeoutError', 'NetworkingError'])

/** What AWS and its SDK call a caller that it does not know or does not trust. */
const credentialErrors = new Set([
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidSecurity',
  'InvalidSignatureException',
  'MissingAuthenticationToken',
  'OptInRequired',
  'SignatureDoesNotMatch',
  'TokenProviderError',
  'UnrecognizedClientException',
])

/** It knows the caller, and will not have it do that. */
const permissionErrors = new Set(['AccessDenied', 'AccessDeniedException', 'KmsAccessDenied'])

/** SQS is not there, now: worth trying again. */
export function isAway(error: unknown): boolean {
  if (networkErrors.has(nameOf(error)) || networkCodes.has(codeOf(error))) return true
  return statusOf(error) >= 500 || /socket hang up/.test(messageOf(error))
}

export function isMissingQueue(error: unknown): boolean {
  return ['QueueDoesNotExist', 'NonExistentQueue'].includes(nameOf(error))
}

/** One line with a code and a hint for whatever AWS answered. Never a secret. */
export function toSqsError(error: unknown, { address, endpoint }: Target): PikkuQueueError {
  if (error instanceof PikkuQueueError) return error
  const fail = (code: ErrorCode, message: string, hint: string) =>
    new PikkuQueueError(code, message, { hint, cause: error })
  const name = nameOf(error)
  const credentials =
    endpoint === undefined
      ? 'Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the AWS profile, or the role of this machine.'
      : 'An emulator takes any: AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any.'
  if (name === 'CredentialsProviderError') {
    return fail(errorCodes.authentication, 'there are no AWS credentials', credentials)
  }
  if (credentialErrors.has(name)) {
    return fail(
      errorCodes.authentication,
      `SQS at ${address} refused the credentials (${name})`,
      credentials,
    )
  }
  if (permissionErrors.has(name)) {
    return fail(
      errorCodes.authentication,
      `SQS at ${address} does not permit it: ${firstLine(messageOf(error))}`,
      'Grant these credentials the action that is named, in their IAM policy.',
    )
  }
  if (/region is missing/i.test(messageOf(error))) return noRegion(error)
  if (isAway(error)) {
    const reason = codeOf(error) || (name === 'Error' ? firstLine(messageOf(error)) : name)
    return fail(
      errorCodes.unreachable,
      `SQS at ${address} cannot be reached (${reason})`,
      'Is the address right, and is there a way to it? It comes from the region, or from SQS_ENDPOINT.',
    )
  }
  return fail(
    errorCodes.providerRefused,
    `SQS at ${address} refused: ${firstLine(messageOf(error)) || name}`,
    'The message above is AWS’s own.',
  )
}

export function noRegion(cause: unknown): PikkuQueueError {
  return new PikkuQueueError(errorCodes.badConnection, 'no AWS region was given', {
    hint: 'Set AWS_REGION, or SQS_QUEUE_URL_PREFIX to https://sqs.<region>.amazonaws.com/<account>/.',
    cause,
  })
}

/** Without the namespaces that emulators and older protocols put before it. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name.replace(/^(AWS\.SimpleQueueService\.|.*#)/, '') : ''
}

function statusOf(error: unknown): number {
  if (!(error instanceof Error && '$metadata' in error)) return 0
  const metadata = error.$metadata
  const status: unknown =
    typeof metadata === 'object' && metadata !== null && Reflect.get(metadata, 'httpStatusCode')
  return typeof status === 'number' ? status : 0
}
