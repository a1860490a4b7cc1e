import assert from 'node:assert/strict'
import { errorCodes } from '../../../errors.ts'
import type { Group } from '../case.ts'
import { assertPause } from '../assertions.ts'

export const delaying: Group = {
  name: 'delaying',
  cases: [
    {
      name: 'runs a job when it is due, not before, and others meanwhile',
      async run(stage) {
        const queue = stage.queue()
        const func = queue.runs()
        await stage.work(func)
        const addedAt = performance.now()
        await queue.add('later', { delay: 2_000 })
        const storedAt = performance.now()
        await queue.add('now')
        const [now, later] = await func.begun(2)
        assert.deepEqual([now?.data, later?.data], ['now', 'later'])
        const startedAt = later?.startedAt ?? 0
        assertPause(startedAt - addedAt, 2_000, Infinity)
        assertPause(startedAt - storedAt, 0, 2_000 + stage.tolerances.startMs)
      },
    },
    {
      name: 'takes the longest delay there is, and refuses a longer one',
      async run(stage) {
        const { maxDelayMs } = stage.capabilities
        const queue = stage.queue()
        const longest = Math.min(maxDelayMs, 9 * 365 * 86_400_000)
        const func = queue.runs()
        await stage.work(func)
        await queue.add('in the end', { delay: longest })
        await assert.rejects(queue.add('never', { delay: Math.min(maxDelayMs, 1e15) + 1 }), {
          code: errorCodes.invalidOption,
        })
        await queue.add('now')
        await func.begun(1)
        assert.deepEqual(func.payloads, ['now'])
      },
    },
  ],
}
