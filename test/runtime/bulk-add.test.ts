import { describe, expect, it, vi } from 'vitest'
import { BulkAddError } from '../../src/runtime/bulk-add.ts'
import { QueueClient } from '../../src/runtime/client.ts'
import { PikkuQueueError } from '../../src/runtime/errors.ts'
import { MemoryProvider } from '../support/memory-provider.ts'

function createClient() {
  const provider = new MemoryProvider()
  const contracts = {
    queues: { numbers: { input: { type: 'number' as const }, output: {}, defaults: {} } },
    $defs: {},
  }
  const client = new QueueClient<{ numbers: { input: number; output: unknown } }>(
    provider,
    contracts,
  )
  return { provider, client }
}

describe('a bulk of which not all is stored', () => {
  it('waits for all, and says of each job what became of it, in order', async () => {
    const { provider, client } = createClient()
    const tooLarge = new PikkuQueueError('PKQ410', 'too large')
    vi.spyOn(provider, 'send').mockResolvedValue([{ id: 'a' }, { error: tooLarge }, { id: 'c' }])
    const bulk = client.addBulk('numbers', [{ data: 1 }, { data: 2 }, { data: 3 }])
    await expect(bulk).rejects.toBeInstanceOf(BulkAddError)
    await expect(bulk).rejects.toMatchObject({
      code: 'PKQ411',
      message: '1 of 3 jobs could not be added to queue "numbers": too large',
      results: [{ id: 'a' }, { error: tooLarge }, { id: 'c' }],
      cause: tooLarge,
    })
  })

  it('fails with the reason itself, where it is one for all', async () => {
    const { provider, client } = createClient()
    const away = () => ({ error: new PikkuQueueError('PKQ601', 'away') })
    const send = vi.spyOn(provider, 'send').mockResolvedValue([away(), away()])
    const jobs = [{ data: 1 }, { data: 2 }]
    await expect(client.addBulk('numbers', jobs)).rejects.toMatchObject({ code: 'PKQ601' })
    send.mockResolvedValue([away(), { error: new PikkuQueueError('PKQ410', 'too large') }])
    await expect(client.addBulk('numbers', jobs)).rejects.toMatchObject({
      code: 'PKQ411',
      results: [{ error: { code: 'PKQ601' } }, { error: { code: 'PKQ410' } }],
    })
  })
})
