import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import type { JsonSchema } from '../../../src/runtime/contract.ts'
import { createDefinitions } from '../../../src/runtime/define.ts'
import {
  createLambdaHandler,
  type LambdaDefinition,
  type LambdaHandler,
  type SqsEvent,
  type SqsRecord,
} from '../../../src/runtime/lambda/index.ts'
import { createRegistry } from '../../../src/runtime/registry.ts'
import type { Logger, QueueInteraction, WorkerConfig } from '../../../src/runtime/types.ts'
import { listeningLogger } from '../../support/provider-work.ts'
import { sqsConnection } from '../../support/sqs.ts'

/** A queue of SQS that is mapped to a function: what Lambda does, against a real queue. */
export class EventSource {
  readonly name: string
  readonly #client: SQSClient
  readonly #url: string

  private constructor(name: string, client: SQSClient, url: string) {
    this.name = name
    this.#client = client
    this.#url = url
  }

  static async create(client: SQSClient, name: string): Promise<EventSource> {
    const fifo = name.endsWith('.fifo') && { FifoQueue: 'true' }
    const command = new CreateQueueCommand({
      QueueName: name,
      Attributes: { VisibilityTimeout: '60', ...fifo },
    })
    return new EventSource(name, client, (await client.send(command)).QueueUrl ?? '')
  }

  async destroy(): Promise<void> {
    await this.#client.send(new DeleteQueueCommand({ QueueUrl: this.#url }))
  }

  /** @param messages bodies, and what the `pikku` attribute of each says. */
  async send(messages: readonly { body: unknown; meta?: object; group?: string }[]) {
    await this.#client.send(
      new SendMessageBatchCommand({
        QueueUrl: this.#url,
        Entries: messages.map(({ body, meta, group }, index) => ({
          Id: String(index),
          MessageBody: typeof body === 'string' ? body : JSON.stringify(body),
          ...(meta && {
            MessageAttributes: {
              pikku: { DataType: 'String', StringValue: JSON.stringify(meta) },
            },
          }),
          ...(group !== undefined && {
            MessageGroupId: group,
            MessageDeduplicationId: crypto.randomUUID(),
          }),
        })),
      }),
    )
  }

  /** Until it has so many; fewer where no more come. */
  async receive(count: number): Promise<SqsEvent> {
    const records: SqsRecord[] = []
    while (records.length < count) {
      const { Records: some } = await this.receiveSome()
      if (some.length === 0) break
      records.push(...some)
    }
    return { Records: records }
  }

  /** What one receive brings; nothing after the seconds. */
  async receiveSome(waitSeconds = 5): Promise<SqsEvent> {
    const { Messages = [] } = await this.#client.send(
      new ReceiveMessageCommand({
        QueueUrl: this.#url,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: waitSeconds,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    )
    return { Records: Messages.map((message) => toRecord(message, this.name)) }
  }

  async delete(records: readonly SqsRecord[]): Promise<void> {
    if (records.length === 0) return
    await this.#client.send(
      new DeleteMessageBatchCommand({
        QueueUrl: this.#url,
        Entries: records.map(({ receiptHandle }, index) => ({
          Id: String(index),
          ReceiptHandle: receiptHandle,
        })),
      }),
    )
  }

  /** One invocation: receives, calls, and deletes what was not returned. */
  async invoke(
    handler: LambdaHandler,
    { count = 1, remainingMs = 20_000 } = {},
  ): Promise<{ event: SqsEvent; returned: number[]; tookMs: number }> {
    const event = await this.receive(count)
    const startedAt = performance.now()
    const returned = await returnedBy(handler, event, remainingMs)
    const tookMs = performance.now() - startedAt
    await this.delete(event.Records.filter((_record, index) => !returned.includes(index)))
    return { event, returned, tookMs }
  }
}

/** The records that the handler returns, by their place in the event. */
export async function returnedBy(
  handler: LambdaHandler,
  event: SqsEvent,
  remainingMs = 20_000,
): Promise<number[]> {
  const end = performance.now() + remainingMs
  const { batchItemFailures } = await handler(event, {
    getRemainingTimeInMillis: () => end - performance.now(),
  })
  const ids = event.Records.map(({ messageId }) => messageId)
  return batchItemFailures
    .map(({ itemIdentifier }) => ids.indexOf(itemIdentifier))
    .sort((a, b) => a - b)
}

/** A message as Lambda hands it on: other spellings, and binary values as base64. */
function toRecord(message: Message, queue: string): SqsRecord {
  const { MessageId = '', ReceiptHandle = '', Body = '', Attributes = {} } = message
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    attributes: Attributes,
    messageAttributes: Object.fromEntries(
      Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [
        name,
        {
          dataType: value.DataType ?? '',
          stringValue: value.StringValue,
          binaryValue: value.BinaryValue && Buffer.from(value.BinaryValue).toString('base64'),
        },
      ]),
    ),
    eventSourceARN: `arn:aws:sqs:us-east-1:000000000000:${queue}`,
  }
}

const nothing: JsonSchema = { type: 'null', 'x-type': 'undefined' }

export interface Wired {
  queue: string
  config?: WorkerConfig
  input?: JsonSchema
  body: (data: unknown, queue: QueueInteraction) => unknown
}

/** The handler of a function that the queues' functions are bundled in. */
export function handlerOf(
  wired: readonly Wired[],
  options: Partial<LambdaDefinition> & { logger?: Logger } = {},
): LambdaHandler {
  const { logger = listeningLogger(), ...definition } = options
  const registry = createRegistry()
  const { wireQueueWorker } = createDefinitions<object>(registry)
  for (const { queue, config, body } of wired) {
    wireQueueWorker({
      queue,
      config,
      func: {
        func: (_services, data, { queue: interaction }) => {
          if (!interaction) throw new Error('no queue')
          return body(data, interaction)
        },
      },
    })
  }
  return createLambdaHandler({
    contracts: {
      queues: Object.fromEntries(
        wired.map(({ queue, input = {} }) => [queue, { input, output: nothing, defaults: {} }]),
      ),
      $defs: {},
    },
    createSingletonServices: () => ({ logger }),
    connection: sqsConnection(),
    registry,
    ...definition,
  })
}
