import { readOrigin } from '../../job-origin.ts'
import type { JobOrigin, JsonValue } from '../../types.ts'

/** The one message attribute of ours. Its value is JSON, and every part of it may be missing. */
export const metaAttribute = 'pikku'
/** Where the same is in the envelope: the SDK takes longer over an attribute than over the rest. */
export const metaNote = 'sqs'

/**
 * What a message carries beside its body. A message without it is a whole job; producers in other
 * languages may set what they want to say, such as `{ "attempts": 5 }`.
 */
export interface Meta {
  /** The queue it was written for: SQS itself may have moved it to another. */
  queue?: string
  /** The job's id. Default: the message's own, which a copy does not keep. */
  id?: string
  /** Total runs. Default: as the queue declares. */
  attempts?: number
  /** Runs before this copy of the message was made; its receives count on. Default 0. */
  attemptsMade?: number
  /** When the job was added. Default: when the message was sent. */
  createdAt?: Date
  /** The copy is received once before this time, only to be hidden again. */
  notBefore?: Date
  /** Of a dead letter: the job it was. */
  origin?: JobOrigin
}

/** Of the attribute's value. */
export function readMeta(text: string | undefined): Meta {
  return toMeta(parse(text ?? 'null'))
}

/** Takes what is right of it. Hostile parts are left out, not believed. */
export function toMeta(value: unknown): Meta {
  const parts: Partial<Record<keyof Meta, unknown>> = isObject(value) ? value : {}
  const meta: Meta = {}
  const { queue, id, attempts, attemptsMade } = parts
  if (isText(queue)) meta.queue = queue
  if (isText(id)) meta.id = id
  if (isCount(attempts) && attempts > 0) meta.attempts = attempts
  if (isCount(attemptsMade)) meta.attemptsMade = attemptsMade
  const [createdAt, notBefore] = [parts.createdAt, parts.notBefore].map(readDate)
  if (createdAt) meta.createdAt = createdAt
  if (notBefore) meta.notBefore = notBefore
  const origin = readOrigin(parts.origin)
  if (origin) meta.origin = origin
  return meta
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function readDate(value: unknown): Date | undefined {
  const date = typeof value === 'string' ? new Date(value) : undefined
  return date && !Number.isNaN(date.getTime()) ? date : undefined
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length >= 1 && value.length <= 255
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 100_000
}

/**
 * As text for a body or an attribute. SQS refuses U+FFFE and U+FFFF, and emulators what takes two
 * units of UTF-16: both go as JSON's escapes.
 */
export function toAllowedText(value: JsonValue | Meta): string {
  return JSON.stringify(value).replace(
    /[\uD800-\uDFFF\uFFFE\uFFFF]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16)}`,
  )
}
