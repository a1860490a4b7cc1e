import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  deriveId,
  fits,
  readBody,
  toDeduplicationId,
  toOutgoing,
} from '../../../src/runtime/providers/sqs/message.ts'
import { readMeta, toAllowedText } from '../../../src/runtime/providers/sqs/meta.ts'
import type { JsonValue } from '../../../src/runtime/types.ts'
import {
  declaration,
  job,
  openProvider,
  queueName,
  sendOne,
  Stranger,
  until,
  work,
} from './fixture.ts'

/** What SQS takes: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
const allowed = /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD]*$/

/** Any UTF-16 there is, with those that SQS refuses more often. */
const text = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: 0xffff }),
      fc.constantFrom(0, 8, 0xb, 0xc, 0xe, 0x1f, 0x7f, 0xd83d, 0xde00, 0xdfff, 0xfffe, 0xffff),
    ),
    { maxLength: 12 },
  )
  .map((units) => String.fromCharCode(...units))

describe('a body', () => {
  it('is JSON of allowed characters only, and reads as what it was', () => {
    fc.assert(
      fc.property(fc.dictionary(text, fc.array(text)), (value) => {
        const body = toAllowedText(value)
        expect(body).toMatch(allowed)
        expect(readBody(body)).toEqual(value)
      }),
      { numRuns: 2_000 },
    )
  })

  it('comes through SQS as it was', async () => {
    const queue = queueName()
    const provider = await openProvider({ queues: [declaration(queue)] })
    const values = fc.sample(fc.dictionary(text, text), 100) as JsonValue[]
    const results = await provider.send(
      queue,
      values.map((data) => job({ data })),
    )
    const seen = work(provider, queue)
    await until(() => seen.jobs.length === 100, 'all of them')
    const arrived = new Map(seen.jobs.map(({ id, data }) => [id, data]))
    expect(results.map((result) => ('id' in result ? arrived.get(result.id) : result))).toEqual(
      values,
    )
  })

  it('that is no JSON stays text', () => {
    expect(['{', '', 'plain', '1', '"a"'].map(readBody)).toEqual(['{', '', 'plain', 1, 'a'])
  })
})

describe('what a message carries beside its body', () => {
  it('is read as it was written', () => {
    const meta = {
      queue: 'email',
      id: 'ünï 😀 \u0000',
      attempts: 5,
      attemptsMade: 2,
      createdAt: new Date(1_000),
      notBefore: new Date(2_000),
      origin: {
        queueName: 'email',
        jobId: '1',
        attemptsMade: 3,
        error: {
          name: 'E',
          message: 'm',
          code: 'c',
          stack: 's',
          cause: { name: 'F', message: '' },
        },
      },
    }
    expect(readMeta(toAllowedText(meta))).toEqual(meta)
    expect(toAllowedText(meta)).toMatch(allowed)
  })

  it('is not believed where it is wrong', () => {
    const hostile = {
      queue: 7,
      id: 'x'.repeat(256),
      attempts: 0,
      attemptsMade: -1,
      createdAt: 'yesterday',
      notBefore: 12,
      origin: { queueName: 'email', jobId: {}, attemptsMade: 1, error: null },
    }
    expect(readMeta(JSON.stringify(hostile))).toEqual({})
    for (const attempts of [1.5, '3', 1e9, null, NaN]) {
      expect(readMeta(JSON.stringify({ attempts }))).toEqual({})
    }
    for (const no of [undefined, '', '{', 'null', '[]', '1', '"a"'])
      expect(readMeta(no)).toEqual({})
  })

  it('counts as SQS counts it', () => {
    const { bytes, attributes } = toOutgoing(
      'größe',
      { id: 'a' },
      { foreign: { trace: { DataType: 'Binary', BinaryValue: new Uint8Array(10) } } },
    )
    expect(Object.keys(attributes)).toEqual(['trace', 'pikku'])
    expect(bytes).toBe(7 + 'traceBinary'.length + 10 + 'pikkuString{"id":"a"}'.length)
    expect(fits(toOutgoing('x'.repeat(1_048_576), undefined))).toBe(true)
    expect(fits(toOutgoing('x'.repeat(1_048_576), {}))).toBe(false)
  })

  it('leaves room for ten attributes, its own among them', () => {
    const foreign = Object.fromEntries(
      Array.from({ length: 10 }, (_, n) => [`a${n}`, { DataType: 'String', StringValue: 'x' }]),
    )
    const names = Object.keys(toOutgoing('1', {}, { foreign }).attributes)
    expect(names).toHaveLength(10)
    expect(names).toContain('pikku')
  })
})

