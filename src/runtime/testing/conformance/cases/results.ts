import assert from 'node:assert/strict'
import { errorCodes } from '../../../errors.ts'
import type { Group } from '../case.ts'
import { until } from '../until.ts'

export const results: Group = {
  name: 'waiting for a result',
  cases: [
    {
      name: 'resolves with what the function returned, as its type says',
      needs: ['results'],
      async run(stage) {
        const queue = stage.queue({ output: { type: 'string', 'x-type': 'Date' } })
        await stage.work(queue.runs((_job, data) => new Date(Number(data))))
        const id = await queue.add(1_000)
        assert.deepEqual(await queue.wait(id), new Date(1_000))
      },
    },
    {
      name: 'resolves when it is called after the end, and in another client',
      needs: ['results', 'status'],
      async run(stage) {
        const queue = stage.queue()
        await stage.work(queue.runs((_job, data) => [data, data]))
        const id = await queue.add('twice')
        await queue.reached(id, 'completed')
        assert.deepEqual(await queue.wait(id), ['twice', 'twice'])
        const another = stage.client(queue.contracts)
        assert.deepEqual(await another.waitForCompletion(queue.name, id), ['twice', 'twice'])
      },
    },
    {
      name: 'tells failed, discarded, unknown and unfinished jobs apart',
      needs: ['results'],
      async run(stage) {
        const queue = stage.queue({ config: { attempts: 2 } })
        const func = queue.runs((job, data) => {
          if (data === 'discard') job.discard('not needed')
          throw new Error('declined')
        })
        const waiting = await queue.add('wait', { delay: 60_000 })
        await assert.rejects(queue.client.waitForCompletion(queue.name, waiting, { timeout: 50 }), {
          code: errorCodes.waitTimeout,
        })
        const [failed, discarded] = [await queue.add('fail'), await queue.add('discard')]
        const ends = [queue.wait(failed), queue.wait(discarded)]
        const both = Promise.allSettled(ends)
        await stage.work(func)
        await both
        await assert.rejects(ends[0] ?? Promise.resolve(), (error: object) => {
          assert.equal(Reflect.get(error, 'code'), errorCodes.jobFailed)
          assert.equal(Reflect.get(Reflect.get(error, 'jobError') as object, 'message'), 'declined')
          return true
        })
        await assert.rejects(ends[1] ?? Promise.resolve(), {
          code: errorCodes.jobDiscarded,
          reason: 'not needed',
        })
        await assert.rejects(queue.wait('no-such-job'), { code: errorCodes.jobNotFound })
      },
    },
    {
      name: 'ends when its signal is aborted; the job goes on',
      needs: ['results'],
      async run(stage) {
        const queue = stage.queue()
        const id = await queue.add(1)
        const controller = new AbortController()
        const waiting = queue.client.waitForCompletion(queue.name, id, {
          signal: controller.signal,
        })
        controller.abort(new Error('no longer of interest'))
        await assert.rejects(waiting, { message: 'no longer of interest' })
        await stage.work(queue.runs(() => 'done'))
        assert.equal(await queue.wait(id), 'done')
      },
    },
    {
      name: 'outlasts the worker: another one finishes the job',
      needs: ['results'],
      async run(stage) {
        const queue = stage.queue()
        const stuck = queue.runs(() => new Promise(() => undefined))
        const first = await stage.work(stuck)
        const id = await queue.add(1)
        const result = queue.wait(id)
        await stuck.begun(1)
        await first.stop(0)
        await stage.work(queue.runs(({ attempt }) => `attempt ${attempt}`))
        assert.equal(await result, 'attempt 1')
      },
    },
    {
      name: 'and its events, in order, to the end',
      needs: ['results', 'status', 'progress'],
      async run(stage) {
        const queue = stage.queue({ config: { attempts: 2 } })
        const seen: string[] = []
        const saw = (event: string) =>
          until(() => seen.includes(event), `the event ${event}`, stage.tolerances.patienceMs)
        const func = queue.runs(async (job) => {
          await saw(`active ${job.attempt}`)
          await job.updateProgress({ attempt: job.attempt })
          await saw(`progress ${job.attempt}`)
          if (job.attempt === 1) throw new Error('declined')
          return 'paid'
        })
        const id = await queue.add(1)
        const followed = (async () => {
          for await (const event of queue.client.events(queue.name, id)) {
            const { type } = event
            if (type === 'active') seen.push(`active ${event.attempt}`)
            if (type === 'completed') seen.push(`completed ${String(event.result)}`)
            if (type === 'progress') {
              seen.push(
                `progress ${String(Reflect.get(Object(event.progress) as object, 'attempt'))}`,
              )
            }
          }
        })()
        await stage.work(func)
        await followed
        assert.deepEqual(seen, [
          'active 1',
          'progress 1',
          'active 2',
          'progress 2',
          'completed paid',
        ])
      },
    },
  ],
}
