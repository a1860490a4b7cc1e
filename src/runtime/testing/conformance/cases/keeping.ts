import assert from 'node:assert/strict'
import { errorCodes } from '../../../errors.ts'
import { assertHas } from '../assertions.ts'
import type { Group } from '../case.ts'
import { until } from '../until.ts'

const decline = () => {
  throw new Error('declined')
}

/** Each case keeps none of the other kind: some backends trim such a queue sooner. */
export const keeping: Group = {
  name: 'finished jobs',
  cases: [
    {
      name: 'are kept up to removeOnComplete, the newest; the ids of the others are free again',
      needs: ['status', 'jobId'],
      option: 'removeOnComplete',
      async run(stage) {
        const queue = stage.queue({ config: { removeOnComplete: 2, removeOnFail: 0 } })
        const func = queue.runs()
        await stage.work(func)
        const first = await queue.add('first', { jobId: 'first' })
        await queue.reached(first, 'completed')
        await queue.addMany(5)
        await func.begun(6)
        await until(
          async () => (await queue.counts()).completed === 2,
          'two of them to be left',
          stage.tolerances.patienceMs,
        )
        assert.equal(await queue.find(first), null)
        const last = await queue.add('last')
        assertHas(await queue.reached(last, 'completed'), { data: 'last' })
        await until(
          async () => (await queue.counts()).completed === 2,
          'one to make place for the last',
          stage.tolerances.patienceMs,
        )
        assertHas(await queue.find(last), { status: 'completed' })
        await queue.add('again', { jobId: 'first' })
        await func.begun(8)
        assert.equal(func.payloads.at(-1), 'again')
      },
    },
    {
      name: 'are kept up to removeOnFail when they failed or were discarded; others cannot be retried',
      needs: ['status', 'retry'],
      option: 'removeOnFail',
      async run(stage) {
        const queue = stage.queue({
          config: { attempts: 1, removeOnFail: 1, removeOnComplete: 0 },
        })
        const func = queue.runs((job, data) => (data === 'discard' ? job.discard() : decline()))
        await stage.work(func)
        const first = await queue.add('first')
        // One after the other, so that it is certain which one is the newest.
        await queue.reached(first, 'failed')
        await queue.reached(await queue.add('discard'), 'discarded')
        const last = await queue.add('last')
        await queue.reached(last, 'failed')
        const onlyOne = async () => {
          const { failed, discarded } = await queue.counts()
          return failed === 1 && discarded === 0
        }
        await until(onlyOne, 'one of them to be left', stage.tolerances.patienceMs)
        assert.equal(await queue.find(first), null)
        assert.equal(await queue.client.retry(queue.name, first), false)
        assert.equal(await queue.client.retry(queue.name, last), true)
        await func.begun(4)
        assertHas(func.runs.at(-1), { data: 'last', attempt: 1 })
      },
    },
    {
      name: 'keep nobody waiting where none is kept: who waits hears the end, or that they are gone',
      needs: ['results'],
      option: 'removeOnComplete',
      async run(stage) {
        const queue = stage.queue({
          config: { attempts: 1, removeOnComplete: 0, removeOnFail: 0 },
        })
        const gate = Promise.withResolvers<void>()
        const func = queue.runs(async (_job, data) => {
          await gate.promise
          return data === 'pay' ? 'paid' : decline()
        })
        await stage.work(func)
        const ids = [await queue.add('pay'), await queue.add('decline')]
        const ends = Promise.allSettled(ids.map((id) => queue.wait(id)))
        await func.begun(2)
        gate.resolve()
        const heard = (await ends).map((end): unknown =>
          end.status === 'fulfilled' ? end.value : Reflect.get(Object(end.reason), 'code'),
        )
        const { jobNotFound, jobFailed } = errorCodes
        assert.ok(heard[0] === 'paid' || heard[0] === jobNotFound, String(heard[0]))
        assert.ok(heard[1] === jobFailed || heard[1] === jobNotFound, String(heard[1]))
      },
    },
  ],
}
