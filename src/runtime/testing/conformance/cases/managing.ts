import assert from 'node:assert/strict'
import { assertHas } from '../assertions.ts'
import type { Group } from '../case.ts'

export const managing: Group = {
  name: 'removing and retrying by hand',
  cases: [
    {
      name: 'removes a waiting, a delayed and an ended job, once',
      needs: ['remove', 'status'],
      async run(stage) {
        const queue = stage.queue()
        const func = queue.runs()
        const waiting = await queue.add('wait')
        const delayed = await queue.add('later', { delay: 500 })
        for (const id of [waiting, delayed]) {
          assert.equal(await queue.client.remove(queue.name, id), true)
          assert.equal(await queue.client.remove(queue.name, id), false)
          assert.equal(await queue.find(id), null)
        }
        await stage.work(func)
        const last = await queue.add('last', { delay: 600 })
        await queue.reached(last, 'completed')
        assert.deepEqual(func.payloads, ['last'])
        assert.equal(await queue.client.remove(queue.name, last), true)
        assert.equal(await queue.find(last), null)
        assert.equal(await queue.client.remove(queue.name, 'no-such-job'), false)
      },
    },
    {
      name: 'does not remove a job that is being worked on',
      needs: ['remove', 'status'],
      async run(stage) {
        const queue = stage.queue()
        const gate = Promise.withResolvers<void>()
        const func = queue.runs(() => gate.promise)
        await stage.work(func)
        const id = await queue.add(1)
        await func.begun(1)
        assert.equal(await queue.client.remove(queue.name, id), false)
        gate.resolve()
        await queue.reached(id, 'completed')
      },
    },
    {
      name: 'runs a failed and a discarded job again, attempts counted anew',
      needs: ['retry', 'status'],
      async run(stage) {
        const queue = stage.queue({ config: { attempts: 2 } })
        let mended = false
        const func = queue.runs((job, data) => {
          if (mended) return
          if (data === 'discard') job.discard()
          throw new Error('declined')
        })
        await stage.work(func)
        const failed = await queue.add('fail')
        const discarded = await queue.add('discard')
        await queue.reached(failed, 'failed')
        await queue.reached(discarded, 'discarded')
        mended = true
        for (const id of [failed, discarded]) {
          assert.equal(await queue.client.retry(queue.name, id), true)
          assertHas(await queue.reached(id, 'completed'), { attemptsMade: 1, error: null })
        }
        assert.deepEqual(
          func.runs.filter(({ jobId }) => jobId === failed).map(({ attempt }) => attempt),
          [1, 2, 1],
        )
      },
    },
    {
      name: 'has nothing to run again of a job that waits, has completed, or is not there',
      needs: ['retry', 'status'],
      async run(stage) {
        const queue = stage.queue()
        const id = await queue.add(1)
        assert.equal(await queue.client.retry(queue.name, id), false)
        const func = queue.runs()
        await stage.work(func)
        await queue.reached(id, 'completed')
        assert.equal(await queue.client.retry(queue.name, id), false)
        assert.equal(await queue.client.retry(queue.name, 'no-such-job'), false)
        assert.equal(func.runs.length, 1)
      },
    },
  ],
}
