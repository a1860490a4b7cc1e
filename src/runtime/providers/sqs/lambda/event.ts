import type { Message, MessageAttributeValue } from '@aws-sdk/client-sqs'
import { type Incoming, readMessage } from '../message.ts'

/** What AWS Lambda hands to a function whose event source is a queue of SQS. */
export interface SqsEvent {
  Records: SqsRecord[]
}

/** One message, as Lambda has received it. */
export interface SqsRecord {
  messageId: string
  receiptHandle: string
  body: string
  attributes: {
    ApproximateReceiveCount?: string
    SentTimestamp?: string
    MessageGroupId?: string
    DeadLetterQueueSourceArn?: string
  }
  messageAttributes: Record<string, SqsRecordAttribute>
  /** Of the queue: `arn:aws:sqs:eu-west-1:123456789012:email`. */
  eventSourceARN: string
}

export interface SqsRecordAttribute {
  dataType: string
  stringValue?: string | undefined
  /** In base64. */
  binaryValue?: string | undefined
}

/** The messages that Lambda must not delete; it deletes all others of the batch. */
export interface SqsBatchResponse {
  batchItemFailures: { itemIdentifier: string }[]
}

/** The queue's name as SQS has it: the last part of the ARN. */
export function queueOf({ eventSourceARN }: SqsRecord): string {
  return eventSourceARN.split(':').at(-1) ?? ''
}

export function readRecord(record: SqsRecord): Incoming | undefined {
  const { messageId, receiptHandle, body, attributes, messageAttributes } = record
  const message: Message = {
    MessageId: messageId,
    ReceiptHandle: receiptHandle,
    Body: body,
    Attributes: { ...attributes },
    MessageAttributes: Object.fromEntries(
      Object.entries(messageAttributes).map(([name, value]) => [name, toAttribute(value)]),
    ),
  }
  return readMessage(message)
}

function toAttribute(attribute: SqsRecordAttribute): MessageAttributeValue {
  const { dataType, stringValue, binaryValue } = attribute
  return {
    DataType: dataType,
    ...(stringValue !== undefined && { StringValue: stringValue }),
    ...(binaryValue !== undefined && { BinaryValue: Buffer.from(binaryValue, 'base64') }),
  }
}
