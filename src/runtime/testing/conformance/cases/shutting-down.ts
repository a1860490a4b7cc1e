import assert from 'node:assert/strict'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { Group } from '../case.ts'
import { until } from '../until.ts'

export const shuttingDown: Group = {
  name: 'shutting down',
  cases: [
    {
      name: 'lets running jobs finish, starts no other, and gives the rest back uncounted',
      async run(stage) {
        const queue = stage.queue({ config: { batchSize: 2, attempts: 1 } })
        const gate = Promise.withResolvers<void>()
        const aborted: boolean[] = []
        const func = queue.runs(async ({ signal }) => {
          await gate.promise
          // Longer than what is told to stop would be given.
          await delay(1_500)
          aborted.push(signal.aborted)
        })
        const worker = await stage.work(func)
        await queue.addMany(10)
        await func.begun(2)
        const stopped = worker.stop(30_000)
        gate.resolve()
        await stopped
        assert.deepEqual(aborted, [false, false])
        const next = queue.runs()
        await stage.work(next)
        await next.begun(8)
        const ids = [...func.runs, ...next.runs].map(({ jobId }) => jobId)
        assert.deepEqual([func.runs.length, next.runs.length, new Set(ids).size], [2, 8, 10])
        assert.ok(next.runs.every(({ attempt }) => attempt === 1))
      },
    },
    {
      name: 'aborts what takes longer than it may, and gives it back uncounted',
      async run(stage) {
        const queue = stage.queue({ config: { attempts: 1 } })
        const reasons: unknown[] = []
        const listening = queue.runs(async ({ signal }, data) => {
          if (data === 'deaf') return new Promise(() => undefined)
          await once(signal, 'abort')
          reasons.push(Reflect.get(signal.reason as object, 'name'))
          throw signal.reason
        })
        const worker = await stage.work(listening)
        await queue.add('listens')
        await queue.add('deaf')
        await listening.begun(2)
        await worker.stop(100)
        assert.deepEqual(reasons, ['AbortError'])
        const next = queue.runs()
        await stage.work(next)
        const runs = await next.begun(2)
        assert.deepEqual(new Set(next.payloads), new Set(['listens', 'deaf']))
        assert.ok(runs.every(({ attempt }) => attempt === 1))
      },
    },
    {
      name: 'stores what ended meanwhile, and loses no job of a busy queue',
      async run(stage) {
        const queue = stage.queue({ config: { batchSize: 5, attempts: 1 } })
        await queue.addMany(300)
        const first = queue.runs()
        const worker = await stage.work(first)
        await first.begun(20)
        await worker.stop(10_000)
        const before = first.runs.length
        const next = queue.runs()
        await stage.work(next)
        await next.begun(300 - before)
        const ids = [...first.runs, ...next.runs].map(({ jobId }) => jobId)
        assert.deepEqual([ids.length, new Set(ids).size, first.runs.length], [300, 300, before])
      },
    },
    {
      name: 'on SIGTERM lets the running job finish and exits with 0',
      needs: ['processes'],
      async run(stage) {
        const queue = stage.queue({ config: { batchSize: 1, attempts: 1 } })
        const { name, contracts, config } = queue
        const worker = stage.process({ type: 'work', queue: name, contracts, config })
        const [first, second] = await queue.addMany(2)
        const [run] = await worker.says('run')
        worker.signal('SIGTERM')
        const heard = () => stage.log.some((line) => line.includes('SIGTERM'))
        await until(heard, 'the signal to be heard', stage.tolerances.patienceMs)
        worker.goOn()
        assert.equal(await worker.ended(), 0)
        const next = queue.runs()
        await stage.work(next)
        const [left] = await next.begun(1)
        assert.deepEqual(new Set([run?.jobId, left?.jobId]), new Set([first, second]))
        assert.equal(left?.attempt, 1)
      },
    },
  ],
}
