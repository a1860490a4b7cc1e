import { onTestFinished } from 'vitest'
import { parsePathPattern } from '../../src/dashboard/path-pattern.ts'
import { serveDashboard } from '../../src/dashboard/server.ts'
import type { ProviderName } from '../../src/runtime/capabilities.ts'
import { QueueClient } from '../../src/runtime/client.ts'
import type { Contracts } from '../../src/runtime/contract.ts'
import { createDefinitions } from '../../src/runtime/define.ts'
import type { QueueProvider } from '../../src/runtime/provider.ts'
import { createRegistry } from '../../src/runtime/registry.ts'
import { createServices } from '../../src/runtime/services.ts'
import { Worker } from '../../src/runtime/worker.ts'
import { backends } from '../support/backends.ts'
import { silentLogger } from '../support/silent-logger.ts'

type Queues = Record<string, { input: unknown; output: unknown }>

/** Of a shop; `queue` says the whole name of a queue. */
export function shopContracts(queue = (name: string) => name): Contracts {
  return {
    queues: {
      [queue('email')]: {
        input: {
          type: 'object',
          properties: { to: { type: 'string' } },
          required: ['to'],
          additionalProperties: false,
        },
        output: {
          type: 'object',
          properties: { token: { type: 'string', 'x-sensitive': true } },
          required: ['token'],
          additionalProperties: false,
        },
        fingerprint: 'e000',
        defaults: { attempts: 5 },
        docs: { summary: 'Send a welcome email', errors: ['the address is wrong'] },
        tags: ['mail'],
      },
      [queue('payments')]: {
        input: { $ref: '#/$defs/Payment' },
        output: { type: 'string' },
        fingerprint: 'p000',
        defaults: { attempts: 1, deadLetterQueue: queue('payments-dead') },
        docs: { summary: 'Charge a card', description: 'Once for each order.' },
      },
    },
    $defs: {
      Payment: {
        type: 'object',
        properties: {
          amount: { type: 'number' },
          card: { type: 'string', 'x-sensitive': true },
          at: { type: 'string', format: 'date-time', 'x-type': 'Date' },
        },
        required: ['amount', 'card', 'at'],
        additionalProperties: false,
      },
    },
  }
}

export interface StageOptions {
  backend: ProviderName
  readOnly?: boolean
  redact?: string[]
  /** False: jobs stay as they are. */
  worker?: boolean
  /** The queues are called what they are: not on SQS, which all tests share. */
  plainNames?: boolean
}

/** A worker, a client and a dashboard, each on a provider of its own, until the test has finished. */
export async function setStage(options: StageOptions) {
  const { backend, readOnly, redact = [], worker = true, plainNames } = options
  const server = await backends[backend]()
  const queue = (name: string) => (plainNames ? name : server.queue(name))
  const contracts = shopContracts(queue)
  const create = (role: 'worker' | 'producer') => {
    const provider = server.provider(role)
    onTestFinished(() => provider.close(2_000))
    return provider
  }
  const bank = { accepts: false }
  if (worker) await startWorker(create('worker'), contracts, queue, bank)
  const client = new QueueClient<Queues>(create('producer'), contracts)
  onTestFinished(() => client.close())
  const dashboard = await serveDashboard({
    provider: create('producer'),
    contracts,
    redact: redact.flatMap((path) => [parsePathPattern(path) ?? []]),
    readOnly: readOnly ?? false,
    host: '127.0.0.1',
    port: 0,
  })
  onTestFinished(() => dashboard.close())
  const { url } = dashboard
  return { bank, client, queue, url, api: apiOf(url) }
}

/** Sends emails, and charges cards as soon as the bank accepts them. */
async function startWorker(
  provider: QueueProvider,
  contracts: Contracts,
  queueName: (name: string) => string,
  bank: { accepts: boolean },
): Promise<void> {
  const registry = createRegistry()
  const { wireQueueWorker } = createDefinitions<object>(registry)
  wireQueueWorker({
    queue: queueName('email'),
    func: {
      func(_services, data, { queue }) {
        if (JSON.stringify(data).includes('nobody')) queue?.discard('nobody is there')
        return { token: 'mail-token' }
      },
    },
  })
  wireQueueWorker({
    queue: queueName('payments'),
    func: {
      async func(_services, _data, { queue }) {
        await queue?.updateProgress({ percent: 50, card: '4111' })
        if (!bank.accepts) throw new Error('the bank declined')
        return 'charged'
      },
    },
    config: { attempts: 1, deadLetterQueue: queueName('payments-dead') },
  })
  const worker = new Worker({
    provider,
    registry,
    contracts,
    createServices: () => createServices({}, silentLogger),
  })
  await worker.start()
  onTestFinished(() => worker.stop(2_000))
}

export interface Answer {
  status: number
  body: unknown
}

/** Asks the board's own interface, as its page does. */
export function apiOf(url: string) {
  return async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const response = await fetch(new URL(`api/${path}`, url), {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
  }
}
