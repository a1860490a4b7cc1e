import assert from 'node:assert/strict'
import type { JsonSchema } from '../../../contract.ts'
import { declareContracts } from '../../../declare-queues.ts'
import { errorCodes } from '../../../errors.ts'
import type { JsonValue } from '../../../types.ts'
import { assertHas } from '../assertions.ts'
import type { Group } from '../case.ts'
import type { Stage } from '../stage.ts'
import type { TestQueue } from '../test-queue.ts'
import { until } from '../until.ts'

const objectOf = (properties: Record<string, JsonSchema>): JsonSchema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
})

const older = { input: objectOf({ to: { type: 'string' } }), fingerprint: 'aaaaaaaaaaaaaaaa' }
const newer = {
  input: objectOf({ to: { type: 'string' }, tries: { type: 'number' } }),
  fingerprint: 'bbbbbbbbbbbbbbbb',
}

/** Adds what our client would have refused, as a producer without it does. */
async function addFromElsewhere(stage: Stage, queue: TestQueue, data: JsonValue): Promise<void> {
  const provider = stage.provider('producer')
  try {
    await provider.open(declareContracts(queue.contracts))
    const [sent] = await provider.send(queue.name, [{ data, delayMs: 0, priority: 0, attempts: 3 }])
    if (!sent || 'error' in sent) throw sent?.error ?? new Error('nothing was sent')
  } finally {
    await provider.close(5_000)
  }
}

export const contracts: Group = {
  name: 'contracts',
  cases: [
    {
      name: 'take a plain payload of a producer that knows nothing of us',
      async run(stage) {
        const queue = stage.queue(older)
        const func = queue.runs()
        await stage.work(func)
        await addFromElsewhere(stage, queue, { to: 'ada' })
        await func.begun(1)
        assert.deepEqual(func.payloads, [{ to: 'ada' }])
      },
    },
    {
      name: 'send a payload that does not fit to the dead letters at once, with path and reason',
      async run(stage) {
        const letters = stage.queue()
        const config = { attempts: 5, deadLetterQueue: letters.name }
        const queue = stage.queue({ ...older, config })
        const [func, mourner] = [queue.runs(), letters.runs()]
        await stage.work(func, mourner)
        await addFromElsewhere(stage, queue, { to: 42 })
        const [letter] = await mourner.begun(1)
        assert.deepEqual(func.runs, [])
        assertHas(letter, { data: { to: 42 } })
        assertHas(letter?.origin, { attemptsMade: 1 })
        assertHas(letter?.origin?.error, { code: errorCodes.invalidPayload })
        assert.match(letter?.origin?.error?.message ?? '', /: to must be a string/)
      },
    },
    {
      name: 'give a job of a newer contract back, until a worker comes that it fits',
      async run(stage) {
        const letters = stage.queue()
        const config = { attempts: 1, deadLetterQueue: letters.name }
        const queue = stage.queue({ ...older, config })
        const next = stage.queue({ ...newer, config, name: queue.name })
        const [oldFunction, newFunction, mourner] = [queue.runs(), next.runs(), letters.runs()]
        const oldWorker = await stage.work(oldFunction, mourner)
        await next.add({ to: 'ada', tries: 3 })
        const said = () => stage.log.filter((line) => line.includes('jobs of another contract'))
        await until(() => said().length > 0, 'word of it', stage.tolerances.patienceMs)
        // The queue goes on meanwhile.
        await queue.add({ to: 'grace' })
        await oldFunction.begun(1)
        await next.add({ to: 'alan', tries: 1 })
        const givenBack = () => stage.log.filter((line) => line.includes('job given back for'))
        await until(() => givenBack().length >= 3, 'three returns', stage.tolerances.patienceMs)
        assert.equal(said().length, 1)
        await oldWorker.stop(5_000)
        await stage.work(newFunction, mourner)
        await newFunction.begun(2)
        assert.deepEqual(
          newFunction.payloads.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
          [
            { to: 'ada', tries: 3 },
            { to: 'alan', tries: 1 },
          ],
        )
        assert.deepEqual(newFunction.attempts, [1, 1])
        assert.deepEqual(oldFunction.payloads, [{ to: 'grace' }])
        assert.deepEqual(mourner.runs, [])
      },
    },
    {
      name: 'run a job of another contract that fits all the same',
      async run(stage) {
        const queue = stage.queue(older)
        const next = stage.queue({ ...older, name: queue.name, fingerprint: newer.fingerprint })
        const func = queue.runs()
        await stage.work(func)
        await next.add({ to: 'ada' })
        await func.begun(1)
        assert.deepEqual(func.payloads, [{ to: 'ada' }])
      },
    },
    {
      name: 'leave the jobs of a queue that this worker does not know alone',
      async run(stage) {
        const [known, unknown] = [stage.queue(), stage.queue({ config: { attempts: 1 } })]
        const func = known.runs()
        await unknown.add('for another worker')
        await stage.work(func)
        await known.add('for this one')
        await func.begun(1)
        assert.deepEqual(func.payloads, ['for this one'])
        const other = unknown.runs()
        await stage.work(other)
        await other.begun(1)
        assert.deepEqual(other.attempts, [1])
      },
    },
  ],
}