describe('a job in an envelope', () => {
  const data = { $pikku: { contract: 'c', timeout: 5 }, payload: { to: 'ada' } }

  it('says there what it is, and has no attribute', async () => {
    const queue = queueName()
    const provider = await openProvider({ queues: [declaration(queue)] })
    const id = await sendOne(provider, queue, { data, attempts: 7 })
    const [message] = await new Stranger().receive(queue, 0)
    expect(message?.MessageAttributes).toBeUndefined()
    expect(JSON.parse(message?.Body ?? '')).toEqual({
      $pikku: { ...data.$pikku, sqs: { queue, id, attempts: 7 } },
      payload: data.payload,
    })
    const seen = work(provider, queue)
    await until(() => seen.jobs.length === 1, 'the job')
    expect(seen.jobs[0]).toMatchObject({ id, data, maxAttempts: 7 })
  })

  it('is what an attribute says where there is one: a copy, or a message of before', async () => {
    const queue = queueName()
    const provider = await openProvider({ queues: [declaration(queue)] })
    const note = { queue: 'elsewhere', id: 'of the body', attempts: 5 }
    const body = JSON.stringify({ ...data, $pikku: { sqs: note } })
    await new Stranger().send(queue, body, {
      pikku: { DataType: 'String', StringValue: JSON.stringify({ queue, id: 'mine' }) },
    })
    const seen = work(provider, queue)
    await until(() => seen.jobs.length === 1, 'the job')
    expect(seen.jobs[0]).toMatchObject({ id: 'mine', maxAttempts: 3, origin: undefined })
  })

  it('is not believed what cannot be', async () => {
    const queue = queueName()
    const provider = await openProvider({ queues: [declaration(queue)] })
    const stranger = new Stranger()
    const sent: string[] = []
    for (const sqs of [null, 'x', [], { id: '', attempts: -1, queue: 7, origin: 'here' }]) {
      sent.push(await stranger.send(queue, JSON.stringify({ ...data, $pikku: { sqs } })))
    }
    const seen = work(provider, queue)
    await until(() => seen.jobs.length === sent.length, 'the jobs')
    expect(seen.jobs.map(({ id }) => id).toSorted()).toEqual(sent.toSorted())
    for (const one of seen.jobs) expect(one).toMatchObject({ maxAttempts: 3, origin: undefined })
  })
})

describe('ids', () => {
  it('are what SQS takes for de-duplication, or their hash', () => {
    expect(toDeduplicationId('order-42')).toBe('order-42')
    for (const id of ['a b', 'ü', '\u0000', 'x'.repeat(129)]) {
      expect(toDeduplicationId(id)).toMatch(/^[0-9a-f]{64}$/)
    }
    expect(toDeduplicationId('a b')).not.toBe(toDeduplicationId('a  b'))
  })

  it('of what is made from a message are always the same, and UUIDs', () => {
    const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/
    expect(deriveId('a', '1')).toMatch(uuid)
    expect(deriveId('a', '1')).toBe(deriveId('a', '1'))
    expect(new Set([deriveId('a', '1'), deriveId('b', '1'), deriveId('a', '2')]).size).toBe(3)
  })
})
