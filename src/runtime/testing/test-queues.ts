import type { ClientOf } from '../client-of.ts'
import type { QueueMap } from '../client-types.ts'
import type { Clock } from '../clock.ts'
import type { ClientClass } from '../create-client.ts'
import { errorCodes, PikkuQueueError } from '../errors.ts'
import { defaultRegistry, type Registry } from '../registry.ts'
import type { ServiceFactories } from '../services.ts'
import type { Logger } from '../types.ts'
import { Worker } from '../worker.ts'
import { memoryCapabilities } from './memory/capabilities.ts'
import { MemoryProvider } from './memory/memory-provider.ts'
import { MemoryServer } from './memory/memory-server.ts'
import { Stepper } from './stepper.ts'
import { lookingInto, type StoredJobs } from './stored-jobs.ts'
import { TestClock } from './test-clock.ts'
import { createTestServices } from './test-services.ts'

export interface TestQueuesOptions<Queues extends QueueMap<Queues>> extends ServiceFactories {
  /** The `PikkuQueue` of the generated `pikku-queue.gen.ts`. */
  client: ClientClass<Queues>
  /**
   * `manual`: nothing runs until `drain` or `advance`. `inline`: an add runs its job at once, to its end
   * and without waiting for delays and backoff, and resolves then. Default `manual`.
   */
  mode?: 'manual' | 'inline' | undefined
  /**
   * What functions get as `services`, over what the factories make where they are given: an object
   * (checked with `satisfies FakeServices<Services>`), or a function that makes one with the client, for
   * functions that add jobs themselves.
   */
  services?: object | ServicesWith<ClientOf<Queues>> | undefined
  /** Hears what the worker says, and functions where no other logger is given. Default: nobody. */
  logger?: Logger | undefined
  /** What the clock shows at first. Default: the real time. */
  now?: Date | number | undefined
  /** Default: the one that the generated `wireQueueWorker` fills. */
  registry?: Registry | undefined
}

type ServicesWith<Client> = (client: Client) => object | Promise<object>

/** A project's queues, at work in this process alone. */
export interface TestQueues<Queues extends QueueMap<Queues>> extends StoredJobs<Queues> {
  /** The project's typed client, on these queues. */
  readonly client: ClientOf<Queues>
  /** What the clock shows; it only moves with `advance`. */
  readonly now: Date
  /**
   * Runs every job that is due, and what these add in turn, and resolves when all have ended.
   * @throws PikkuQueueError PKQ505 when nothing is wired, PKQ510 when it comes to no end.
   */
  drain(): Promise<void>
  /**
   * Moves the clock on by so many milliseconds (0 or more), and on its way runs each job at the time it is
   * due, as `drain` does. Waits for what it begins; jobs that run already see their timeouts pass.
   * @throws PikkuQueueError PKQ406 for no length of time, PKQ505 and PKQ510 as `drain`.
   */
  advance(ms: number): Promise<void>
  /** Aborts what still runs, closes what the factories made, and the client. Idempotent. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Runs the wired functions of the files that the test has imported, with the retries, backoff, dead letters,
 * validation and JSON of production, on queues in memory.
 * @throws PikkuQueueError PKQ402 when a wiring has no contract, and whatever the factories throw.
 */
export async function createTestQueues<Queues extends QueueMap<Queues>>(
  options: TestQueuesOptions<Queues>,
): Promise<TestQueues<Queues>> {
  const { client: Client, mode = 'manual', now = Date.now() } = options
  const clock = new TestClock(Number(now))
  const server = new MemoryServer(clock, mode)
  // Nothing tells of the commit, but what adds in a transaction is to be tested, too.
  const capabilities = { ...memoryCapabilities, transactions: true }
  const client: ClientOf<Queues> = new Client(new MemoryProvider(server, 'producer', capabilities))
  const worker = createWorker(options, server, clock.orRealTime, client)
  await worker?.start()
  const stepper = new Stepper(server, clock)
  const close = async () => {
    await worker?.stop(0)
    await client.close()
  }
  return {
    client,
    get now() {
      return new Date(clock.now())
    },
    async drain() {
      if (!worker) throw nothingWired()
      await stepper.drain()
    },
    async advance(ms) {
      if (!worker) throw nothingWired()
      refuseNoTime(ms)
      await stepper.advance(ms)
    },
    ...lookingInto(server, Client.contracts),
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** A worker of everything that is wired; none where nothing is: a test may be of those who add jobs. */
function createWorker<Queues extends QueueMap<Queues>>(
  options: TestQueuesOptions<Queues>,
  server: MemoryServer,
  clock: Clock,
  client: ClientOf<Queues>,
): Worker | undefined {
  const { registry = defaultRegistry, services = {}, logger = silent } = options
  const queues = registry.wirings().map(({ queue }) => queue)
  if (queues.length === 0) return undefined
  return new Worker({
    provider: new MemoryProvider(server, 'worker'),
    registry,
    contracts: options.client.contracts,
    clock,
    // By name, so that `autorun: false` waits for nobody.
    queues,
    createServices: async () =>
      createTestServices(options, isMaker(services) ? await services(client) : services, logger),
  })
}

function isMaker<Client>(
  services: object | ServicesWith<Client>,
): services is ServicesWith<Client> {
  return typeof services === 'function'
}

function nothingWired(): PikkuQueueError {
  return new PikkuQueueError(errorCodes.nothingToDo, 'there is no queue to work on', {
    hint: 'Have the test import the files that call wireQueueWorker, before createTestQueues.',
  })
}

function refuseNoTime(ms: number): void {
  if (Number.isFinite(ms) && ms >= 0) return
  throw new PikkuQueueError(
    errorCodes.invalidOption,
    'advance takes a number of milliseconds, 0 or more',
  )
}

const nothing = () => undefined
const silent: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing }
