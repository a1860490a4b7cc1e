import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import { QueueClient } from '../../src/runtime/client.ts'
import { PikkuQueueError } from '../../src/runtime/errors.ts'
import { MemoryProvider } from '../support/memory-provider.ts'

function createClient() {
  const provider = new MemoryProvider()
  const contracts = {
    queues: { email: { input: { type: 'string' as const }, output: {}, defaults: {} } },
    $defs: {},
  }
  const client = new QueueClient<{ email: { input: string; output: unknown } }>(provider, contracts)
  return { provider, client }
}

it('an id that was not awaited is told as such, before anyone is asked', async () => {
  const { provider, client } = createClient()
  const notAwaited = Promise.resolve('1') as unknown as string
  const calls = [
    client.getJob('email', notAwaited),
    client.waitForCompletion('email', notAwaited),
    client.remove('email', notAwaited),
    client.retry('email', notAwaited),
  ]
  for (const call of calls) {
    await expect(call).rejects.toMatchObject({
      code: 'PKQ406',
      message: 'the id of a job must be a string, not a Promise',
      hint: 'Await what add() returns.',
    })
  }
  // It returns no promise that could tell.
  expect(() => client.onProgress('email', notAwaited, () => undefined)).toThrow(
    'the id of a job must be a string, not a Promise',
  )
  expect(provider.calls).toEqual([])
})

it.each<[unknown, string]>([
  ['a', 'not string'],
  [['a'], 'entry 0 is none'],
  [[{ data: 'a' }, { email: 'b' }], 'entry 1 has "email"'],
])('addBulk of %j says what it takes', async (jobs, problem) => {
  const { provider, client } = createClient()
  await expect(client.addBulk('email', jobs as [])).rejects.toMatchObject({
    code: 'PKQ406',
    message: `adding to queue "email": addBulk takes an array of { data, options? }, and ${problem}`,
  })
  expect(provider.calls).toEqual([])
})

it('an error shows a hint only where it has one', () => {
  expect(inspect(new PikkuQueueError('PKQ406', 'wrong'))).not.toContain('hint')
  expect(inspect(new PikkuQueueError('PKQ406', 'wrong', { hint: 'Do it.' }))).toContain('hint')
})
