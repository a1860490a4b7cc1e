import { describe, expect, it } from 'vitest'
import { readOrigin } from '../../src/runtime/job-origin.ts'

const origin = {
  queueName: 'email',
  jobId: 'a',
  attemptsMade: 3,
  error: { name: 'Error', message: 'declined', code: 'E', cause: { name: 'E', message: 'deeper' } },
}

describe('where a dead letter came from', () => {
  it('is read as it was written', () => {
    expect(readOrigin(JSON.parse(JSON.stringify(origin)))).toEqual(origin)
  })

  it.each([undefined, null, 5, 'email', [], {}, { queueName: 'email' }, { ...origin, jobId: 5 }])(
    'is nothing that a stranger wrote: %j',
    (value) => {
      expect(readOrigin(value)).toBeUndefined()
    },
  )

  it('is cleared of what is wrong in it', () => {
    expect(readOrigin({ ...origin, attemptsMade: -1, error: { message: 5 }, more: 1 })).toEqual({
      ...{ queueName: 'email', jobId: 'a' },
      ...{ attemptsMade: 0, error: null },
    })
  })
})
