import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { createTestQueues } from '../../src/runtime/testing/index.ts'
import { TestClock } from '../../src/runtime/testing/test-clock.ts'
import { never, PikkuQueue, wired } from './shop.ts'

const now = Date.UTC(2026, 0, 1)

describe('manual: advance', () => {
  it('runs each job at the time it is due, in order of time over all queues', async () => {
    const ran: [number, number][] = []
    const record = (_services: unknown, data: number) => {
      ran.push([data, kit.now.getTime() - now])
    }
    const registry = wired({ numbers: record, letters: record })
    const kit = await createTestQueues({ client: PikkuQueue, registry, now })
    await kit.client.add('numbers', 1, { delay: 60_000 })
    await kit.client.add('letters', 2, { delay: 30_000 })
    await kit.client.add('numbers', 3)
    await kit.client.add('numbers', 4, { delay: 60_001 })
    await kit.drain()
    expect(ran).toEqual([[3, 0]])
    expect(kit.jobs('letters')).toMatchObject([
      { status: 'delayed', delayedUntil: new Date(now + 30_000) },
    ])
    await kit.advance(60_000)
    expect(ran.slice(1)).toEqual([
      [2, 30_000],
      [1, 60_000],
    ])
    expect(kit.now).toEqual(new Date(now + 60_000))
    await kit.advance(1)
    expect(ran.at(-1)).toEqual([4, 60_001])
    await kit.close()
  })

  it('waits out the backoff, to the millisecond', async () => {
    const times: number[] = []
    const registry = wired(
      {
        numbers: () => {
          times.push(kit.now.getTime() - now)
          throw new Error('declined')
        },
      },
      { numbers: { attempts: 4, backoff: { type: 'exponential', delay: 1_000, maxDelay: 3_000 } } },
    )
    const kit = await createTestQueues({ client: PikkuQueue, registry, now })
    const id = await kit.client.add('numbers', 1, { attempts: 4 })
    await kit.drain()
    await kit.advance(999)
    expect(await kit.client.getJob('numbers', id)).toMatchObject({
      ...{ status: 'delayed', attemptsMade: 1, delayedUntil: new Date(now + 1_000) },
      error: { message: 'declined' },
    })
    await kit.advance(1)
    expect(times).toEqual([0, 1_000])
    await kit.advance(86_400_000)
    expect(times).toEqual([0, 1_000, 3_000, 6_000])
    expect(kit.jobs('numbers')).toMatchObject([{ status: 'failed', attemptsMade: 4 }])
    await kit.close()
  })

  it('runs what delayed jobs add, when that is due', async () => {
    const times: number[] = []
    const registry = wired({
      numbers: async (_services, data) => {
        times.push(kit.now.getTime() - now)
        if (data > 0) await kit.client.add('numbers', data - 1, { delay: 3_600_000 })
      },
    })
    const kit = await createTestQueues({ client: PikkuQueue, registry, now })
    await kit.client.add('numbers', 3)
    await kit.advance(2 * 3_600_000)
    expect(times).toEqual([0, 3_600_000, 7_200_000])
    await kit.close()
  })

  it('lets the timeouts of running jobs pass', async () => {
    const reasons: unknown[] = []
    const registry = wired(
      {
        numbers: async (_services, data, { queue }) => {
          if (!queue || data === 0) return never()
          await once(queue.signal, 'abort')
          reasons.push(Reflect.get(queue.signal.reason as object, 'name'))
        },
      },
      { numbers: { timeout: 30_000, attempts: 1 } },
    )
    const kit = await createTestQueues({ client: PikkuQueue, registry, now })
    for (const data of [0, 1]) await kit.client.add('numbers', data, { attempts: 1 })
    const drained = kit.drain()
    await kit.advance(29_999)
    expect(kit.jobs('numbers')).toMatchObject([{ status: 'active' }, { status: 'active' }])
    await kit.advance(1)
    await drained
    const failed = { status: 'failed', error: { code: 'PKQ502' } }
    expect(kit.jobs('numbers')).toMatchObject([failed, failed])
    expect(reasons).toEqual(['TimeoutError'])
    await kit.close()
  })

  it('goes by the time at which a timeout passed: the backoff begins then', async () => {
    const times: number[] = []
    const registry = wired(
      {
        numbers: (_services, _data, { queue }) => {
          times.push(kit.now.getTime() - now)
          if (queue?.attempt === 1) return never()
        },
      },
      { numbers: { timeout: 1_000, backoff: { type: 'fixed', delay: 500 } } },
    )
    const kit = await createTestQueues({ client: PikkuQueue, registry, now })
    await kit.client.add('numbers', 1)
    const drained = kit.drain()
    await kit.advance(1_500)
    await drained
    expect(times).toEqual([0, 1_500])
    expect(kit.jobs('numbers')).toMatchObject([{ status: 'completed' }])
    await kit.close()
  })

  it('does not hurry a function that takes real time', async () => {
    const registry = wired(
      { numbers: () => new Promise((resolve) => setTimeout(resolve, 20)) },
      { numbers: { timeout: 10_000 } },
    )
    const kit = await createTestQueues({ client: PikkuQueue, registry, now })
    await kit.client.add('numbers', 1, { delay: 500 })
    await kit.advance(86_400_000)
    expect(kit.jobs('numbers')).toMatchObject([
      { status: 'completed', finishedAt: new Date(now + 500) },
    ])
    await kit.close()
  })

  it.each([-1, NaN, Infinity, '1'])('refuses %s, which is no length of time', async (ms) => {
    const registry = wired({ numbers: () => undefined })
    const kit = await createTestQueues({ client: PikkuQueue, registry })
    await expect(kit.advance(ms as number)).rejects.toMatchObject({ code: 'PKQ406' })
    await kit.close()
  })
})

it('without advance, a timeout passes in real time', async () => {
  const registry = wired({ numbers: never }, { numbers: { timeout: 30 } })
  const kit = await createTestQueues({ client: PikkuQueue, registry, now })
  await kit.client.add('numbers', 1, { attempts: 1 })
  await kit.drain()
  expect(kit.jobs('numbers')).toMatchObject([{ status: 'failed', error: { code: 'PKQ502' } }])
  expect(kit.now.getTime()).toBe(now)
  await kit.close()
})

describe('its clock', () => {
  it('calls back in order of time, once, and not what was called off', () => {
    const clock = new TestClock(100)
    const called: string[] = []
    const call = (name: string) => () => called.push(`${name} at ${clock.now()}`)
    clock.after(20, call('late'))
    clock.after(10, call('first'))
    clock.after(10, call('second'))
    const cancel = clock.after(15, call('never'))
    cancel()
    expect(clock.step(109)).toBe('arrived')
    expect(clock.step(200)).toBe('called back')
    expect(called).toEqual(['first at 110', 'second at 110'])
    expect(clock.step(200)).toBe('called back')
    expect(called.at(-1)).toBe('late at 120')
    expect(clock.step(200)).toBe('arrived')
    expect(clock.now()).toBe(200)
    expect(called).toHaveLength(3)
  })

  it('never goes back', () => {
    const clock = new TestClock(100)
    expect(clock.step(50)).toBe('arrived')
    expect(clock.now()).toBe(100)
  })
})
