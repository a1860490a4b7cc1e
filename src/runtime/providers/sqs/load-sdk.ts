import type * as AwsSdk from '@aws-sdk/client-sqs'
import { importFailure } from '../../missing-package.ts'

export type Sdk = typeof AwsSdk

/**
 * Loads the AWS SDK, which is installed only where it is used.
 * @throws PikkuQueueError PKQ603 when it is not installed.
 */
export async function loadSdk(): Promise<Sdk> {
  try {
    return await import('@aws-sdk/client-sqs')
  } catch (error) {
    throw importFailure('sqs', '@aws-sdk/client-sqs', error)
  }
}
