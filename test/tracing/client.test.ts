import { context, SpanStatusCode } from '@opentelemetry/api'
import { suppressTracing } from '@opentelemetry/core'
import { describe, expect, it } from 'vitest'
import { QueueClient } from '../../src/runtime/client.ts'
import type { Contracts } from '../../src/runtime/contract.ts'
import { unwrap } from '../../src/runtime/envelope.ts'
import { MemoryProvider } from '../support/memory-provider.ts'
import { recordSpans } from '../support/recorded-spans.ts'

const contracts: Contracts = {
  queues: {
    numbers: { input: { type: 'number' }, output: {}, defaults: {} },
    lists: { input: { type: 'array' }, output: {}, defaults: {} },
  },
  $defs: {},
}

function open() {
  const provider = new MemoryProvider()
  const client = new QueueClient<{
    numbers: { input: number; output: unknown }
    lists: { input: number[]; output: unknown }
  }>(provider, contracts)
  return { client, provider, sent: () => provider.sent.map(({ job }) => job.data) }
}

describe('a client', () => {
  it('adds nothing to a job while no SDK is registered', async () => {
    const { client, sent } = open()
    await client.add('numbers', 1)
    await client.addBulk('numbers', [{ data: 2 }])
    expect(sent()).toEqual([1, 2])
  })

  it('adds what continues the trace once one is', async () => {
    const exporter = recordSpans()
    const { client, sent } = open()
    await client.add('numbers', 1)
    const [span] = exporter.getFinishedSpans()
    const { traceId, spanId } = span?.spanContext() ?? {}
    expect(sent()).toEqual([
      { $pikku: { trace: { traceparent: `00-${traceId}-${spanId}-01` } }, payload: 1 },
    ])
  })

  it('adds nothing where tracing is suppressed', async () => {
    recordSpans()
    const { client, sent } = open()
    await context.with(suppressTracing(context.active()), () => client.add('numbers', 1))
    expect(sent()).toEqual([1])
  })

  it('has one span for a bulk, which all its jobs continue', async () => {
    const exporter = recordSpans()
    const { client, sent } = open()
    await client.addBulk('numbers', [{ data: 1 }, { data: 2 }, { data: 3 }])
    const [span, ...others] = exporter.getFinishedSpans()
    expect(others).toEqual([])
    expect(span?.attributes).toMatchObject({ 'messaging.batch.message_count': 3 })
    const parents = sent().map((data) => unwrap(data).envelope.trace?.traceparent?.split('-')[2])
    expect(parents).toEqual(Array.from({ length: 3 }, () => span?.spanContext().spanId))
  })

  it('keeps the order of adds that are made at once', async () => {
    recordSpans()
    const { client, sent } = open()
    await Promise.all([1, 2, 3, 4].map((n) => client.add('numbers', n)))
    expect(sent().map((data) => unwrap(data).payload)).toEqual([1, 2, 3, 4])
  })

  it('sends what a value was when it was added', async () => {
    recordSpans()
    const { client, sent } = open()
    const list = [1]
    const adding = client.add('lists', list)
    list.push(2)
    await adding
    expect(sent().map((data) => unwrap(data).payload)).toEqual([[1]])
  })

  it('says in its span why a job was not stored', async () => {
    const exporter = recordSpans()
    const { client, provider } = open()
    const error = Object.assign(new Error('no room'), { code: 'FULL' })
    provider.send = () => Promise.resolve([{ error }])
    await expect(client.add('numbers', 1)).rejects.toThrow('no room')
    const [span] = exporter.getFinishedSpans()
    expect(span?.status.code).toBe(SpanStatusCode.ERROR)
    expect(span?.attributes).toMatchObject({ 'error.type': 'FULL' })
  })
})
