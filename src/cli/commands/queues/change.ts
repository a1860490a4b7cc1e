import type { Contracts } from '../../../runtime/contract.ts'
import { errorCodes, PikkuQueueError } from '../../../runtime/errors.ts'
import type { QueueProvider } from '../../../runtime/provider.ts'
import {
  previewRedrive,
  redrive,
  refuseUnknownQueue,
  type RedrivePreview,
  type RedriveResult,
} from '../../../runtime/redrive.ts'
import { count } from '../../report.ts'
import { confirm, notSupported, type QueuesFlags, say, withQueues } from './open.ts'

const onQueue = (
  queue: string,
  flags: QueuesFlags,
  work: (provider: QueueProvider) => Promise<0 | 1 | 2>,
) =>
  withQueues(flags, (provider, contracts) => {
    refuseUnknownQueue(queue, contracts)
    return work(provider)
  })

/** `pikku queues retry QUEUE ID` */
export const retryJob = (queue: string, id: string, flags: QueuesFlags) =>
  onQueue(queue, flags, async (provider) => {
    if (!provider.retry) throw notSupported(provider, 'retrying a job by hand')
    if (!(await provider.retry(queue, id))) throw noSuchJob(queue, id, 'that failed')
    say(flags, `job ${id} of ${queue} waits again`, { queue, id, retried: 1 })
    return 0
  })

const perPage = 200

/** `pikku queues retry QUEUE --all` */
export const retryAll = (queue: string, flags: QueuesFlags) =>
  onQueue(queue, flags, async (provider) => {
    const list = provider.list?.bind(provider)
    const retry = provider.retry?.bind(provider)
    if (!list || !retry) throw notSupported(provider, 'retrying jobs by hand')
    const failed = (await provider.overview?.(queue))?.counts.failed ?? 0
    const refused = await confirm(flags, `Retry all failed jobs of ${queue} (${failed})?`)
    if (refused !== undefined) return refused
    let retried = 0
    // Those that fail again meanwhile are not retried for ever.
    const before = Date.now()
    for (let skip = 0; ;) {
      const jobs = await list(queue, 'failed', { offset: skip, limit: perPage })
      const old = jobs.filter(({ finishedAt }) => (finishedAt?.getTime() ?? 0) <= before)
      const answers = await Promise.all(old.map(({ id }) => retry(queue, id)))
      const done = answers.filter(Boolean).length
      retried += done
      skip += jobs.length - done
      if (jobs.length < perPage) break
    }
    const sentence = `${count(retried, 'job')} of ${queue} ${retried === 1 ? 'waits' : 'wait'} again`
    say(flags, sentence, { queue, retried })
    return 0
  })

/** `pikku queues remove QUEUE ID` */
export const removeJob = (queue: string, id: string, flags: QueuesFlags) =>
  onQueue(queue, flags, async (provider) => {
    if (!provider.remove) throw notSupported(provider, 'removing a job')
    const refused = await confirm(flags, `Remove job ${id} of ${queue}?`)
    if (refused !== undefined) return refused
    if (!(await provider.remove(queue, id))) throw noSuchJob(queue, id, 'that is not being run')
    say(flags, `job ${id} of ${queue} is removed`, { queue, id, removed: 1 })
    return 0
  })

/** `pikku queues pause QUEUE`, `pikku queues resume QUEUE` */
export const setPaused = (queue: string, paused: boolean, flags: QueuesFlags) =>
  onQueue(queue, flags, async (provider) => {
    if (!provider.pause || !provider.resume) throw notSupported(provider, 'pausing a queue')
    await (paused ? provider.pause(queue) : provider.resume(queue))
    const sentence = paused
      ? `${queue} is paused: its workers finish what they have and take no more`
      : `${queue} goes on`
    say(flags, sentence, { queue, paused })
    return 0
  })

