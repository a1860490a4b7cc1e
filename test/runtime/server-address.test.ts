import { describe, expect, it } from 'vitest'
import { PikkuQueueError } from '../../src/runtime/errors.ts'
import { type AddressForm, parseAddress } from '../../src/runtime/server-address.ts'

const form: AddressForm = {
  schemes: ['redis://', 'rediss://'],
  examples: ['redis://localhost:6379', 'redis://user:password@host:6379/0'],
  otherwise: 'Or leave it out.',
}
const written = 'Write it as redis://localhost:6379, or redis://user:password@host:6379/0.' as const

function refusal(text: string): PikkuQueueError {
  try {
    parseAddress(text, 'REDIS_URL', form)
  } catch (error) {
    if (error instanceof PikkuQueueError) return error
    throw error
  }
  throw new Error('it is taken')
}

describe('the address of a server', () => {
  it.each(['redis://localhost', 'REDISS://u:p@h:1/0', ' redis://localhost:1\n'])(
    'is %j',
    (text) => {
      expect(parseAddress(text, 'REDIS_URL', form).href).toBe(new URL(text).href)
    },
  )

  it.each([
    'localhost',
    'localhost:6379',
    'user:hunter2@host:6379',
    ':hunter2@host:6379',
    '//:hunter2@host',
    'redis:hunter2@host',
  ])('is not %j: nothing says what it is of', (text) => {
    expect(refusal(text)).toMatchObject({
      code: 'PKQ605',
      message: 'REDIS_URL does not start with redis:// or rediss://',
      hint: `${written} Or leave it out.`,
    })
  })

  it('is not in quotation marks, as a file of variables may have it', () => {
    expect(refusal('"redis://:hunter2@host"').message).toBe(
      'REDIS_URL does not start with redis:// or rediss://: leave out the quotation marks',
    )
  })

  it('is not that of a server of another kind', () => {
    expect(refusal('mysql://root:hunter2@host/db')).toMatchObject({
      message: 'REDIS_URL starts with "mysql://", not with redis:// or rediss://',
      hint: `${written} For a server of another kind, choose its provider. Or leave it out.`,
    })
  })

  it.each(['redis://user:hunter2/x@host:6379', 'redis://host:port', 'redis://a b'])(
    'is not %j: it cannot be taken apart',
    (text) => {
      expect(refusal(text)).toMatchObject({
        message: 'REDIS_URL is not a URL',
        hint: `${written} Percent-encode special characters in the password. Or leave it out.`,
      })
    },
  )
})
