import { createHash } from 'node:crypto'
import type {
  Message,
  MessageAttributeValue,
  SendMessageBatchRequestEntry,
} from '@aws-sdk/client-sqs'
import { mostAttributes, mostBytes } from './limits.ts'
import { annotate, noteOf } from '../../envelope.ts'
import type { JsonValue } from '../../types.ts'
import { type Meta, metaAttribute, metaNote, readMeta, toAllowedText, toMeta } from './meta.ts'

export type Attributes = Record<string, MessageAttributeValue>

/** A message on its way to SQS. */
export interface Outgoing {
  body: string
  attributes: Attributes
  delaySeconds: number
  group: string | undefined
  deduplicationId: string | undefined
  /** What SQS counts of it. */
  bytes: number
}

/** A message as it was received. */
export interface Incoming {
  messageId: string
  receiptHandle: string
  /** As it is in the queue. */
  body: string
  /** What the body is as JSON; text that is none stays text, and the core says that it does not fit. */
  data: unknown
  meta: Meta
  /** Attributes of other software. */
  foreign: Attributes
  group: string | undefined
  /** Of this message, this receive included. A copy begins anew. */
  receiveCount: number
  sentAt: Date
  /** The queue that SQS itself moved it from, when its redrive policy did. */
  movedFrom: string | undefined
}

interface OutgoingOptions {
  foreign?: Attributes
  delaySeconds?: number
  group?: string | undefined
  deduplicationId?: string | undefined
}

/** A new job: what is ours goes into its envelope, where it has one. */
export function toNewMessage(
  data: JsonValue,
  meta: Pick<Meta, 'queue' | 'id' | 'attempts'>,
  options: OutgoingOptions,
): Outgoing {
  const noted = annotate(data, metaNote, { ...meta })
  return noted === undefined
    ? toOutgoing(toAllowedText(data), meta, options)
    : toOutgoing(toAllowedText(noted), undefined, options)
}

/** @param meta in an attribute, which counts instead of what the body may say. */
export function toOutgoing(
  body: string,
  meta: Meta | undefined,
  options: OutgoingOptions = {},
): Outgoing {
  const { foreign = {}, delaySeconds = 0, group, deduplicationId } = options
  const own = meta && { DataType: 'String', StringValue: toAllowedText(meta) }
  const others = Object.entries(foreign).slice(0, mostAttributes - 1)
  const attributes = { ...Object.fromEntries(others), ...(own && { [metaAttribute]: own }) }
  const bytes = Buffer.byteLength(body) + attributeBytes(attributes)
  return { body, attributes, delaySeconds, group, deduplicationId, bytes }
}

export function fits({ bytes }: Outgoing): boolean {
  return bytes <= mostBytes
}

export function toEntry(message: Outgoing, id: string): SendMessageBatchRequestEntry {
  const { body, attributes, delaySeconds, group, deduplicationId } = message
  return {
    Id: id,
    MessageBody: body,
    ...(Object.keys(attributes).length > 0 && { MessageAttributes: attributes }),
    // Without a delay of its own a message has the queue's.
    ...(delaySeconds > 0 && { DelaySeconds: delaySeconds }),
    ...(group !== undefined && { MessageGroupId: group }),
    ...(deduplicationId !== undefined && { MessageDeduplicationId: deduplicationId }),
  }
}

/** Undefined when it is none: an answer that holds nothing to hold on to. */
export function readMessage(message: Message): Incoming | undefined {
  const { MessageId, ReceiptHandle, Body = '', Attributes: system = {} } = message
  if (MessageId === undefined || ReceiptHandle === undefined) return undefined
  const { [metaAttribute]: own, ...foreign } = message.MessageAttributes ?? {}
  const data = readBody(Body)
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    data,
    meta:
      own?.StringValue === undefined ? toMeta(noteOf(data, metaNote)) : readMeta(own.StringValue),
    foreign,
    group: system.MessageGroupId,
    receiveCount: Number(system.ApproximateReceiveCount ?? 1),
    sentAt: new Date(Number(system.SentTimestamp ?? Date.now())),
    movedFrom: system.DeadLetterQueueSourceArn?.split(':').at(-1),
  }
}

export function readBody(body: string): unknown {
  try {
    return JSON.parse(body) as unknown
  } catch {
    return body
  }
}

/** A UUID that is always the same for the message, for what is made of it: a copy, a dead letter. */
export function deriveId(queue: string, messageId: string): string {
  const hex = createHash('sha256').update(`${queue}\n${messageId}`).digest('hex')
  // Version 8: by a scheme of our own.
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
  ]
  return [...parts, hex.slice(20, 32)].join('-')
}

/** What SQS remembers a caller's id by: itself where SQS takes it, or its hash. */
export function toDeduplicationId(id: string): string {
  return /^[!-~]{1,128}$/.test(id) ? id : createHash('sha256').update(id).digest('hex')
}

function attributeBytes(attributes: Attributes): number {
  let bytes = 0
  for (const [name, { DataType = '', StringValue = '', BinaryValue }] of Object.entries(
    attributes,
  )) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(DataType)
    bytes += Buffer.byteLength(StringValue) + (BinaryValue?.byteLength ?? 0)
  }
  return bytes
}