/** `pikku queues drain QUEUE` */
export const drain = (queue: string, flags: QueuesFlags) =>
  onQueue(queue, flags, async (provider) => {
    if (!provider.drain) throw notSupported(provider, 'draining a queue')
    const { waiting = 0, delayed = 0 } = (await provider.overview?.(queue))?.counts ?? {}
    const refused = await confirm(
      flags,
      `Remove what waits in ${queue} (${waiting}) and what is delayed (${delayed})?`,
    )
    if (refused !== undefined) return refused
    const removed = await provider.drain(queue)
    const sentence =
      removed === undefined ? `${queue} is drained` : `${count(removed, 'job')} removed`
    say(flags, sentence, { queue, removed: removed ?? null })
    return 0
  })

export interface RedriveFlags extends QueuesFlags {
  to?: string
  limit?: number
  dryRun?: boolean
}

/** `pikku queues redrive DEAD` */
export const redriveLetters = (from: string, flags: RedriveFlags) =>
  withQueues(flags, async (provider, contracts) => {
    const options = { from, to: flags.to, limit: flags.limit, contracts }
    const preview = await previewRedrive(provider, options)
    if (flags.dryRun) {
      const { waiting, refused } = preview
      const byQueue = preview.byQueue && Object.fromEntries(preview.byQueue)
      const text = [describePreview(preview), ...asideOf(from, waiting, contracts)].join('\n')
      say(flags, text, { from, waiting, byQueue, refused })
      return 0
    }
    const many = Math.min(lettersTo(preview) ?? preview.waiting, flags.limit ?? Infinity)
    if (many > 1) {
      const refused = await confirm(flags, `Redrive ${many} dead letters of ${from}?`)
      if (refused !== undefined) return refused
    }
    const result = await redrive(provider, options)
    const found = result.moved + result.left
    const text = [describeRedrive(result), ...asideOf(from, found, contracts)].join('\n')
    say(flags, text, { from, ...result })
    return 0
  })

/** Of a queue without letters that is nobody's dead letter queue, another one was meant. */
function asideOf(from: string, letters: number, { queues }: Contracts): string[] {
  const known = Object.values(queues).flatMap(({ defaults }) => defaults.deadLetterQueue ?? [])
  if (letters > 0 || known.length === 0 || known.includes(from)) return []
  const names = [...new Set(known)].sort().join(', ')
  return [`  ${from} is the deadLetterQueue of no queue of the project: that is ${names}`]
}

/** How many would go somewhere; undefined where that cannot be told. */
const lettersTo = ({ byQueue }: RedrivePreview): number | undefined =>
  byQueue ? [...byQueue.values()].reduce((sum, letters) => sum + letters, 0) : undefined

function describePreview({ byQueue, refused, waiting }: RedrivePreview): string {
  if (!byQueue) {
    return `about ${waiting} would be redriven, but for those whose payload does not fit their queue`
  }
  const parts = [...byQueue].map(([queue, letters]) => `${letters} to ${queue}`)
  return [
    parts.length === 0 ? 'nothing would be redriven' : `would redrive ${parts.join(', ')}`,
    ...(refused ?? []).map((it) => `  ${it.letters} would stay: ${it.reason}`),
  ].join('\n')
}

function describeRedrive({ moved, left, refused }: RedriveResult): string {
  const others = refused.reduce((rest, { letters }) => rest - letters, left)
  return [
    `${count(moved, 'job')} redriven${left === 0 ? '' : `, ${left} left`}`,
    ...refused.map(({ letters, reason }) => `  ${letters} left: ${reason}`),
    ...(others > 0 ? [`  ${others} left: they name no other queue of the project (try --to)`] : []),
  ].join('\n')
}

function noSuchJob(queue: string, id: string, what: string): PikkuQueueError {
  return new PikkuQueueError(errorCodes.jobNotFound, `queue "${queue}" has no job ${id} ${what}`, {
    hint: `\`npx pikku queues show ${queue}\` lists its jobs.`,
  })
}
