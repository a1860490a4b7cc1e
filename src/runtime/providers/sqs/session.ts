import { errorCodes, PikkuQueueError } from '../../errors.ts'
import type { ConsumeOptions, Consumer, Deliver, QueueDeclaration } from '../../provider.ts'
import type { Logger } from '../../types.ts'
import type { Api } from './api.ts'
import { Heartbeat } from './heartbeat.ts'
import type { Queue, Queues } from './queues.ts'
import { ReceiveLoop, toLeaseSeconds } from './receive-loop.ts'
import { Settler } from './settle.ts'
import { within } from '../../within.ts'

interface SessionParts {
  api: Api
  queues: Queues
  declarations: readonly QueueDeclaration[]
  /** The queues of a worker, dead letter queues included. */
  found: ReadonlyMap<string, Queue>
  logger: Logger
}

/** One queue at work. */
interface Line {
  loop: ReceiveLoop
  settler: Settler
  heartbeat: Heartbeat
}

/** Settling what the last polls brought takes a moment, whatever time is left. */
const leastSettleMs = 1_000

/** What exists between open and close. */
export class Session {
  readonly api: Api
  readonly queues: Queues
  readonly #parts: SessionParts
  readonly #lines: Line[] = []

  constructor(parts: SessionParts) {
    this.#parts = parts
    this.api = parts.api
    this.queues = parts.queues
  }

  consume(name: string, options: ConsumeOptions, deliver: Deliver): Consumer {
    const { api, declarations, found, logger } = this.#parts
    const declaration = declarations.find((one) => one.name === name)
    const queue = found.get(name)
    if (!declaration || !queue) {
      throw new PikkuQueueError(errorCodes.unknownQueue, `queue "${name}" was not declared`)
    }
    const leaseSeconds = toLeaseSeconds(options.visibilityTimeoutSeconds)
    const heartbeat = new Heartbeat(queue, leaseSeconds, api, logger)
    const { attempts, deadLetterQueue } = declaration
    const letters = deadLetterQueue === undefined ? undefined : found.get(deadLetterQueue)
    const worker = options.workerName
    const settler = new Settler({ api, queue, letters, heartbeat, logger, worker })
    const parts = { api, queue, attempts, heartbeat, settler, logger }
    const loop = new ReceiveLoop(options, deliver, parts)
    this.#lines.push({ loop, settler, heartbeat })
    return loop
  }

  async close(graceMs: number): Promise<void> {
    const deadline = performance.now() + graceMs
    await Promise.all(this.#lines.map((line) => closeLine(line, deadline)))
    this.api.close()
  }
}

async function closeLine({ loop, settler, heartbeat }: Line, deadline: number): Promise<void> {
  const left = () => Math.max(0, deadline - performance.now())
  await within(loop.stop(), left())
  if (!(await within(loop.polled(), left())).ended) loop.abandon()
  await within(settler.idle(), Math.max(leastSettleMs, left()))
  settler.stop()
  heartbeat.stop()
}
