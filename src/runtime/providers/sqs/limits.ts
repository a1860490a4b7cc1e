/**
 * What SQS takes.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
 */
export const mostPerBatch = 10
/** Of one message, and of all messages of a batch: body, and names, types and values of attributes. */
export const mostBytes = 1_048_576
export const mostAttributes = 10
export const mostDelaySeconds = 900
export const mostWaitSeconds = 20
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

/** How a message waits until it is due. */
export type Wait =
  | { by: 'visibility'; seconds: number }
  /**
   * In a copy that is sent with a delay. Where that is too short, the copy is received once before it
   * is due, to be hidden again: `early` of its receives are no attempts.
   */
  | { by: 'copy'; delaySeconds: number; early: 0 | 1 }

/** How a message waits that was received `heldMs` ago. */
export function planWait(delayMs: number, heldMs: number): Wait {
  const seconds = Math.ceil(delayMs / 1000)
  if (seconds <= visibilityLeft(heldMs)) return { by: 'visibility', seconds }
  return {
    by: 'copy',
    delaySeconds: toDelaySeconds(delayMs),
    early: seconds > mostDelaySeconds ? 1 : 0,
  }
}
