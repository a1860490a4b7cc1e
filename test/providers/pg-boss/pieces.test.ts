import { describe, expect, it } from 'vitest'
import { packHints } from '../../../src/runtime/providers/pg-boss/hints.ts'
import { makeJobId, toCallerId, toJobKey } from '../../../src/runtime/providers/pg-boss/ids.ts'
import { errorToJsonb } from '../../../src/runtime/providers/pg-boss/jsonb.ts'
import { toStoredError } from '../../../src/runtime/providers/pg-boss/stored-error.ts'

describe('job ids', () => {
  it('derive the same UUID for ever', () => {
    const { uuid, key } = toJobKey('email', 'order-1')
    expect({ uuid, key }).toEqual({ uuid: 'd8c84f85-5c72-5a7d-838b-00c1855bf93e', key: 'order-1' })
    expect(toJobKey('other', 'order-1').uuid).not.toBe(uuid)
  })

  it('give the caller’s id back for his own row only', () => {
    const { uuid } = toJobKey('email', 'order-1')
    expect(toCallerId('email', uuid, 'order-1')).toBe('order-1')
    const copy = makeJobId()
    expect(toCallerId('email', copy, 'order-1')).toBe(copy)
  })

  it('are made in order, and are UUIDs of version 7', () => {
    expect(makeJobId()).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    )
  })
})

describe('hints', () => {
  it('fit into a notification, however many jobs', () => {
    const queue = 'q'.repeat(255)
    const jobs = Array.from({ length: 1_000 }, () => ({ queue, uuid: makeJobId() }))
    const payloads = packHints([...jobs, { queue: 'other', uuid: 'x' }])
    expect(payloads.every((payload) => Buffer.byteLength(payload) < 8_000)).toBe(true)
    expect(payloads.flatMap((payload) => payload.split('\n').slice(1))).toEqual([
      ...jobs.map(({ uuid }) => uuid),
      'x',
    ])
  })
})

describe('stored errors', () => {
  it('are read from whatever was left', () => {
    expect(toStoredError(null)).toBeNull()
    expect(toStoredError({ value: 'text' })).toEqual({ name: 'Error', message: 'text' })
    expect(toStoredError({ reason: 1 })).toEqual({ name: 'Error', message: '{"reason":1}' })
    expect(
      toStoredError({
        name: 'TypeError',
        message: 'm',
        code: 'c',
        stack: 's',
        cause: { message: 'n' },
      }),
    ).toEqual({
      name: 'TypeError',
      message: 'm',
      code: 'c',
      stack: 's',
      cause: { name: 'Error', message: 'n' },
    })
  })

  it('lose only what PostgreSQL cannot hold', () => {
    const message = 'a\u0000b \\u0000 \\\u0000 \ud800'
    expect(errorToJsonb({ name: 'Error', message })).toEqual({
      name: 'Error',
      message: 'a\ufffdb \\u0000 \\\ufffd \ufffd',
    })
  })
})
