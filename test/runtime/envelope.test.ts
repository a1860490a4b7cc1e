import { describe, expect, it } from 'vitest'
import { annotate, noteOf, unwrap, wrap } from '../../src/runtime/envelope.ts'

describe('the envelope', () => {
  it('is not there when there is nothing to say', () => {
    expect(wrap({ a: 1 }, {})).toEqual({ a: 1 })
    expect(wrap(null, {})).toBeNull()
  })

  it('carries options of the job and comes off again', () => {
    const envelope = {
      contract: 'a1b2',
      backoff: { type: 'linear', delay: 5 },
      timeout: 50,
      trace: { traceparent: '00-1-2-01' },
      sources: ['payments'],
    } as const
    const data = wrap([1, 2], envelope)
    expect(data).toEqual({
      $pikku: {
        contract: 'a1b2',
        backoff: { type: 'linear', delay: 5 },
        timeout: 50,
        trace: { traceparent: '00-1-2-01' },
        sources: ['payments'],
      },
      payload: [1, 2],
    })
    expect(unwrap(data)).toEqual({ payload: [1, 2], envelope })
  })

  it('cannot be forged by a payload that looks like one', () => {
    const payload = { $pikku: { timeout: 1 }, payload: 'x' }
    expect(unwrap(wrap(payload, {}))).toEqual({ payload, envelope: {} })
  })

  it('carries what a provider adds to it, and is none without it', () => {
    const data = wrap(['x'], { contract: 'a1b2' })
    const noted = annotate(data, 'sqs', { id: 'a' }) ?? null
    expect(noteOf(noted, 'sqs')).toEqual({ id: 'a' })
    expect(unwrap(noted)).toEqual(unwrap(data))
    expect(noteOf(data, 'sqs')).toBeUndefined()
    for (const plain of [null, 'x', ['x'], { payload: 1 }]) {
      expect(annotate(plain, 'sqs', 1)).toBeUndefined()
      expect(noteOf(plain, 'sqs')).toBeUndefined()
    }
  })

  it.each<object>([
    { contract: 5 },
    { contract: 'two words' },
    { contract: 'x'.repeat(65) },
    { timeout: -1 },
    { timeout: '5' },
    { timeout: 1e12 },
    { backoff: { type: 'never' } },
    { backoff: { type: 'fixed', delay: -5 } },
    { backoff: { type: 'fixed', toString: 1 } },
    { backoff: null },
    { trace: 'traceparent' },
    { trace: null },
    { trace: ['00-1-2-01'] },
    { trace: { traceparent: 5 } },
    { trace: { tracestate: 'x'.repeat(8_193) } },
    { sources: 'payments' },
    { sources: [5] },
    { sources: ['x'.repeat(513)] },
    { sources: Array.from({ length: 65 }, () => 'payments') },
    { trace: Object.fromEntries(Array.from({ length: 17 }, (_, n) => [`h${n}`, ''])) },
  ])('does not believe hostile options: %j', (options) => {
    expect(unwrap({ $pikku: options, payload: 1 })).toEqual({ payload: 1, envelope: {} })
  })
})
