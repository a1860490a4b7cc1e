import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { describe, expect, it, onTestFinished } from 'vitest'
import { providerNames } from '../../src/runtime/capabilities.ts'
import { QueueClient } from '../../src/runtime/client.ts'
import type { Contracts } from '../../src/runtime/contract.ts'
import { createDefinitions } from '../../src/runtime/define.ts'
import { createRegistry, type RuntimeServices } from '../../src/runtime/registry.ts'
import { createServices } from '../../src/runtime/services.ts'
import { Worker } from '../../src/runtime/worker.ts'
import { backends } from '../support/backends.ts'
import { recordSpans, treeOf } from '../support/recorded-spans.ts'
import { silentLogger } from '../support/silent-logger.ts'

const contract = {
  input: {},
  output: { type: 'null', 'x-type': 'undefined' },
  defaults: {},
} as const
const systems = { bullmq: 'bullmq', 'pg-boss': 'pg-boss', sqs: 'aws_sqs', embedded: 'pg-boss' }

/** A worker whose orders fail twice, and whose dead letters are read within a span of their own. */
async function setUp(name: keyof typeof backends) {
  const backend = await backends[name]()
  const [orders, letters] = [backend.queue('orders'), backend.queue('letters')]
  const retry = {
    attempts: 2,
    backoff: { type: 'fixed', delay: 0 },
    deadLetterQueue: letters,
  } as const
  const contracts: Contracts = {
    queues: { [orders]: { ...contract, defaults: retry }, [letters]: contract },
    $defs: {},
  }
  const registry = createRegistry()
  const { wireQueueWorker, pikkuSessionlessFunc } = createDefinitions<RuntimeServices>(registry)
  const read = Promise.withResolvers<string | undefined>()
  wireQueueWorker({
    queue: orders,
    config: { ...retry, drainDelay: 1 },
    func: pikkuSessionlessFunc<unknown>(() => Promise.reject(new TypeError('declined'))),
  })
  wireQueueWorker({
    queue: letters,
    config: { drainDelay: 1 },
    func: pikkuSessionlessFunc<unknown>(async () => {
      await Promise.resolve()
      const baggage = propagation.getActiveBaggage()?.getEntry('tenant')?.value
      trace.getTracer('user').startActiveSpan('read a letter', (span) => span.end())
      read.resolve(baggage)
    }),
  })
  const worker = new Worker({
    provider: backend.provider('worker'),
    registry,
    contracts,
    createServices: () => createServices({}, silentLogger),
  })
  const client = new QueueClient<Record<string, { input: unknown; output: void }>>(
    backend.provider('producer'),
    contracts,
  )
  const stop = async () => {
    await client.close()
    await worker.stop(1_000)
  }
  onTestFinished(stop)
  await worker.start()
  return { orders, letters, client, read: read.promise, stop }
}

describe.each(providerNames)('a trace on %s', (name) => {
  it('goes from the producer through every attempt to the dead letter', async () => {
    const exporter = recordSpans()
    const { orders, letters, client, read, stop } = await setUp(name)
    const baggage = propagation.createBaggage({ tenant: { value: 'acme' } })
    const id = await context.with(propagation.setBaggage(context.active(), baggage), () =>
      trace.getTracer('user').startActiveSpan('request', async (span) => {
        try {
          return await client.add(orders, { total: 5 })
        } finally {
          span.end()
        }
      }),
    )
    expect(await read).toBe('acme')
    await stop()

    const spans = exporter.getFinishedSpans()
    const [request, ...others] = spans.filter(({ parentSpanContext }) => !parentSpanContext)
    expect(others).toEqual([])
    expect(request && treeOf(request, spans)).toEqual([
      'request',
      [
        `send ${orders}`,
        [`process ${orders}`],
        [`process ${orders}`],
        [`process ${letters}`, ['read a letter']],
      ],
    ])
    // By when they began: a job may have run before its producer hears that it is stored.
    const ours = spans
      .filter(({ kind }) => kind !== SpanKind.INTERNAL)
      .sort((a, b) => a.startTime[0] - b.startTime[0] || a.startTime[1] - b.startTime[1])
    const common = { 'messaging.system': systems[name], 'messaging.message.id': id }
    const sent = { ...common, 'messaging.destination.name': orders }
    const failed = {
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'pikku.job.max_attempts': 2,
      'error.type': 'TypeError',
    }
    expect(ours.map(({ kind, attributes }) => ({ kind, attributes }))).toEqual([
      {
        kind: SpanKind.PRODUCER,
        attributes: {
          ...sent,
          'messaging.operation.name': 'send',
          'messaging.operation.type': 'send',
        },
      },
      {
        kind: SpanKind.CONSUMER,
        attributes: { ...sent, ...failed, 'pikku.job.attempt': 1, 'pikku.job.outcome': 'retry' },
      },
      {
        kind: SpanKind.CONSUMER,
        attributes: { ...sent, ...failed, 'pikku.job.attempt': 2, 'pikku.job.outcome': 'dead' },
      },
      {
        kind: SpanKind.CONSUMER,
        attributes: expect.objectContaining({
          'messaging.destination.name': letters,
          'pikku.job.attempt': 1,
          'pikku.job.outcome': 'done',
          'pikku.job.origin.queue': orders,
          'pikku.job.origin.id': id,
        }) as unknown,
      },
    ])
    const [send, first, second, letter] = ours
    for (const span of [first, second]) {
      expect(span?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'declined' })
      expect(span?.events.map(({ name: event }) => event)).toEqual(['exception'])
    }
    for (const span of [send, letter]) expect(span?.status.code).toBe(SpanStatusCode.UNSET)
  })
})
