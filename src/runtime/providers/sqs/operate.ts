import { errorCodes, PikkuQueueError } from '../../errors.ts'
import type { QueueOverview } from '../../provider.ts'
import type { Api } from './api.ts'
import { nameOf } from './connection-errors.ts'
import type { Queue } from './queues.ts'

const counted = {
  waiting: 'ApproximateNumberOfMessages',
  // Those that wait for their next attempt are hidden as well.
  active: 'ApproximateNumberOfMessagesNotVisible',
  delayed: 'ApproximateNumberOfMessagesDelayed',
} as const

/** What SQS says of it, which is about right. How old the oldest message is, only CloudWatch knows. */
export async function lookOver(api: Api, { url }: Queue): Promise<QueueOverview> {
  const attributes = await api.readAttributes(url, Object.values(counted))
  const count = (status: keyof typeof counted) => Number(attributes[counted[status]] ?? 0)
  return {
    counts: { waiting: count('waiting'), active: count('active'), delayed: count('delayed') },
    paused: false,
  }
}

/** All of it, at once: SQS does not say how much that was, and takes what is being run with it. */
export async function drainQueue(api: Api, { name, url }: Queue): Promise<undefined> {
  try {
    await api.purge(url)
  } catch (error) {
    if (nameOf(error) !== 'PurgeQueueInProgress') throw error
    throw new PikkuQueueError(
      errorCodes.providerRefused,
      `queue "${name}" was emptied within the last minute, and SQS does not do it again so soon`,
      { hint: 'Try again in a minute.', cause: error },
    )
  }
}
