/**
 * What SQS takes.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
 */
export const mostPerBatch = 10
/** Of one message, and of all messages of a batch: body, and names, types and values of attributes. */
export const mostBytes = 1_048_576
export const mostAttributes = 10
export const mostDelaySeconds = 900
export const mostReceives = 1_000
/** Twelve hours from the receive, whatever is added later. */
export const mostVisibilitySeconds = 43_200
/** The receive's reply took its time to us, and the request will take its own. */
const marginSeconds = 10

export function toDelaySeconds(delayMs: number): number {
  return Math.min(mostDelaySeconds, Math.ceil(delayMs / 1000))
}

/** Whole seconds for which a message may still be hidden that was received `heldMs` ago. */
export function visibilityLeft(heldMs: number): number {
  return Math.max(0, Math.floor(mostVisibilitySeconds - marginSeconds - heldMs / 1000))
}
