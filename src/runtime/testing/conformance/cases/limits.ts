import assert from 'node:assert/strict'
import { errorCodes } from '../../../errors.ts'
import type { Group } from '../case.ts'
import { mergeContracts } from '../test-queue.ts'

const megabyte = 1024 * 1024
const manyQueues = 1_000

export const limits: Group = {
  name: 'limits',
  cases: [
    {
      name: 'carries a payload of the largest size, and refuses one byte more',
      async run(stage) {
        const { maxJobBytes } = stage.capabilities
        const queue = stage.queue()
        const func = queue.runs()
        await stage.work(func)
        const quotes = 2
        const largest = 'x'.repeat(Math.min(maxJobBytes, megabyte) - quotes)
        await queue.add(largest)
        await func.begun(1)
        assert.ok(func.payloads[0] === largest, 'it did not arrive as it was')
        if (maxJobBytes === Infinity) return
        await assert.rejects(queue.add(`${largest}x`), { code: errorCodes.payloadTooLarge })
        // Bytes, not characters.
        await assert.rejects(queue.add(`${largest.slice(1)}ü`), {
          code: errorCodes.payloadTooLarge,
        })
      },
    },
    {
      name: 'carries a result of a megabyte',
      needs: ['results'],
      async run(stage) {
        const queue = stage.queue()
        const result = 'x'.repeat(megabyte)
        await stage.work(queue.runs(() => result))
        const found = await queue.wait(await queue.add(1))
        assert.ok(found === result, 'it did not arrive as it was')
      },
    },
    {
      name: `takes ${manyQueues} declared queues, and uses any of them`,
      async run(stage) {
        const queues = Array.from({ length: manyQueues }, (_, index) =>
          stage.queue({ config: { autorun: index % 333 === 0 } }),
        )
        const client = stage.client(mergeContracts(queues))
        const used = queues.filter(({ config }) => config.autorun)
        for (const { name } of used) await client.add(name, `for ${name}`)
        const all = queues.map((queue) => queue.runs())
        await stage.work(...all)
        const functions = all.filter(({ queue }) => queue.config.autorun)
        for (const func of functions) await func.begun(1)
        assert.deepEqual(
          functions.map(({ payloads }) => payloads),
          used.map(({ name }) => [`for ${name}`]),
        )
      },
    },
  ],
}
