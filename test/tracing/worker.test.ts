import { SpanStatusCode } from '@opentelemetry/api'
import { describe, expect, it } from 'vitest'
import type { DeliveredJob } from '../../src/runtime/provider.ts'
import { type Body, never, nothing, startWorker } from '../support/memory-worker.ts'
import { recordSpans } from '../support/recorded-spans.ts'

const job: DeliveredJob = {
  id: 'job-1',
  queueName: 'email',
  data: null,
  attempt: 1,
  maxAttempts: 1,
  createdAt: new Date(),
  lost: new AbortController().signal,
}

async function run(body: Body, over: Partial<DeliveredJob> = {}) {
  const exporter = recordSpans()
  const { worker, provider } = await startWorker(body, nothing)
  const delivered = provider.consumed.get('email')?.deliver({ ...job, ...over })
  return { worker, delivered, spans: () => exporter.getFinishedSpans() }
}

describe('the span of an attempt', () => {
  it.each([
    ['none', null],
    ['none that can be read', { $pikku: { trace: { traceparent: 'nonsense' } }, payload: null }],
  ])('begins a trace of its own where the job brings %s', async (_, data) => {
    const { delivered, spans } = await run(() => undefined, { data })
    await delivered
    expect(spans().map(({ parentSpanContext }) => parentSpanContext)).toEqual([undefined])
  })

  it('is no failure when the job is discarded', async () => {
    const { delivered, spans } = await run((_services, _data, queue) => queue.discard('old'))
    await delivered
    const [span] = spans()
    expect(span?.attributes).toMatchObject({ 'pikku.job.outcome': 'discarded' })
    expect(span?.attributes).not.toHaveProperty('error.type')
    expect(span?.status.code).toBe(SpanStatusCode.UNSET)
  })

  it('ends with a job that is given back at shutdown', async () => {
    const begun = Promise.withResolvers<void>()
    const { worker, delivered, spans } = await run(() => {
      begun.resolve()
      return never()
    })
    await begun.promise
    await worker.stop(0)
    await delivered
    expect(spans().map(({ attributes }) => attributes['pikku.job.outcome'])).toEqual(['released'])
  })

  it('has the code of an error that has one', async () => {
    const { delivered, spans } = await run((_services, _data, queue) => queue.fail('no such user'))
    await delivered
    const [span] = spans()
    expect(span?.attributes).toMatchObject({
      'pikku.job.outcome': 'dead',
      'error.type': 'PKQ504',
    })
    expect(span?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'no such user' })
  })
})
