import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { onTestFinished } from 'vitest'
import type {
  ConsumeOptions,
  Consumer,
  DeliveredJob,
  OutgoingJob,
  Outcome,
  QueueDeclaration,
  SendResult,
} from '../../../src/runtime/provider.ts'
import type { SqsConnection } from '../../../src/runtime/providers/sqs/index.ts'
import { SqsProvider } from '../../../src/runtime/providers/sqs/sqs-provider.ts'
import type { Logger } from '../../../src/runtime/types.ts'
import { sqsConnection } from '../../support/sqs.ts'
import { type SqsProxy, startSqsProxy } from '../../support/sqs-proxy.ts'

/** A logger that remembers, so that a test can ask what was said. */
export function listeningLogger(): Logger & { lines: string[] } {
  const lines: string[] = []
  const log = (level: string) => (message: string, details?: Record<string, unknown>) =>
    void lines.push(`${level} ${message} ${JSON.stringify(details ?? {})}`)
  return { lines, debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') }
}

/** A name that nothing else uses. */
export function queueName(suffix = ''): string {
  return `test-${randomBytes(6).toString('hex')}${suffix}`
}

export function declaration(name: string, over: Partial<QueueDeclaration> = {}): QueueDeclaration {
  return {
    name,
    attempts: 3,
    crashDelayMs: 0,
    visibilityTimeoutSeconds: 30,
    lockDurationMs: 30_000,
    keepCompleted: 1_000,
    keepFailed: 1_000,
    ...over,
  }
}

export interface OpenOptions {
  queues: QueueDeclaration[]
  role?: 'worker' | 'producer'
  connection?: SqsConnection
  logger?: Logger
}

/** An open provider that creates its queues, closed when the test has finished. */
export async function openProvider(options: OpenOptions): Promise<SqsProvider> {
  const { queues, role = 'worker', connection, logger = listeningLogger() } = options
  const provider = new SqsProvider({
    connection: { ...sqsConnection(), createQueues: true, ...connection },
    role,
    logger,
  })
  onTestFinished(() => provider.close(5_000))
  await provider.open(queues)
  return provider
}

/** A proxy before the run's SQS, and a provider behind it. */
export async function openBehindProxy(
  options: OpenOptions,
): Promise<{ provider: SqsProvider; proxy: SqsProxy }> {
  const proxy = await startSqsProxy(sqsConnection().endpoint)
  // Closed after the provider.
  onTestFinished(() => proxy.close())
  const connection = { endpoint: proxy.url, ...options.connection }
  return { provider: await openProvider({ ...options, connection }), proxy }
}

export function job(over: Partial<OutgoingJob> = {}): OutgoingJob {
  return { data: null, delayMs: 0, priority: 0, attempts: 3, ...over }
}

export function idOf(result: SendResult | undefined): string {
  if (!result || 'error' in result) throw result?.error ?? new Error('nothing was sent')
  return result.id
}

export async function sendOne(
  provider: SqsProvider,
  queue: string,
  over: Partial<OutgoingJob> = {},
): Promise<string> {
  const [result] = await provider.send(queue, [job(over)])
  return idOf(result)
}

export const done: Outcome = { type: 'done', result: null }
export const released: Outcome = { type: 'released', delayMs: 0 }
export const retry = (delayMs = 0): Outcome => ({ type: 'retry', error, delayMs })
export const dead: Outcome = { type: 'dead', error: { name: 'Error', message: 'declined' } }
const error = { name: 'Error', message: 'not yet' }

export interface Work {
  consumer: Consumer
  /** In the order of delivery. */
  jobs: DeliveredJob[]
  /** Monotonic times of the deliveries. */
  times: number[]
  most: number
}

/** Consumes, and remembers what was delivered and how many ran at once. */
export function work(
  provider: SqsProvider,
  queue: string,
  run: (job: DeliveredJob) => Outcome | Promise<Outcome> = () => done,
  over: Partial<ConsumeOptions> = {},
): Work {
  const seen: Work = { consumer: undefined as never, jobs: [], times: [], most: 0 }
  let running = 0
  const options: ConsumeOptions = {
    concurrency: 10,
    pollIntervalMs: 100,
    visibilityTimeoutSeconds: 30,
    drainDelaySeconds: 1,
    lockDurationMs: 30_000,
    workerName: 'test',
    ...over,
  }
  seen.consumer = provider.consume(queue, options, async (delivered) => {
    seen.jobs.push(delivered)
    seen.times.push(performance.now())
    running += 1
    seen.most = Math.max(seen.most, running)
    try {
      return await run(delivered)
    } finally {
      running -= 1
    }
  })
  return seen
}

/** Waits for something to become true, and says what was waited for when it does not. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  withinMs = 20_000,
): Promise<void> {
  const deadline = performance.now() + withinMs
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited ${withinMs} ms for ${what}`)
    await delay(5)
  }
}

/** Another program that uses the same SQS, and knows nothing of us. */
export class Stranger {
  readonly #client = new SQSClient(sqsConnection())

  constructor() {
    onTestFinished(() => this.#client.destroy())
  }

  async url(queue: string): Promise<string> {
    const { QueueUrl = '' } = await this.#client.send(new GetQueueUrlCommand({ QueueName: queue }))
    return QueueUrl
  }

  async create(queue: string, attributes: Record<string, string> = {}): Promise<void> {
    await this.#client.send(new CreateQueueCommand({ QueueName: queue, Attributes: attributes }))
  }

  async send(
    queue: string,
    body: string,
    attributes: Record<string, MessageAttributeValue> = {},
  ): Promise<string> {
    const { MessageId = '' } = await this.#client.send(
      new SendMessageCommand({
        QueueUrl: await this.url(queue),
        MessageBody: body,
        MessageAttributes: attributes,
      }),
    )
    return MessageId
  }

  async receive(queue: string, visibilitySeconds = 30) {
    const { Messages = [] } = await this.#client.send(
      new ReceiveMessageCommand({
        QueueUrl: await this.url(queue),
        MaxNumberOfMessages: 10,
        VisibilityTimeout: visibilitySeconds,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    )
    return Messages
  }

  async attributes(queue: string): Promise<Partial<Record<string, string>>> {
    const { Attributes = {} } = await this.#client.send(
      new GetQueueAttributesCommand({
        QueueUrl: await this.url(queue),
        AttributeNames: ['All'],
      }),
    )
    return Attributes
  }

  /** Waiting, hidden and delayed. */
  async counts(queue: string): Promise<[number, number, number]> {
    const attributes = await this.attributes(queue)
    const count = (name: string) => Number(attributes[`ApproximateNumberOfMessages${name}`])
    return [count(''), count('NotVisible'), count('Delayed')]
  }

  /** Waits until nothing is left in the queue. */
  async untilEmpty(queue: string): Promise<void> {
    await until(async () => {
      const counts = await this.counts(queue)
      return counts.every((count) => count === 0)
    }, `queue ${queue} to be empty`)
  }
}
