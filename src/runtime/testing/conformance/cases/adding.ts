import assert from 'node:assert/strict'
import { BulkAddError } from '../../../bulk-add.ts'
import { errorCodes } from '../../../errors.ts'
import type { SendResult } from '../../../provider.ts'
import { assertHas } from '../assertions.ts'
import type { Group } from '../case.ts'

/** Text and shapes that storage likes to lose. */
const awkward: unknown[] = [
  null,
  false,
  0,
  '',
  'U+0000 \u0000, U+2028 \u2028, half a pair \ud83d, 😀, "quotes", back\\slash',
  [[], {}, [null, [1.5, -7, 1e21, Number.MAX_SAFE_INTEGER]]],
  { '': 'empty key', 'key.with/odd:characters': { deep: { deeper: [{ deepest: true }] } } },
  // Looks like what the core itself puts around a payload.
  { $pikku: { timeout: 1 }, payload: 'mine' },
  'long '.repeat(5_000),
]

function resultsOf(error: unknown): readonly SendResult[] {
  assert.ok(error instanceof BulkAddError)
  assert.equal(error.code, errorCodes.bulkIncomplete)
  return error.results
}

export const adding: Group = {
  name: 'adding',
  cases: [
    {
      name: 'runs a job once, with its payload, under the id that add returned',
      async run(stage) {
        const queue = stage.queue({ config: { attempts: 4 } })
        const func = queue.runs()
        await stage.work(func)
        const first = await queue.add({ to: 'ada' })
        await func.begun(1)
        const second = await queue.add({ to: 'grace' })
        const [one, two, ...more] = await func.begun(2)
        const common = { queueName: queue.name, attempt: 1, maxAttempts: 4, origin: undefined }
        assertHas(one, { ...common, jobId: first, data: { to: 'ada' } })
        assertHas(two, { ...common, jobId: second, data: { to: 'grace' } })
        assert.notEqual(first, second)
        assert.deepEqual(more, [])
      },
    },
    {
      name: 'carries any JSON as it is',
      async run(stage) {
        const queue = stage.queue()
        const func = queue.runs()
        await stage.work(func)
        const ids = await queue.client.addBulk(
          queue.name,
          awkward.map((data) => ({ data })),
        )
        const runs = await func.begun(awkward.length)
        const arrived = new Map(runs.map(({ jobId, data }) => [jobId, data]))
        assert.deepEqual(
          ids.map((id) => arrived.get(id)),
          awkward,
        )
      },
    },
    {
      name: 'carries what the type says, where JSON has no word for it',
      async run(stage) {
        const queue = stage.queue({
          input: {
            type: 'object',
            properties: {
              at: { type: 'string', 'x-type': 'Date' },
              cents: { type: 'string', 'x-type': 'bigint' },
            },
            required: ['at', 'cents'],
            additionalProperties: false,
          },
        })
        const func = queue.runs()
        await stage.work(func)
        const payload = { at: new Date(86_400_000), cents: 12345678901234567890n }
        await queue.add(payload)
        await func.begun(1)
        assert.deepEqual(func.payloads, [payload])
      },
    },
    {
      name: 'adds in bulk, and returns the ids in the order of the jobs',
      async run(stage) {
        const queue = stage.queue()
        const func = queue.runs()
        await stage.work(func)
        assert.deepEqual(await queue.addMany(0), [])
        const ids = await queue.addMany(60)
        const runs = await func.begun(60)
        assert.deepEqual(
          ids.map((id) => runs.find(({ jobId }) => jobId === id)?.data),
          ids.map((_, index) => index),
        )
      },
    },
    {
      name: 'runs every job once when many callers add at the same time',
      async run(stage) {
        const queue = stage.queue()
        const func = queue.runs()
        await stage.work(func)
        const added = Array.from({ length: 200 }, (_, n) => n)
        const ids = await Promise.all(added.map((n) => queue.add(n)))
        assert.equal(new Set(ids).size, 200)
        const runs = await func.begun(200)
        assert.deepEqual(
          runs.map(({ data }) => Number(data)).toSorted((a, b) => a - b),
          added,
        )
      },
    },
    {
      name: 'refuses a payload that does not fit, and stores nothing of its bulk',
      async run(stage) {
        const queue = stage.queue({ input: { type: 'number' } })
        const func = queue.runs()
        const bulk = [1, 'two', 3].map((data) => ({ data }))
        await assert.rejects(queue.client.addBulk(queue.name, bulk), {
          code: errorCodes.invalidPayload,
        })
        await queue.add(4)
        await stage.work(func)
        await func.begun(1)
        await queue.add(5)
        await func.begun(2)
        assert.deepEqual(func.payloads, [4, 5])
      },
    },
    {
      name: 'refuses a queue and an option that do not exist',
      async run(stage) {
        const queue = stage.queue()
        await assert.rejects(queue.client.add('no-such-queue', 1), {
          code: errorCodes.unknownQueue,
        })
        await assert.rejects(queue.add(1, { delay: -1 }), { code: errorCodes.invalidOption })
        await assert.rejects(queue.add(1, Object.assign({ delay: 0 }, { tiemout: 1 })), {
          code: errorCodes.invalidOption,
        })
      },
    },
    {
      name: 'says of each job of a bulk what became of it, when the backend refuses one',
      async run(stage) {
        const { refusedByBackend } = stage.facts
        const queue = stage.queue()
        const options = [undefined, refusedByBackend ?? undefined, undefined]
        const jobs = options.map((given, data) => ({ data, options: given }))
        const [answer] = await Promise.allSettled([queue.client.addBulk(queue.name, jobs)])
        const results =
          answer.status === 'fulfilled'
            ? answer.value.map((id) => ({ id }))
            : resultsOf(answer.reason)
        const ids = results.map((result) => ('id' in result ? result.id : null))
        assert.equal(ids[1] === null, refusedByBackend !== null)
        const func = queue.runs()
        await stage.work(func)
        await queue.add('last')
        const runs = await func.begun(ids.filter((id) => id !== null).length + 1)
        for (const [index, id] of ids.entries()) {
          const run = runs.find(({ jobId }) => jobId === id)
          assert.deepEqual(run?.data, id === null ? undefined : index)
        }
      },
    },
    {
      name: 'lets a job that the backend refuses fail alone, not those added beside it',
      async run(stage) {
        const { refusedByBackend } = stage.facts
        const queue = stage.queue()
        const func = queue.runs()
        await stage.work(func)
        const options = [undefined, refusedByBackend ?? undefined, undefined]
        const results = await Promise.allSettled(options.map((given, n) => queue.add(n, given)))
        // Where nothing is refused, the one between may run before the others.
        await func.begun(refusedByBackend === null ? 3 : 2)
        const stored = results.map(({ status }) => status === 'fulfilled')
        assert.deepEqual(stored, [true, refusedByBackend === null, true])
        assert.ok(func.payloads.includes(0) && func.payloads.includes(2))
      },
    },
  ],
}
