import { randomBytes } from 'node:crypto'
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { onTestFinished } from 'vitest'
import type {
  ConsumeOptions,
  DeliveredJob,
  OutgoingJob,
  Outcome,
  QueueDeclaration,
} from '../../../src/runtime/provider.ts'
import type { SqsConnection } from '../../../src/runtime/providers/sqs/index.ts'
import { SqsProvider } from '../../../src/runtime/providers/sqs/sqs-provider.ts'
import type { Logger } from '../../../src/runtime/types.ts'
import {
  declaration as declareQueue,
  listeningLogger,
  sendOne as sendOneTo,
  until,
  work as workOn,
} from '../../support/provider-work.ts'
import { sqsConnection } from '../../support/sqs.ts'
import { type SqsAnswer, type SqsProxy, startSqsProxy } from '../../support/sqs-proxy.ts'

export {
  dead,
  done,
  idOf,
  job,
  listeningLogger,
  until,
  type Work,
} from '../../support/provider-work.ts'

/** A name that nothing else uses. */
export function queueName(suffix = ''): string {
  return `test-${randomBytes(6).toString('hex')}${suffix}`
}

export const declaration = (name: string, over: Partial<QueueDeclaration> = {}) =>
  declareQueue(name, { visibilityTimeoutSeconds: 30, ...over })

export interface OpenOptions {
  queues: QueueDeclaration[]
  role?: 'worker' | 'producer'
  connection?: SqsConnection
  logger?: Logger
}

/** An open provider that creates its queues, closed when the test has finished. */
export async function openProvider(options: OpenOptions): Promise<SqsProvider> {
  const { queues, role = 'worker', connection, logger = listeningLogger() } = options
  const provider = new SqsProvider({
    connection: { ...sqsConnection(), createQueues: true, ...connection },
    role,
    logger,
  })
  onTestFinished(() => provider.close(5_000))
  await provider.open(queues)
  return provider
}

/** A proxy before the run's SQS, and a provider behind it. */
export async function openBehindProxy(
  options: OpenOptions,
): Promise<{ provider: SqsProvider; proxy: SqsProxy }> {
  const proxy = await startSqsProxy(sqsConnection().endpoint)
  // Closed after the provider.
  onTestFinished(() => proxy.close())
  const connection = { endpoint: proxy.url, ...options.connection }
  return { provider: await openProvider({ ...options, connection }), proxy }
}

export const sendOne = (provider: SqsProvider, queue: string, over: Partial<OutgoingJob> = {}) =>
  sendOneTo(provider, over, queue)

export const released: Outcome = { type: 'released', delayMs: 0 }
export const retry = (delayMs = 0): Outcome => ({ type: 'retry', error, delayMs })
const error = { name: 'Error', message: 'not yet' }

/** Every entry failed, and it is not the sender's fault. */
export const unwell = (entries: { Id: string }[] = []): SqsAnswer => ({
  status: 200,
  body: {
    Successful: [],
    Failed: entries.map(({ Id }) => ({ Id, SenderFault: false, Code: 'InternalError' })),
  },
})

/** Consumes, and remembers what was delivered and how many ran at once. */
export const work = (
  provider: SqsProvider,
  queue: string,
  run?: (job: DeliveredJob) => Outcome | Promise<Outcome>,
  over: Partial<ConsumeOptions> = {},
) => {
  const options = { pollIntervalMs: 100, visibilityTimeoutSeconds: 30, drainDelaySeconds: 1 }
  return workOn(provider, run, { ...options, ...over }, queue)
}

/** Another program that uses the same SQS, and knows nothing of us. */
export class Stranger {
  readonly #client = new SQSClient(sqsConnection())

  constructor() {
    onTestFinished(() => this.#client.destroy())
  }

  async url(queue: string): Promise<string> {
    const { QueueUrl = '' } = await this.#client.send(new GetQueueUrlCommand({ QueueName: queue }))
    return QueueUrl
  }

  async create(queue: string, attributes: Record<string, string> = {}): Promise<void> {
    await this.#client.send(new CreateQueueCommand({ QueueName: queue, Attributes: attributes }))
  }

  async send(
    queue: string,
    body: string,
    attributes: Record<string, MessageAttributeValue> = {},
  ): Promise<string> {
    const { MessageId = '' } = await this.#client.send(
      new SendMessageCommand({
        QueueUrl: await this.url(queue),
        MessageBody: body,
        MessageAttributes: attributes,
      }),
    )
    return MessageId
  }

  async receive(queue: string, visibilitySeconds = 30) {
    const { Messages = [] } = await this.#client.send(
      new ReceiveMessageCommand({
        QueueUrl: await this.url(queue),
        MaxNumberOfMessages: 10,
        VisibilityTimeout: visibilitySeconds,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    )
    return Messages
  }

  async attributes(queue: string): Promise<Partial<Record<string, string>>> {
    const { Attributes = {} } = await this.#client.send(
      new GetQueueAttributesCommand({
        QueueUrl: await this.url(queue),
        AttributeNames: ['All'],
      }),
    )
    return Attributes
  }

  /** Waiting, hidden and delayed. */
  async counts(queue: string): Promise<[number, number, number]> {
    const attributes = await this.attributes(queue)
    const count = (name: string) => Number(attributes[`ApproximateNumberOfMessages${name}`])
    return [count(''), count('NotVisible'), count('Delayed')]
  }

  /** Waits until nothing is left in the queue. */
  async untilEmpty(queue: string): Promise<void> {
    await until(async () => {
      const counts = await this.counts(queue)
      return counts.every((count) => count === 0)
    }, `queue ${queue} to be empty`)
  }
}
