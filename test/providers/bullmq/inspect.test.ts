import { describe, expect, it } from 'vitest'
import type { Outcome } from '../../../src/runtime/provider.ts'
import { uniquePrefix, withRedis } from '../../support/redis.ts'
import {
  dead,
  declaration,
  done,
  job,
  openProvider,
  sendOne,
  until,
  untilStatus,
  work,
} from './fixture.ts'

const discarded: Outcome = { type: 'discarded', error: { name: 'Error', message: 'no' } }

describe('finished jobs', () => {
  it('are kept as many as the worker says, failed and discarded ones together', async () => {
    const prefix = uniquePrefix()
    const queues = [declaration('jobs', { keepCompleted: 2, keepFailed: 3 })]
    const provider = await openProvider({ prefix, queues })
    const { jobs } = work(provider, ({ data }) =>
      data === 'discard' ? discarded : data === 'fail' ? dead : done,
    )
    const order = ['discard', 'discard', 'ok', 'ok', 'ok', 'fail', 'discard', 'fail']
    for (const [n, data] of order.entries()) {
      await sendOne(provider, { data })
      await until(() => jobs.length === n + 1, 'the job to run')
      await until(async () => (await provider.counts('jobs')).active === 0, 'it to end')
    }
    const left = { waiting: 0, delayed: 0, active: 0 }
    expect(await provider.counts('jobs')).toEqual({
      ...left,
      completed: 2,
      failed: 2,
      discarded: 1,
    })
  })

  it('leave nothing behind when they are not kept any longer', async () => {
    const prefix = uniquePrefix()
    const provider = await openProvider({
      prefix,
      queues: [declaration('jobs', { keepFailed: 5 })],
    })
    const lists = ['failed', 'pikku:discarded', 'prioritized', 'active']
    const sizes = () =>
      withRedis((redis) =>
        Promise.all(
          lists.map((name) => {
            const key = `${prefix}:jobs:${name}`
            return name === 'active' ? redis.llen(key) : redis.zcard(key)
          }),
        ),
      )
    await provider.send(
      'jobs',
      Array.from({ length: 200 }, () => job()),
    )
    const { jobs } = work(provider, () => (jobs.length % 4 === 0 ? dead : discarded))
    await until(async () => jobs.length === 200 && (await sizes())[3] === 0, 'all of them')
    const [failed, marks = Infinity] = await sizes()
    expect(failed).toBe(5)
    // One may be of a job that has gone since.
    expect(marks).toBeLessThanOrEqual(6)
  })

  it('that were discarded are so no longer when they are run again', async () => {
    const provider = await openProvider({ prefix: uniquePrefix() })
    const id = await sendOne(provider, { data: 'x', attempts: 1 })
    const { jobs } = work(provider, () => (jobs.length === 1 ? discarded : dead))
    await untilStatus(provider, id, 'discarded')
    expect(await provider.retry('jobs', id)).toBe(true)
    await untilStatus(provider, id, 'failed')
    expect(await provider.counts('jobs')).toMatchObject({ failed: 1, discarded: 0 })
    expect(await provider.retry('jobs', 'no-such-job')).toBe(false)
  })
})

describe('waiting jobs', () => {
  it('are those that are due, whether a worker has looked or not', async () => {
    const provider = await openProvider({ prefix: uniquePrefix() })
    await sendOne(provider, { id: 'now', priority: 5 })
    await sendOne(provider, { id: 'soon', delayMs: 100 })
    await sendOne(provider, { id: 'later', delayMs: 60_000 })
    expect(await provider.find('jobs', 'later')).toMatchObject({ status: 'delayed' })
    await untilStatus(provider, 'soon', 'waiting')
    expect(await provider.counts('jobs')).toMatchObject({ waiting: 2, delayed: 1 })
    expect(await provider.remove('jobs', 'later')).toBe(true)
    expect(await provider.remove('jobs', 'later')).toBe(false)
    expect(await provider.counts('jobs')).toMatchObject({ waiting: 2, delayed: 0 })
  })
})

describe('watching', () => {
  it('tells of every change, in several queues at once, until it is told to stop', async () => {
    const prefix = uniquePrefix()
    const queues = [declaration('jobs'), declaration('others')]
    const provider = await openProvider({ prefix, queues })
    const watcher = await openProvider({ prefix, queues, role: 'producer' })
    const heard = { one: 0, two: 0, stopped: 0 }
    const id = 'a:b'
    await watcher.watch('jobs', id, () => (heard.one += 1))
    await sendOne(provider, { id })
    await until(() => heard.one > 0, 'word of the first')
    const added = performance.now()
    await watcher.watch('others', id, () => (heard.two += 1))
    const stop = await watcher.watch('others', id, () => (heard.stopped += 1))
    stop()
    await sendOne(provider, { id }, 'others')
    await until(() => heard.two > 0, 'word of the second')
    // A read that was under way did not know of it yet, and was interrupted.
    expect(performance.now() - added).toBeLessThan(900)
    const before = heard.one
    work(provider)
    await untilStatus(provider, id, 'completed')
    await until(() => heard.one > before, 'word of the end')
    expect(heard.stopped).toBe(0)
  })

  it('goes on for one that begins while the last other ends', async () => {
    const watcher = await openProvider({ prefix: uniquePrefix(), role: 'producer' })
    // At whatever point of it: each step is a turn of the microtask queue.
    for (let steps = 0; steps < 20; steps += 1) {
      const id = `job-${steps}`
      let heard = 0
      const stopOther = await watcher.watch('jobs', 'other', () => undefined)
      const beginning = watcher.watch('jobs', id, () => (heard += 1))
      for (let step = 0; step < steps; step += 1) await Promise.resolve()
      stopOther()
      const stop = await beginning
      // Once more, when the queue may be read for others only.
      stopOther()
      await sendOne(watcher, { id })
      await until(() => heard > 0, `word after ${steps} steps`, 5_000)
      stop()
    }
  })
})
