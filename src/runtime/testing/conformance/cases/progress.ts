import assert from 'node:assert/strict'
import type { JsonSchema } from '../../../contract.ts'
import { assertHas } from '../assertions.ts'
import type { Group } from '../case.ts'
import { until } from '../until.ts'

const step: JsonSchema = {
  type: 'object',
  properties: {
    at: { type: 'string', format: 'date-time', 'x-type': 'Date' },
    left: { type: 'string', 'x-type': 'bigint' },
  },
  required: ['at', 'left'],
  additionalProperties: false,
}

export const progress: Group = {
  name: 'progress',
  cases: [
    {
      name: 'is seen live by another process, while the job runs',
      needs: ['progress', 'status', 'processes'],
      async run(stage) {
        const queue = stage.queue()
        const id = await queue.add(1)
        const contracts = queue.contracts
        const follower = stage.process({ type: 'follow', queue: queue.name, contracts, id })
        await follower.says('ready')
        const seen = () =>
          follower
            .said('event')
            .flatMap(({ event }) => (event.type === 'progress' ? [event.progress] : []))
        // Goes on only when the other process has seen each step.
        const func = queue.runs(async (job) => {
          for (const [index, step] of [25, { page: 2, of: 3 }, 'almost'].entries()) {
            await job.updateProgress(step)
            await until(() => seen().length > index, `step ${index}`, stage.tolerances.patienceMs)
          }
          return 'done'
        })
        await stage.work(func)
        await queue.wait(id)
        await until(
          () => follower.said('event').some(({ event }) => event.type === 'completed'),
          'the end to be seen',
          stage.tolerances.patienceMs,
        )
        assert.deepEqual(seen(), [25, { page: 2, of: 3 }, 'almost'])
        assert.equal(await follower.ended(), 0)
      },
    },
    {
      name: 'calls a listener until it is told to stop, and the last one is kept',
      needs: ['progress', 'status'],
      async run(stage) {
        const queue = stage.queue()
        const id = await queue.add(1)
        const heard: unknown[] = []
        const unsubscribe = queue.client.onProgress(queue.name, id, (step) => heard.push(step))
        const { patienceMs } = stage.tolerances
        const func = queue.runs(async (job) => {
          await job.updateProgress(1)
          await until(() => heard.length === 1, 'the first step', patienceMs)
          unsubscribe()
          await job.updateProgress(2)
          return 'done'
        })
        await stage.work(func)
        await queue.wait(id)
        assertHas(await queue.find(id), { progress: 2 })
        assert.deepEqual(heard, [1])
      },
    },
    {
      name: 'comes back as its type says; what does not fit is not seen, and fails nothing',
      needs: ['progress', 'status'],
      async run(stage) {
        const queue = stage.queue({ progress: step })
        const id = await queue.add(1)
        const heard: unknown[] = []
        queue.client.onProgress(queue.name, id, (step) => heard.push(step))
        const first = { at: new Date(0), left: 2n ** 64n }
        const last = { at: new Date(1), left: 0n }
        const func = queue.runs(async (job) => {
          await job.updateProgress({ ...first, more: 'than the type has' })
          await until(() => heard.length === 1, 'the first step', stage.tolerances.patienceMs)
          await job.updateProgress({ at: 'now', left: 1 })
          await job.updateProgress(last)
          return 'done'
        })
        await stage.work(func)
        assert.equal(await queue.wait(id), 'done')
        assertHas(await queue.find(id), { progress: last })
        assert.deepEqual(heard[0], first)
      },
    },
  ],
}
