import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import type { Group } from '../case.ts'
import { until } from '../until.ts'

export const concurrency: Group = {
  name: 'concurrency',
  cases: [
    {
      name: 'is reached, and never exceeded',
      async run(stage) {
        const queue = stage.queue({ config: { batchSize: 4 } })
        const full = Promise.withResolvers<void>()
        const func = queue.runs(async () => {
          if (func.most === 4) full.resolve()
          await full.promise
          // Long enough for a fifth to come in beside them, if one could.
          await delay(5)
        })
        await queue.addMany(40)
        await stage.work(func)
        await func.begun(40)
        assert.equal(func.most, 4)
      },
    },
    {
      name: 'of one is one after the other',
      async run(stage) {
        const queue = stage.queue({ config: { batchSize: 1 } })
        const func = queue.runs(() => delay(2))
        await queue.addMany(20)
        await stage.work(func)
        await func.begun(20)
        assert.equal(func.most, 1)
      },
    },
    {
      name: 'is each queue’s own, and a full one does not hold up another',
      async run(stage) {
        const [slow, quick] = [stage.queue({ config: { batchSize: 1 } }), stage.queue()]
        const gate = Promise.withResolvers<void>()
        const [stuck, free] = [slow.runs(() => gate.promise), quick.runs()]
        await stage.work(stuck, free)
        await slow.addMany(3)
        await stuck.begun(1)
        await quick.addMany(20)
        await free.begun(20)
        assert.equal(stuck.runs.length, 1)
        gate.resolve()
        await stuck.begun(3)
      },
    },
    {
      name: 'does not wait for the slowest of a batch',
      async run(stage) {
        const queue = stage.queue({ config: { batchSize: 5 } })
        const gate = Promise.withResolvers<void>()
        const func = queue.runs((_job, data) => (data === 0 ? gate.promise : undefined))
        await queue.addMany(50)
        await stage.work(func)
        await func.begun(50)
        gate.resolve()
      },
    },
    {
      name: 'of the jobs of one group is one, in the order they were added',
      needs: ['group'],
      async run(stage) {
        const queue = stage.queue({ config: { batchSize: 4 } })
        const running = new Set<string>()
        const func = queue.runs(async (_job, data) => {
          const group = String(data).charAt(0)
          assert.ok(!running.has(group), `two jobs of group ${group} ran at the same time`)
          running.add(group)
          await delay(5)
          running.delete(group)
        })
        const payloads = ['a1', 'b1', 'a2', 'b2', 'a3', 'b3']
        for (const data of payloads) await queue.add(data, { group: data.charAt(0) })
        await stage.work(func)
        await func.begun(6)
        const of = (group: string) => func.payloads.filter((data) => String(data).startsWith(group))
        assert.deepEqual(of('a'), ['a1', 'a2', 'a3'])
        assert.deepEqual(of('b'), ['b1', 'b2', 'b3'])
      },
    },
    {
      name: 'adds up over two workers that share a queue, each job going to one of them',
      async run(stage) {
        const queue = stage.queue({ config: { batchSize: 3 } })
        const workers = [1, 2].map(() =>
          queue.runs(async () => {
            await until(bothFull, 'both workers to be full', stage.tolerances.patienceMs)
          }),
        )
        const bothFull = () => workers.every(({ most }) => most === 3)
        for (const worker of workers) await stage.work(worker)
        await queue.addMany(30)
        const all = () => workers.flatMap(({ runs }) => runs)
        await until(() => all().length >= 30, 'all jobs', stage.tolerances.patienceMs)
        assert.equal(new Set(all().map(({ jobId }) => jobId)).size, 30)
        assert.equal(all().length, 30)
        assert.ok(all().every(({ attempt }) => attempt === 1))
      },
    },
  ],
}
