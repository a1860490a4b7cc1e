import { defaultAttempts } from '../../defaults.ts'
import type { ConsumeOptions, Consumer, Deliver, QueueDeclaration } from '../../provider.ts'
import type { Logger } from '../../types.ts'
import { FetchLoop } from './fetch-loop.ts'
import { ForeignFailures } from './foreign-failures.ts'
import { Hints } from './hints.ts'
import type { Link } from './link.ts'
import { LockKeeper } from './lock-keeper.ts'
import type { Queues } from './queues.ts'
import { Settler } from './settle.ts'
import { StalledCheck, stalledIntervalMs } from './stalled-check.ts'
import { Waiter } from './waiter.ts'
import { within } from '../../within.ts'

/** BullMQ fails a job for good that stalls more often; the core counts attempts instead. */
const unlimited = 1_000_000

/** What exists between open and close. */
export class Session {
  readonly queues: Queues
  readonly hints: Hints
  readonly #link: Link
  readonly #declared: Map<string, QueueDeclaration>
  readonly #logger: Logger
  readonly #keeper = new LockKeeper()
  readonly #settler: Settler
  readonly #stalled: StalledCheck
  readonly #foreign: ForeignFailures
  readonly #loops = new Set<FetchLoop>()

  constructor(queues: Queues, declarations: QueueDeclaration[], logger: Logger) {
    this.queues = queues
    this.#link = queues.link
    this.#declared = new Map(declarations.map((declaration) => [declaration.name, declaration]))
    this.#logger = logger
    this.hints = new Hints(this.#link)
    this.#settler = new Settler(this.#keeper, logger)
    this.#stalled = new StalledCheck(logger)
    this.#foreign = new ForeignFailures(logger)
  }

  /** Total runs of the queue's jobs that say nothing themselves. */
  attemptsOf(queue: string): number {
    return this.#declared.get(queue)?.attempts ?? defaultAttempts
  }

  consume(name: string, options: ConsumeOptions, deliver: Deliver): Consumer {
    const declared = this.#declared.get(name)
    // Noted with each job, and read again with it: a name that says no more than the queue's is left out.
    const processedBy = options.workerName === name ? undefined : options.workerName
    const queue = this.queues.open(name, {
      ...(processedBy !== undefined && { name: processedBy }),
      lockDuration: options.lockDurationMs,
      maxStalledCount: options.maxStalledCount ?? unlimited,
      stalledInterval: stalledIntervalMs,
      removeOnComplete: { count: declared?.keepCompleted ?? -1 },
      removeOnFail: { count: declared?.keepFailed ?? -1 },
    })
    const letters = declared?.deadLetterQueue
      ? { prefix: this.queues.get(declared.deadLetterQueue).prefix }
      : undefined
    const { prefix } = this.#link.target
    const waiter = new Waiter(this.#link, {
      marker: `${queue.prefix}marker`,
      // As BullMQ's own workers are called, so that its tools find ours.
      name: `${prefix}:${Buffer.from(name).toString('base64')}:w:${toClientName(options.workerName)}`,
      longestS: options.drainDelaySeconds,
    })
    const loop = new FetchLoop(
      { queue, waiter, letters, processedBy, attempts: this.attemptsOf(name) },
      options,
      deliver,
      { keeper: this.#keeper, settler: this.#settler, logger: this.#logger },
    )
    this.#loops.add(loop)
    this.#stalled.add(queue)
    if (letters) this.#foreign.add(queue, letters)
    return loop
  }

  async close(graceMs: number): Promise<void> {
    await within(this.#flush(), graceMs)
    this.#settler.stop()
    this.#keeper.stop()
    this.#link.close()
    await within(this.hints.close(), 1_000)
  }

  async #flush(): Promise<void> {
    await Promise.all([...this.#loops].map((loop) => loop.stop()))
    await Promise.all([this.#settler.idle(), this.#stalled.stop(), this.#foreign.stop()])
  }
}

/** Redis takes no spaces in the name of a connection. */
function toClientName(name: string): string {
  return name.replace(/[^!-~]/g, '-')
}
