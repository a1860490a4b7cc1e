import { afterEach, expect, it, vi } from 'vitest'
import { createTestQueues } from '../../src/runtime/testing/index.ts'
import { PikkuQueue, wired } from './shop.ts'

afterEach(() => {
  vi.useRealTimers()
})

it('works while the test runner fakes timers and dates', async () => {
  vi.useFakeTimers({ now: new Date('2026-01-01') })
  const registry = wired(
    { numbers: (_services, _data, { queue }) => queue?.fail('declined') },
    { numbers: { backoff: { type: 'fixed', delay: 1_000 }, timeout: 5_000 } },
  )
  const kit = await createTestQueues({ client: PikkuQueue, registry })
  const id = await kit.client.add('numbers', 1, { attempts: 2 })
  await kit.drain()
  await kit.advance(1_000)
  await expect(kit.client.waitForCompletion('numbers', id)).rejects.toThrow('declined')
  expect(kit.now).toEqual(new Date('2026-01-01T00:00:01Z'))
  expect(kit.jobs('numbers')).toMatchObject([{ createdAt: new Date('2026-01-01') }])
  await kit.close()
})
