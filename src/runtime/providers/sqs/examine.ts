import { errorCodes, PikkuQueueError } from '../../errors.ts'
import { error, namesOf, ok, warning } from '../../findings.ts'
import type { Finding, QueueDeclaration } from '../../provider.ts'
import type { Api } from './api.ts'
import type { Target } from './connection.ts'
import { isMissingQueue, toSqsError } from './connection-errors.ts'
import { mostBytes } from './limits.ts'
import { missingQueue, type Queues } from './queues.ts'
import { judgePolicy, readPolicy } from './redrive.ts'

interface Parts {
  api: Api
  queues: Queues
  target: Target
}

/** What SQS says of a queue; or why it says nothing, when that concerns this queue alone. */
type Attributes = Partial<Record<string, string>> | PikkuQueueError

const queuesAtOnce = 16
const daySeconds = 86_400

/**
 * Looks at the queues, and changes nothing.
 * @throws PikkuQueueError when SQS cannot be asked: unreachable, credentials, …
 */
export async function examineQueues(
  declarations: readonly QueueDeclaration[],
  parts: Parts,
): Promise<Finding[]> {
  const names = namesOf(declarations)
  const attributes = new Map<string, Attributes>()
  for (let start = 0; start < names.length; start += queuesAtOnce) {
    const some = names.slice(start, start + queuesAtOnce)
    const answers = await Promise.all(some.map((name) => readQueue(name, parts)))
    some.forEach((name, index) => attributes.set(name, answers[index] ?? {}))
  }
  const { address } = parts.target
  const there = names.filter((name) => !(attributes.get(name) instanceof PikkuQueueError))
  return [
    names.length === 0
      ? ok(`no queues to ask SQS at ${address} for`)
      : ok(`SQS at ${address} answers; ${there.length} of ${names.length} queues are there`),
    ...names.flatMap((name) => judgeAccess(attributes.get(name))),
    ...there.flatMap((name) => judgeQueue(name, attributes.get(name))),
    ...declarations.flatMap((declaration) => judgeLetters(declaration, attributes)),
  ]
}

async function readQueue(name: string, { api, queues, target }: Parts): Promise<Attributes> {
  try {
    return await api.readAttributes((await queues.find(name)).url, ['All'])
  } catch (thrown) {
    const known = isMissingQueue(thrown)
      ? missingQueue(name, target, thrown)
      : toSqsError(thrown, target)
    const isOfQueue = known.code === errorCodes.unknownQueue || /not permit/.test(known.message)
    if (isOfQueue) return known
    throw known
  }
}

function judgeAccess(attributes: Attributes | undefined): Finding[] {
  if (!(attributes instanceof PikkuQueueError)) return []
  const { message, hint = '', code } = attributes
  return [error(message, hint, code)]
}

/** Settings that change what a job may rely on. */
function judgeQueue(name: string, attributes: Attributes | undefined): Finding[] {
  if (!attributes || attributes instanceof PikkuQueueError) return []
  const setting = (attribute: string) => Number(attributes[attribute] ?? NaN)
  const [delay, bytes] = [setting('DelaySeconds'), setting('MaximumMessageSize')]
  return [
    ...(delay > 0
      ? [
          warning(
            `queue ${name} delays every job by ${delay} s that is added without a delay`,
            'Set its DelaySeconds to 0.',
          ),
        ]
      : []),
    ...(bytes < mostBytes
      ? [
          warning(
            `queue ${name} takes jobs of at most ${bytes} bytes, and larger ones are refused by SQS`,
            `Set its MaximumMessageSize to ${mostBytes}.`,
          ),
        ]
      : []),
    ...(attributes.FifoQueue !== 'true' && name.endsWith('.fifo')
      ? [error(`queue ${name} is no FIFO queue`, 'Create it with the attribute FifoQueue=true.')]
      : []),
  ]
}

/** How jobs that failed for good get away, and for how long they are kept. */
function judgeLetters(
  declaration: QueueDeclaration,
  all: ReadonlyMap<string, Attributes>,
): Finding[] {
  const { name, deadLetterQueue } = declaration
  const own = all.get(name)
  if (!own || own instanceof PikkuQueueError) return []
  const letters = deadLetterQueue === undefined ? undefined : all.get(deadLetterQueue)
  if (letters instanceof PikkuQueueError) return []
  const verdict = judgePolicy(declaration, readPolicy(own.RedrivePolicy), letters?.QueueArn)
  const [kept, keptAfter] = [own, letters].map((it) => Number(it?.MessageRetentionPeriod ?? NaN))
  const isShort = kept !== undefined && keptAfter !== undefined && keptAfter <= kept
  return [
    ...(verdict ? [warning(`queue ${name}: ${verdict.problem}`, sentence(verdict.hint))] : []),
    ...(isShort && deadLetterQueue !== undefined
      ? [
          warning(
            `queue ${deadLetterQueue} keeps dead letters for no longer than ${name} keeps jobs ` +
              `(${keptAfter / daySeconds} days), and SQS counts from when the job was added`,
            `Set MessageRetentionPeriod of ${deadLetterQueue} to ${14 * daySeconds}, and that of ${name} below it.`,
          ),
        ]
      : []),
  ]
}

const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`
