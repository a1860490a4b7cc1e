import { errorCodes, PikkuQueueError } from '../../errors.ts'
import type { QueueDeclaration } from '../../provider.ts'
import type { Logger } from '../../types.ts'
import type { Api } from './api.ts'
import type { Target } from './connection.ts'
import { isMissingQueue } from './connection-errors.ts'
import { fifoSlack } from './attempts.ts'
import { mostReceives } from './limits.ts'
import { missingQueue, type Queue, type Queues } from './queues.ts'

/** When SQS itself moves a message: the net under workers that die before they can. */
export interface RedrivePolicy {
  targetArn: string
  maxReceiveCount: number
}

const queuesAtOnce = 16

/**
 * Makes sure that the queues are there, and that SQS's own redrive policies do not get in the way.
 * Returns the queues by name, dead letter queues included.
 * @throws PikkuQueueError PKQ402 for a missing queue, PKQ406 for a dead letter queue of the wrong kind.
 */
export async function prepareQueues(
  declarations: readonly QueueDeclaration[],
  parts: { api: Api; queues: Queues; target: Target; logger: Logger },
): Promise<Map<string, Queue>> {
  const found = new Map<string, Queue>()
  for (let start = 0; start < declarations.length; start += queuesAtOnce) {
    const some = declarations.slice(start, start + queuesAtOnce)
    const queues = await Promise.all(some.map((declaration) => prepare(declaration, parts)))
    for (const [queue, letters] of queues) {
      found.set(queue.name, queue)
      // Declared itself, it is known better.
      if (letters && !found.has(letters.name)) found.set(letters.name, letters)
    }
  }
  return found
}

async function prepare(
  declaration: QueueDeclaration,
  { api, queues, target, logger }: Parameters<typeof prepareQueues>[1],
): Promise<[queue: Queue, letters: Queue | undefined]> {
  const { name, deadLetterQueue } = declaration
  const queue = await queues.find(name)
  const letters = deadLetterQueue === undefined ? undefined : await queues.find(deadLetterQueue)
  if (letters && letters.isFifo !== queue.isFifo) throw wrongKind(queue, letters)

  const read = async (of: Queue, attribute: 'RedrivePolicy' | 'QueueArn') => {
    try {
      return (await api.readAttributes(of.url, [attribute]))[attribute]
    } catch (error) {
      throw isMissingQueue(error) ? missingQueue(of.name, target, error) : error
    }
  }
  const policy = readPolicy(await read(queue, 'RedrivePolicy'))
  const lettersArn = letters && (await read(letters, 'QueueArn'))
  if (lettersArn !== undefined && !policy && target.createQueues) {
    await api.writeAttributes(queue.url, { RedrivePolicy: toPolicy(declaration, lettersArn) })
    return [{ ...queue, mostReceives: wantedReceives(declaration.attempts) }, letters]
  }
  const verdict = judgePolicy(declaration, policy, lettersArn)
  if (verdict) logger.warn(`queue ${name}: ${verdict.problem}; ${verdict.hint}`)
  return [policy ? { ...queue, mostReceives: policy.maxReceiveCount } : queue, letters]
}

/** What is wrong with the policy that a queue has, and what to do; null when it is as it should be. */
export function judgePolicy(
  declaration: QueueDeclaration,
  policy: RedrivePolicy | undefined,
  lettersArn: string | undefined,
): { problem: string; hint: string } | null {
  const { name, attempts, deadLetterQueue } = declaration
  if (!policy) {
    if (lettersArn === undefined) return null
    return {
      problem:
        'it has no redrive policy, so a job whose workers die while they give it up stays in it',
      hint: `set RedrivePolicy to ${toPolicy(declaration, lettersArn)}, or start once with --create-queues`,
    }
  }
  const needed = fewestReceives(name, attempts)
  if (policy.maxReceiveCount < needed) {
    return {
      problem:
        `its redrive policy takes jobs away after ${policy.maxReceiveCount} receives, and ` +
        `${attempts} attempts need ${needed}`,
      hint: `set maxReceiveCount to ${wantedReceives(attempts)}`,
    }
  }
  const target = policy.targetArn.split(':').at(-1) ?? ''
  if (lettersArn === undefined) {
    return {
      problem:
        'it has a redrive policy, but no deadLetterQueue in its config: jobs that fail for good are deleted',
      hint: `set deadLetterQueue to '${target}'`,
    }
  }
  if (policy.targetArn !== lettersArn) {
    return {
      problem: `its redrive policy leads to "${target}", and not to its deadLetterQueue`,
      hint: `lead it to "${deadLetterQueue ?? ''}", or set deadLetterQueue to '${target}'`,
    }
  }
  return null
}

export function readPolicy(text: string | undefined): RedrivePolicy | undefined {
  try {
    const policy: unknown = JSON.parse(text ?? 'null')
    if (typeof policy !== 'object' || policy === null) return undefined
    const { deadLetterTargetArn, maxReceiveCount }: Partial<Record<string, unknown>> = { ...policy }
    if (typeof deadLetterTargetArn !== 'string') return undefined
    // SQS answers with a number, and takes text as well.
    return { targetArn: deadLetterTargetArn, maxReceiveCount: Number(maxReceiveCount) }
  } catch {
    return undefined
  }
}

function toPolicy({ attempts }: QueueDeclaration, lettersArn: string): string {
  return JSON.stringify({
    deadLetterTargetArn: lettersArn,
    maxReceiveCount: wantedReceives(attempts),
  })
}

/** A job that used its attempts up in crashes is received once more, to be given up. */
function fewestReceives(queue: string, attempts: number): number {
  return attempts + 1 + (queue.endsWith('.fifo') ? fifoSlack : 0)
}

/** Receives whose reply was lost count as well. */
function wantedReceives(attempts: number): number {
  return Math.min(mostReceives, attempts + 20)
}

function wrongKind(queue: Queue, letters: Queue): PikkuQueueError {
  const kind = queue.isFifo ? 'a FIFO queue' : 'no FIFO queue'
  return new PikkuQueueError(
    errorCodes.invalidOption,
    `queue "${queue.name}" is ${kind}, so its deadLetterQueue "${letters.name}" has to be ${kind} too`,
    {
      hint: 'SQS redrives between queues of one kind only; .fifo at the end of the name makes it.',
    },
  )
}
