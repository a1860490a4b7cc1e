import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { UnrecoverableError } from '../../src/runtime/errors.ts'
import { createTestQueues } from '../../src/runtime/testing/index.ts'
import { PikkuQueue, wired } from './shop.ts'

const options = { client: PikkuQueue, mode: 'inline' as const, now: 1_000 }

describe('inline: add', () => {
  it('resolves when its job has run to its end, over retries and delays, without waiting', async () => {
    const attempts: unknown[] = []
    const registry = wired(
      {
        numbers: (_services, _data, { queue }) => {
          attempts.push(queue?.attempt)
          if (queue?.attempt === 1) throw new Error('declined')
        },
      },
      { numbers: { backoff: { type: 'fixed', delay: 3_600_000 } } },
    )
    await using kit = await createTestQueues({ ...options, registry })
    await kit.client.add('numbers', 1, { delay: 86_400_000 })
    expect(attempts).toEqual([1, 2])
    expect(kit.jobs('numbers')).toMatchObject([{ status: 'completed', attemptsMade: 2 }])
    expect(kit.now).toEqual(new Date(1_000))
  })

  it('does not throw what the function threw: that is found as in production', async () => {
    const registry = wired(
      {
        numbers: () => {
          throw new Error('declined')
        },
        letters: (_services, _data, { queue }) => queue?.fail('not read'),
      },
      { numbers: { deadLetterQueue: 'letters' } },
    )
    await using kit = await createTestQueues({ ...options, registry })
    const id = await kit.client.add('numbers', 1)
    await expect(kit.client.waitForCompletion('numbers', id)).rejects.toMatchObject({
      ...{ code: 'PKQ403', jobError: { message: 'declined' } },
    })
    expect(kit.deadLetters('numbers')).toMatchObject([
      { status: 'failed', attemptsMade: 3, error: { message: 'not read' }, origin: { jobId: id } },
    ])
  })

  it('runs the jobs of a bulk one after the other', async () => {
    const trace: string[] = []
    const registry = wired({
      numbers: async (_services, data) => {
        trace.push(`${data} begins`)
        await setImmediate()
        trace.push(`${data} ends`)
      },
    })
    await using kit = await createTestQueues({ ...options, registry })
    await kit.client.addBulk('numbers', [{ data: 1 }, { data: 2 }])
    expect(trace).toEqual(['1 begins', '1 ends', '2 begins', '2 ends'])
  })

  it('may be called by a function for its own queue, and waited for', async () => {
    const trace: string[] = []
    const registry = wired(
      {
        numbers: async (_services, data) => {
          trace.push(`${data} begins`)
          if (data > 1) {
            const id = await kit.client.add('numbers', data - 1)
            await kit.client.waitForCompletion('numbers', id)
          }
          trace.push(`${data} ends`)
        },
      },
      { numbers: { batchSize: 1 } },
    )
    const kit = await createTestQueues({ ...options, registry })
    await kit.client.add('numbers', 3)
    expect(trace).toEqual(['3 begins', '2 begins', '1 begins', '1 ends', '2 ends', '3 ends'])
    await kit.close()
  })

  it('of a job that runs already, by itself, adds nothing and does not wait', async () => {
    let runs = 0
    const registry = wired({
      numbers: async () => {
        runs += 1
        await kit.client.add('numbers', 2, { jobId: 'one' })
      },
    })
    const kit = await createTestQueues({ ...options, registry })
    await kit.client.add('numbers', 1, { jobId: 'one' })
    expect(runs).toBe(1)
    await kit.close()
  })

  it('leaves alone what nobody is wired to', async () => {
    await using kit = await createTestQueues({ ...options, registry: wired({ letters: () => {} }) })
    await kit.client.add('numbers', 1)
    expect(kit.jobs('numbers')).toMatchObject([{ status: 'waiting' }])
  })

  it('ends with an error where each job adds the next', async () => {
    const errors: unknown[] = []
    const registry = wired({
      numbers: async (_services, data) => {
        try {
          await kit.client.add('numbers', data + 1)
        } catch (error) {
          errors.push(error)
        }
      },
    })
    const kit = await createTestQueues({ ...options, registry })
    await kit.client.add('numbers', 1)
    expect(errors).toMatchObject([{ code: 'PKQ510' }])
    expect(kit.jobs('numbers')).toHaveLength(1_000)
    await kit.close()
  })
})

it('inline: retry by hand runs the job', async () => {
  let broken = true
  const registry = wired({
    numbers: () => {
      if (broken) throw new UnrecoverableError('no such mailbox')
    },
  })
  await using kit = await createTestQueues({ ...options, registry })
  const id = await kit.client.add('numbers', 1)
  broken = false
  expect(await kit.client.retry('numbers', id)).toBe(true)
  expect(kit.jobs('numbers')).toMatchObject([{ status: 'completed' }])
})

it('inline: jobs that add others without end and without waiting do not hold up the process', async () => {
  const most = 5_000
  let runs = 0
  const registry = wired({
    numbers: ({ queues }) => {
      runs += 1
      // It is refused once the kit is closed.
      if (runs < most) queues.add('numbers', 1).catch(() => undefined)
    },
  })
  const kit = await createTestQueues({
    ...options,
    registry,
    services: (client) => ({ queues: client }),
  })
  await kit.client.add('numbers', 1)
  for (let turn = 0; turn < 10; turn += 1) await setImmediate()
  expect(runs).toBeGreaterThan(1)
  await kit.close()
  const before = runs
  expect(before).toBeLessThan(most)
  for (let turn = 0; turn < 10; turn += 1) await setImmediate()
  expect(runs).toBe(before)
})
