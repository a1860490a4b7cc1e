import { describe, expect, it } from 'vitest'
import type { OutgoingJob } from '../../src/runtime/provider.ts'
import { SendBatcher } from '../../src/runtime/send-batcher.ts'

const job = (data: number): OutgoingJob => ({ data, delayMs: 0, priority: 0, attempts: 1 })

describe('SendBatcher', () => {
  it('stores adds of one tick in one send, and those that come meanwhile in the next', async () => {
    const sends: unknown[][] = []
    const gate = Promise.withResolvers<void>()
    const batcher = new SendBatcher(async (jobs) => {
      sends.push(jobs.map(({ data }) => data))
      if (sends.length === 1) await gate.promise
      return jobs.map(({ data }) => ({ id: JSON.stringify(data) }))
    })
    const first = [batcher.add(job(1)), batcher.add(job(2))]
    await Promise.resolve()
    await Promise.resolve()
    const second = [batcher.add(job(3)), batcher.add(job(4))]
    gate.resolve()
    expect(await Promise.all([...first, ...second])).toEqual(['1', '2', '3', '4'])
    expect(sends).toEqual([
      [1, 2],
      [3, 4],
    ])
  })

  it('never sends more than 1000 at once', async () => {
    const sizes: number[] = []
    const batcher = new SendBatcher((jobs) => {
      sizes.push(jobs.length)
      return Promise.resolve(jobs.map(({ data }) => ({ id: JSON.stringify(data) })))
    })
    const ids = await Promise.all(Array.from({ length: 2500 }, (_, n) => batcher.add(job(n))))
    expect(ids).toEqual(Array.from({ length: 2500 }, (_, n) => String(n)))
    expect(sizes).toEqual([1000, 1000, 500])
  })

  it('tells each caller of its own failure, and goes on after one', async () => {
    let sends = 0
    const batcher = new SendBatcher((jobs) => {
      sends += 1
      if (sends === 2) return Promise.reject(new Error('away'))
      return Promise.resolve(
        jobs.map(({ data }) => (data === 2 ? { error: new Error('too large') } : { id: 'ok' })),
      )
    })
    const settled = await Promise.allSettled([1, 2, 3].map((n) => batcher.add(job(n))))
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    await expect(batcher.add(job(4))).rejects.toThrow('away')
    await expect(batcher.add(job(5))).resolves.toBe('ok')
  })
})
