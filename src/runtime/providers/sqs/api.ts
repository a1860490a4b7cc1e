import type {
  BatchResultErrorEntry,
  Message,
  QueueAttributeName,
  SQSClient,
} from '@aws-sdk/client-sqs'
import type { Availability } from './availability.ts'
import type { Target } from './connection.ts'
import type { Sdk } from './load-sdk.ts'
import { type Outgoing, toEntry } from './message.ts'

/** Why one entry of a batch failed. */
export interface Fault {
  code: string
  message: string
  /** Sending the same again would end the same. */
  final: boolean
}

/** For each entry in order: undefined when it went well. */
export type BatchResult = (Fault | undefined)[]

export interface ReceiveOptions {
  most: number
  waitSeconds: number
  visibilitySeconds: number
  isFifo: boolean
  signal: AbortSignal
}

const producerTimeoutMs = 5_000
const workerTimeoutMs = 10_000

/** The few calls to SQS that we make, each with a time limit. They throw the SDK's errors. */
export class Api {
  readonly #sdk: Sdk
  readonly #client: SQSClient
  readonly #availability: Availability
  readonly #timeoutMs: number

  constructor(sdk: Sdk, target: Target, role: 'worker' | 'producer', availability: Availability) {
    const { region, endpoint, credentials } = target
    this.#sdk = sdk
    this.#availability = availability
    this.#timeoutMs = role === 'producer' ? producerTimeoutMs : workerTimeoutMs
    const agent = { keepAlive: true, maxSockets: Infinity }
    this.#client = new sdk.SQSClient({
      ...(region !== undefined && { region }),
      ...(endpoint !== undefined && { endpoint }),
      ...(credentials && { credentials }),
      maxAttempts: 3,
      // Each long poll keeps a connection to itself; nothing else may wait for one.
      requestHandler: { connectionTimeout: 3_000, httpAgent: agent, httpsAgent: agent },
      // It would print when a queue's URL has another host than expected.
      logger: silence,
      // TLS guards what is carried; machines by FIPS have no MD5.
      md5: false,
    })
    // It copies whatever is sent and received, for that logger.
    this.#client.middlewareStack.remove('loggerMiddleware')
  }

  /** @throws Error when there is none. */
  async region(): Promise<string> {
    return this.#client.config.region()
  }

  async findQueue(name: string): Promise<string> {
    const command = new this.#sdk.GetQueueUrlCommand({ QueueName: name })
    return ensureUrl((await this.#call((options) => this.#client.send(command, options))).QueueUrl)
  }

  /** Returns the URL of the one that is there, when it has the same attributes. */
  async createQueue(name: string, attributes: Record<string, string>): Promise<string> {
    const command = new this.#sdk.CreateQueueCommand({ QueueName: name, Attributes: attributes })
    return ensureUrl((await this.#call((options) => this.#client.send(command, options))).QueueUrl)
  }

  async readAttributes(
    url: string,
    names: QueueAttributeName[],
  ): Promise<Partial<Record<string, string>>> {
    const command = new this.#sdk.GetQueueAttributesCommand({
      QueueUrl: url,
      AttributeNames: names,
    })
    return (await this.#call((options) => this.#client.send(command, options))).Attributes ?? {}
  }

  async writeAttributes(url: string, attributes: Record<string, string>): Promise<void> {
    const command = new this.#sdk.SetQueueAttributesCommand({
      QueueUrl: url,
      Attributes: attributes,
    })
    await this.#call((options) => this.#client.send(command, options))
  }

  async sendBatch(url: string, messages: readonly Outgoing[]): Promise<BatchResult> {
    const command = new this.#sdk.SendMessageBatchCommand({
      QueueUrl: url,
      Entries: messages.map((message, index) => toEntry(message, String(index))),
    })
    const answer = await this.#call((options) => this.#client.send(command, options))
    return toResult(messages.length, answer)
  }

  async receive(url: string, options: ReceiveOptions): Promise<Message[]> {
    const command = new this.#sdk.ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: options.most,
      WaitTimeSeconds: options.waitSeconds,
      VisibilityTimeout: options.visibilitySeconds,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: [
        'ApproximateReceiveCount',
        'SentTimestamp',
        'MessageGroupId',
        'DeadLetterQueueSourceArn',
      ],
      // What a lost reply held comes again, and is not counted twice.
      ...(options.isFifo && { ReceiveRequestAttemptId: crypto.randomUUID() }),
    })
    const answer = await this.#call(
      (send) => this.#client.send(command, send),
      options.waitSeconds * 1000 + this.#timeoutMs,
      options.signal,
    )
    return answer.Messages ?? []
  }

  async deleteBatch(url: string, receiptHandles: readonly string[]): Promise<BatchResult> {
    const command = new this.#sdk.DeleteMessageBatchCommand({
      QueueUrl: url,
      Entries: receiptHandles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle })),
    })
    const answer = await this.#call((options) => this.#client.send(command, options))
    return toResult(receiptHandles.length, answer)
  }

  /** Hides each message for so long from now on; 0 shows it at once. */
  async hideBatch(
    url: string,
    messages: readonly { receiptHandle: string; seconds: number }[],
  ): Promise<BatchResult> {
    const command = new this.#sdk.ChangeMessageVisibilityBatchCommand({
      QueueUrl: url,
      Entries: messages.map(({ receiptHandle, seconds }, index) => ({
        Id: String(index),
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: seconds,
      })),
    })
    const answer = await this.#call((options) => this.#client.send(command, options))
    return toResult(messages.length, answer)
  }

  async purge(url: string): Promise<void> {
    const command = new this.#sdk.PurgeQueueCommand({ QueueUrl: url })
    await this.#call((options) => this.#client.send(command, options))
  }

  close(): void {
    this.#client.destroy()
  }

  async #call<Answer>(
    send: (options: { abortSignal: AbortSignal }) => Promise<Answer>,
    timeoutMs = this.#timeoutMs,
    signal?: AbortSignal,
  ): Promise<Answer> {
    // By hand: `AbortSignal.timeout` and `any` cost a busy worker more than its own work does.
    const stopping = new AbortController()
    const stop = () => {
      stopping.abort()
    }
    const progress = { isLate: false }
    const timer = setTimeout(() => {
      progress.isLate = true
      stop()
    }, timeoutMs)
    signal?.addEventListener('abort', stop)
    if (signal?.aborted) stop()
    try {
      const answer = await send({ abortSignal: stopping.signal })
      this.#availability.noteAnswer()
      return answer
    } catch (error) {
      const reason = progress.isLate ? unanswered(timeoutMs, error) : error
      if (!signal?.aborted) this.#availability.noteError(reason)
      throw reason
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', stop)
    }
  }
}

/** In the order of the entries. What the answer says nothing of may not have taken place. */
function toResult(
  count: number,
  answer: {
    Successful?: { Id: string | undefined }[] | undefined
    Failed?: BatchResultErrorEntry[] | undefined
  },
): BatchResult {
  const result = Array.from({ length: count }, (): Fault | undefined => ({
    code: 'NoAnswer',
    message: 'SQS said nothing of it',
    final: false,
  }))
  for (const { Id } of answer.Successful ?? []) result[Number(Id)] = undefined
  for (const { Id, Code = '', Message = Code, SenderFault = false } of answer.Failed ?? []) {
    result[Number(Id)] = { code: Code, message: Message, final: SenderFault }
  }
  return result
}

function ensureUrl(url: string | undefined): string {
  if (url !== undefined) return url
  throw new Error('SQS answered without the URL of the queue')
}

function unanswered(timeoutMs: number, cause: unknown): Error {
  const error = new Error(`no answer within ${timeoutMs} ms`, { cause })
  error.name = 'TimeoutError'
  return error
}

const ignore = () => undefined
const silence = { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore }
