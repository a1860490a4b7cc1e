import assert from 'node:assert/strict'
import type { Group } from '../case.ts'

export const transactions: Group = {
  name: "a transaction of the caller's",
  cases: [
    {
      name: 'stores the jobs that are added in it with its commit',
      needs: ['transactions'],
      async run(stage) {
        const queue = stage.queue()
        const func = queue.runs()
        await stage.work(func)
        await stage.transaction(async (tx) => {
          await queue.add('first', { tx })
          await queue.client.addBulk(queue.name, [
            { data: 'second', options: { tx } },
            { data: 'third', options: { tx } },
          ])
          await queue.add('outside')
          await func.begun(1)
          assert.deepEqual(func.payloads, ['outside'])
        })
        await func.begun(4)
        assert.deepEqual(func.payloads.sort(), ['first', 'outside', 'second', 'third'])
      },
    },
    {
      name: 'takes its jobs back when it is rolled back, and their ids are free again',
      needs: ['transactions', 'jobId'],
      async run(stage) {
        const queue = stage.queue()
        const func = queue.runs()
        await stage.work(func)
        const options = { jobId: 'once' }
        const enough = new Error('enough')
        const rolledBack = stage.transaction(async (tx) => {
          assert.equal(await queue.add('inside', { ...options, tx }), 'once')
          throw enough
        })
        await assert.rejects(rolledBack, enough)
        assert.equal(await queue.add('outside', options), 'once')
        await queue.add('last')
        await func.begun(2)
        assert.deepEqual(func.payloads.sort(), ['last', 'outside'])
      },
    },
    {
      name: 'goes on when an id is there already: the job that has it runs once',
      needs: ['transactions', 'jobId'],
      async run(stage) {
        const queue = stage.queue()
        const func = queue.runs()
        const options = { jobId: 'once' }
        await queue.add('before', options)
        await stage.transaction(async (tx) => {
          assert.equal(await queue.add('inside', { ...options, tx }), 'once')
          await queue.add('also inside', { tx })
        })
        await stage.work(func)
        await func.begun(2)
        assert.deepEqual(func.payloads.sort(), ['also inside', 'before'])
      },
    },
  ],
}
