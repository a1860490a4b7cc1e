import type { JobError, JobOrigin } from '../../types.ts'
import type { Claim } from './claims.ts'
import { noteOf } from '../../envelope.ts'
import { deriveId, fits, type Incoming, type Outgoing, toOutgoing } from './message.ts'
import { type Meta, metaNote, toMeta } from './meta.ts'
import type { Queue } from './queues.ts'

const longestMessage = 1_000

/**
 * The dead letter of a job: its payload as it is, and where it comes from. It has to fit, so what does
 * not is left out: stacks first, then attributes of other software, then the error, then all but the
 * payload.
 */
export function toDeadLetter(
  from: Queue,
  to: Queue,
  { message, id }: Claim,
  attemptsMade: number,
  error: JobError,
): Outgoing {
  const { body, foreign, group, messageId } = message
  const letterId = deriveId(from.name, messageId)
  const origin: JobOrigin = { queueName: from.name, jobId: id, attemptsMade, error }
  const options = {
    group,
    ...(to.isFifo && { deduplicationId: letterId }),
  }
  const withOrigin = (of: JobOrigin): Meta => ({ queue: to.name, id: letterId, origin: of })
  const brief = { ...origin, error: shorten(error) }
  const whole = toOutgoing(body, withOrigin(origin), { ...options, foreign })
  if (fits(whole)) return whole
  const candidates = [
    toOutgoing(body, withOrigin(brief), { ...options, foreign }),
    toOutgoing(body, withOrigin(brief), options),
    toOutgoing(body, withOrigin({ ...origin, error: null }), options),
  ]
  return candidates.find(fits) ?? toOutgoing(body, undefined, options)
}

function shorten({ name, message, code, cause }: JobError): JobError {
  return {
    name: name.slice(0, longestMessage),
    message: message.slice(0, longestMessage),
    ...(code !== undefined && { code: code.slice(0, longestMessage) }),
    ...(cause && { cause: shorten(cause) }),
  }
}

/**
 * The copy of a message for which what tells of it is too large: a job of this queue and no more.
 * Undefined where that is too large as well, or the body says that it is another's.
 */
export function toLesserCopy(
  queue: Pick<Queue, 'name'>,
  { body, data }: Pick<Incoming, 'body' | 'data'>,
  options: Parameters<typeof toOutgoing>[2],
): Outgoing | undefined {
  const said = toMeta(noteOf(data, metaNote)).queue ?? queue.name
  const copies = [
    toOutgoing(body, { queue: queue.name }, options),
    ...(said === queue.name ? [toOutgoing(body, undefined, options)] : []),
  ]
  return copies.find(fits)
}

/**
 * What a message is here that SQS itself moved into this queue (or somebody by hand); undefined for
 * one that was sent to it. Its receives of elsewhere may be counted on, so a copy takes its place.
 */
export function adopt(queue: Queue, { message }: Pick<Claim, 'message'>): Meta | undefined {
  const { meta, movedFrom, messageId, receiveCount } = message
  const source = meta.queue ?? movedFrom
  const isStranger = meta.queue !== undefined && meta.queue !== queue.name
  if (!isStranger && movedFrom === undefined) return undefined
  // A dead letter that was sent back to where it had failed, or a job that came back.
  if (meta.origin?.queueName === queue.name) return { queue: queue.name, id: meta.origin.jobId }
  if (source === undefined || source === queue.name) {
    const { attempts, origin } = meta
    return {
      queue: queue.name,
      id: meta.id ?? messageId,
      ...(attempts !== undefined && { attempts }),
      ...(origin && { origin }),
    }
  }
  return {
    queue: queue.name,
    id: deriveId(queue.name, messageId),
    origin: {
      queueName: source,
      jobId: meta.id ?? messageId,
      attemptsMade: Math.max(0, (meta.attemptsMade ?? 0) + receiveCount - 1),
      // SQS does not say.
      error: null,
    },
  }
}
