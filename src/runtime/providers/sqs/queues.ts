import { errorCodes, PikkuQueueError } from '../../errors.ts'
import type { QueueDeclaration } from '../../provider.ts'
import type { Api } from './api.ts'
import type { Target } from './connection.ts'
import { isMissingQueue, nameOf } from './connection-errors.ts'
import { mostBytes } from './limits.ts'

export interface Queue {
  name: string
  url: string
  isFifo: boolean
  /** SQS itself moves a message away that is received once more. Undefined: never, or not known. */
  mostReceives?: number
}

const daySeconds = 86_400
/** The most that SQS keeps a message. */
const letterRetentionSeconds = 14 * daySeconds
/** Less, because a dead letter that SQS itself moves keeps the time at which it was first sent. */
const retentionSeconds = 10 * daySeconds
const defaultVisibilitySeconds = 30

/** Knows the queues' URLs, and creates what is missing where that is wanted. */
export class Queues {
  readonly #api: Api
  readonly #target: Target
  readonly #declarations: ReadonlyMap<string, QueueDeclaration>
  readonly #letterQueues: ReadonlySet<string | undefined>
  readonly #found = new Map<string, Promise<Queue>>()

  constructor(api: Api, target: Target, declarations: readonly QueueDeclaration[]) {
    this.#api = api
    this.#target = target
    this.#declarations = new Map(declarations.map((declaration) => [declaration.name, declaration]))
    this.#letterQueues = new Set(declarations.map(({ deadLetterQueue }) => deadLetterQueue))
  }

  /** @throws PikkuQueueError PKQ402 when there is no such queue; and the SDK's errors. */
  find(name: string): Promise<Queue> {
    const known = this.#found.get(name)
    if (known) return known
    const finding = this.#find(name)
    this.#found.set(name, finding)
    finding.catch(() => this.#found.delete(name))
    return finding
  }

  /** What to throw when SQS says that it is not there (any more); it is looked for anew when next asked for. */
  missing(name: string, cause: unknown): PikkuQueueError {
    this.#found.delete(name)
    return missingQueue(name, this.#target, cause)
  }

  async #find(name: string): Promise<Queue> {
    const { queueUrlPrefix, createQueues } = this.#target
    const isFifo = isFifoName(name)
    // Without a look: whoever may send need not be allowed to ask.
    if (queueUrlPrefix !== undefined && !createQueues) {
      return { name, url: `${queueUrlPrefix}${name}`, isFifo }
    }
    const nameInSqs = toNameInSqs(name, this.#target)
    try {
      return { name, url: await this.#api.findQueue(nameInSqs), isFifo }
    } catch (error) {
      if (!isMissingQueue(error)) throw error
      if (!createQueues) throw missingQueue(name, this.#target, error)
      return { name, url: await this.#create(name, nameInSqs), isFifo }
    }
  }

  async #create(name: string, nameInSqs: string): Promise<string> {
    const visibility = this.#declarations.get(name)?.visibilityTimeoutSeconds
    const attributes = {
      VisibilityTimeout: String(Math.ceil(visibility ?? defaultVisibilitySeconds)),
      MaximumMessageSize: String(mostBytes),
      MessageRetentionPeriod: String(
        this.#letterQueues.has(name) ? letterRetentionSeconds : retentionSeconds,
      ),
      ...(isFifoName(name) && { FifoQueue: 'true' }),
    }
    try {
      return await this.#api.createQueue(nameInSqs, attributes)
    } catch (error) {
      // Another process was quicker, and has other settings.
      if (nameOf(error) === 'QueueNameExists') return this.#api.findQueue(nameInSqs)
      if (nameOf(error) !== 'QueueDeletedRecently') throw error
      throw new PikkuQueueError(
        errorCodes.providerRefused,
        `queue "${name}" was deleted a moment ago, and SQS does not create it again so soon`,
        { hint: 'Try again in a minute.', cause: error },
      )
    }
  }
}

function isFifoName(name: string): boolean {
  return name.endsWith('.fifo')
}

/** A prefix may hold the beginning of all names. */
function toNameInSqs(name: string, { queueUrlPrefix }: Target): string {
  return `${queueUrlPrefix?.split('/').at(-1) ?? ''}${name}`
}

export function missingQueue(name: string, target: Target, cause: unknown): PikkuQueueError {
  const { address, queueUrlPrefix } = target
  const nameInSqs = toNameInSqs(name, target)
  const attributes = isFifoName(name) ? ' --attributes FifoQueue=true' : ''
  const doubt =
    queueUrlPrefix === undefined
      ? ''
      : `. Or is the prefix wrong? With it, the URL is ${queueUrlPrefix}${name}`
  return new PikkuQueueError(
    errorCodes.unknownQueue,
    `SQS at ${address} has no queue "${nameInSqs}"`,
    {
      hint:
        'Start a worker once with --create-queues, or create it: ' +
        `aws sqs create-queue --queue-name ${nameInSqs}${attributes}${doubt}`,
      cause,
    },
  )
}
