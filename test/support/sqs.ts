import { inject } from 'vitest'
import type { SqsConnection } from '../../src/runtime/providers/sqs/index.ts'

/** The run's SQS. Shared by all test files: use queues of your own names. */
export function sqsConnection(): SqsConnection & { endpoint: string } {
  return {
    endpoint: inject('sqsEndpoint'),
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  }
}
