import assert from 'node:assert/strict'
import { errorCodes } from '../../../errors.ts'
import { assertHas } from '../assertions.ts'
import type { Group } from '../case.ts'
import type { Stage } from '../stage.ts'

const minute = 60_000

/** A job in each status: completed, failed, discarded, retrying, active, delayed and waiting. */
async function oneOfEach(stage: Stage) {
  const queue = stage.queue({
    config: { batchSize: 1, prefetch: 0, attempts: 2, backoff: { type: 'fixed', delay: minute } },
  })
  const gate = Promise.withResolvers<void>()
  const func = queue.runs(async (job, data) => {
    if (data === 'complete') return { ok: true }
    if (data === 'fail' || data === 'retry') throw new TypeError(`cannot ${data}`)
    if (data === 'discard') job.discard('not needed')
    await gate.promise
  })
  await stage.work(func)
  const completed = await queue.add('complete')
  const failed = await queue.add('fail', { attempts: 1 })
  const discarded = await queue.add('discard')
  const retrying = await queue.add('retry')
  await queue.reached(completed, 'completed')
  await queue.reached(failed, 'failed')
  await queue.reached(discarded, 'discarded')
  await queue.reached(retrying, 'delayed')
  const active = await queue.add('block')
  await queue.reached(active, 'active')
  const delayed = await queue.add('later', { delay: minute })
  const waiting = await queue.add('wait')
  const ids = { completed, failed, discarded, retrying, active, delayed, waiting }
  return { queue, ids, open: gate.resolve }
}

export const statuses: Group = {
  name: 'status',
  cases: [
    {
      name: 'is told of a job in each state, with what is known of it',
      needs: ['status', 'results'],
      async run(stage) {
        const before = Date.now()
        const { queue, ids, open } = await oneOfEach(stage)
        const [completed, failed, discarded, retrying, active, delayed, waiting] =
          await Promise.all(Object.values(ids).map((id) => queue.find(id)))

        assertHas(waiting, { status: 'waiting', attemptsMade: 0, maxAttempts: 2, result: null })
        assertHas(waiting, { data: 'wait', startedAt: null, finishedAt: null, delayedUntil: null })
        assertHas(delayed, { status: 'delayed', attemptsMade: 0, error: null, startedAt: null })
        assertHas(active, { status: 'active', attemptsMade: 1, finishedAt: null, error: null })
        assertHas(retrying, { status: 'delayed', attemptsMade: 1, finishedAt: null })
        assertHas(completed, { status: 'completed', attemptsMade: 1, error: null, origin: null })
        assertHas(completed, { result: { ok: true }, data: 'complete', delayedUntil: null })
        assertHas(failed, { status: 'failed', attemptsMade: 1, maxAttempts: 1, result: null })
        assertHas(discarded, { status: 'discarded', attemptsMade: 1, result: null })
        assertHas(failed?.error, { name: 'TypeError', message: 'cannot fail' })
        assertHas(retrying?.error, { name: 'TypeError', message: 'cannot retry' })
        assertHas(discarded?.error, {
          message: 'not needed',
          code: errorCodes.jobDiscarded,
        })

        // Clocks of a server and ours may differ a little.
        const near = (date: Date | null | undefined, expected: number) =>
          assert.ok(date && Math.abs(date.getTime() - expected) < 30_000, String(date))
        near(delayed?.delayedUntil, before + minute)
        near(retrying?.delayedUntil, before + minute)
        for (const job of [completed, failed, discarded]) {
          near(job?.createdAt, before)
          const times = [job?.createdAt, job?.startedAt, job?.finishedAt].map(Number)
          assert.deepEqual(
            times,
            times.toSorted((a, b) => a - b),
          )
        }
        open()
        await queue.reached(ids.active, 'completed')
        await queue.reached(ids.waiting, 'completed')
      },
    },
    {
      name: 'is counted for the whole queue',
      needs: ['status'],
      async run(stage) {
        const { queue, open } = await oneOfEach(stage)
        assert.deepEqual(await queue.counts(), {
          ...{ waiting: 1, active: 1, completed: 1, failed: 1, discarded: 1 },
          delayed: 2,
        })
        open()
        const empty = stage.queue()
        assert.deepEqual(await empty.counts(), {
          ...{ waiting: 0, active: 0, completed: 0, failed: 0, discarded: 0 },
          delayed: 0,
        })
      },
    },
    {
      name: 'of a job that does not exist is null, in whatever form its id is',
      needs: ['status'],
      async run(stage) {
        const [queue, other] = [stage.queue(), stage.queue()]
        const id = await other.add(1)
        assert.equal(await queue.find(id), null)
        for (const unknown of ['no-such-job', '42', '0c2d3e4f-5a6b-4f6e-8a11-1e4b0a7c9b3d']) {
          assert.equal(await queue.find(unknown), null)
        }
      },
    },
    {
      name: 'can be asked for in a process that has added nothing',
      needs: ['status'],
      async run(stage) {
        const queue = stage.queue()
        const id = await queue.add({ n: 1 })
        const another = stage.client(queue.contracts)
        assertHas(await another.getJob(queue.name, id), { id, status: 'waiting', data: { n: 1 } })
      },
    },
  ],
}
