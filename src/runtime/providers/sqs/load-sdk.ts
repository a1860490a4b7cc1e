import type * as AwsSdk from '@aws-sdk/client-sqs'
import { errorCodes, PikkuQueueError } from '../../errors.ts'

export type Sdk = typeof AwsSdk

/**
 * Loads the AWS SDK, which is installed only where it is used.
 * @throws PikkuQueueError PKQ603 when it is not installed.
 */
export async function loadSdk(): Promise<Sdk> {
  try {
    return await import('@aws-sdk/client-sqs')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) {
      throw error
    }
    throw new PikkuQueueError(
      errorCodes.missingPackage,
      'the package "@aws-sdk/client-sqs" is not installed',
      { hint: 'Run: npm install @aws-sdk/client-sqs', cause: error },
    )
  }
}
