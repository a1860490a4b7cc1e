import assert from 'node:assert/strict'
import type { Group } from '../case.ts'

const oneAtATime = { batchSize: 1, prefetch: 0 }

export const priorities: Group = {
  name: 'priority',
  cases: [
    {
      name: 'runs the higher first, numbers and names alike',
      needs: ['priority'],
      async run(stage) {
        const queue = stage.queue({ config: oneAtATime })
        for (const priority of ['low', -100, undefined, 7, 'high', 1_000, 1] as const) {
          await queue.add(priority ?? 'none', { priority })
        }
        const func = queue.runs()
        await stage.work(func)
        await func.begun(7)
        assert.deepEqual(func.payloads, [1_000, 'high', 7, 1, 'none', 'low', -100])
      },
    },
    {
      name: 'runs equals in the order in which they were added',
      needs: ['priority'],
      async run(stage) {
        const queue = stage.queue({ config: oneAtATime })
        await queue.addMany(20)
        const rest = await queue.client.addBulk(
          queue.name,
          [20, 21, 22].map((data) => ({ data, options: { priority: 0 } })),
        )
        assert.equal(rest.length, 3)
        const func = queue.runs()
        await stage.work(func)
        await func.begun(23)
        assert.deepEqual(
          func.payloads,
          Array.from({ length: 23 }, (_, n) => n),
        )
      },
    },
  ],
}
