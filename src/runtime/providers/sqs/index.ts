import type { CreateProvider } from '../../provider.ts'
import type { SqsConnection } from './connection.ts'
import { SqsProvider } from './sqs-provider.ts'

export type { SqsConnection } from './connection.ts'

/**
 * The provider on AWS SQS. Region, endpoint and credentials come from the connection, else from
 * SQS_ENDPOINT, SQS_QUEUE_URL_PREFIX and the SDK's own chain (environment, profile, role).
 * @throws PikkuQueueError PKQ605 when an endpoint or a prefix is no URL.
 */
export const createProvider: CreateProvider<SqsConnection, 'sqs'> = (options) =>
  new SqsProvider(options)
