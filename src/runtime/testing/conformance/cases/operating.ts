import assert from 'node:assert/strict'
import type { QueueOverview, QueueProvider } from '../../../provider.ts'
import type { JobStatus } from '../../../types.ts'
import { assertHas } from '../assertions.ts'
import type { Group } from '../case.ts'
import type { Stage } from '../stage.ts'
import type { TestQueue } from '../test-queue.ts'
import { until } from '../until.ts'

const minuteMs = 60_000

/** Waits until the counts are these; some backends count a little late. */
function counted(
  stage: Stage,
  operator: QueueProvider,
  { name }: TestQueue,
  expected: QueueOverview['counts'],
): Promise<QueueOverview> {
  return until(
    async () => {
      const overview = await operator.overview?.(name)
      const fits = Object.entries(expected).every(
        ([status, count]) => overview?.counts[status as JobStatus] === count,
      )
      return fits && overview
    },
    `queue ${name} to count ${JSON.stringify(expected)}`,
    stage.tolerances.patienceMs,
  )
}

export const operating: Group = {
  name: 'what operators do',
  cases: [
    {
      name: 'see how many wait, are delayed and are worked on, and since when the oldest waits',
      async run(stage) {
        const queue = stage.queue({ config: { batchSize: 1 } })
        const operator = await stage.operator(queue)
        const empty = await counted(stage, operator, queue, { waiting: 0, delayed: 0, active: 0 })
        assert.ok(!empty.oldestWaitingSince)
        assert.equal(empty.paused, false)

        const before = Date.now()
        await queue.addMany(3)
        const after = Date.now()
        await queue.add('later', { delay: 10 * minuteMs })
        const full = await counted(stage, operator, queue, { waiting: 3, delayed: 1, active: 0 })
        const since = full.oldestWaitingSince
        // The server's clock need not be ours.
        if (since !== undefined) {
          assert.ok(since && since.getTime() > before - minuteMs)
          assert.ok(since.getTime() < after + minuteMs)
        }

        const gate = Promise.withResolvers<void>()
        const func = queue.runs(() => gate.promise)
        await stage.work(func)
        await func.begun(1)
        assert.ok(((await operator.overview?.(queue.name))?.counts.active ?? 0) > 0)
        gate.resolve()
        await counted(stage, operator, queue, { waiting: 0, delayed: 1, active: 0 })
      },
    },
    {
      name: 'do not count the time of a delay, or until the next attempt, as waiting',
      needs: ['status'],
      async run(stage) {
        const queue = stage.queue({
          config: { attempts: 2, backoff: { type: 'fixed', delay: 1_000 } },
        })
        const operator = await stage.operator(queue)
        const func = queue.runs((job) => job.fail('once more'))
        const worker = await stage.work(func)
        const id = await queue.add('payload', { delay: 500 })
        await func.begun(1)
        await queue.reached(id, 'delayed')
        await worker.stop(5_000)
        await queue.reached(id, 'waiting')
        const [run] = func.runs
        const overview = await operator.overview?.(queue.name)
        const since = overview?.oldestWaitingSince
        const created = (await queue.find(id))?.createdAt
        assert.ok(run && since && created)
        assert.ok(since.getTime() - created.getTime() >= 1_500, `it was ${since.toISOString()}`)
      },
    },
    {
      name: 'list the jobs of a status: in the order of running, then newest first',
      needs: ['status'],
      async run(stage) {
        const queue = stage.queue({ config: { batchSize: 1, attempts: 1 } })
        const operator = await stage.operator(queue)
        const list = async (status: JobStatus, offset = 0, limit = 10) => {
          const jobs = await operator.list?.(queue.name, status, { offset, limit })
          return jobs?.map(({ id }) => id)
        }
        const waiting = await queue.addMany(4)
        const [later] = await queue.addMany(1, { delay: 10 * minuteMs })
        const [latest] = await queue.addMany(1, { delay: 20 * minuteMs })
        assert.deepEqual(await list('waiting'), waiting)
        assert.deepEqual(await list('waiting', 1, 2), waiting.slice(1, 3))
        assert.deepEqual(await list('delayed'), [later, latest])
        assert.deepEqual(await list('active'), [])

        const func = queue.runs((job, data) => {
          if (data === 1) job.fail('declined')
          if (data === 2) job.discard()
        })
        await stage.work(func)
        await counted(stage, operator, queue, { waiting: 0, active: 0 })
        assert.deepEqual(await list('completed'), [waiting[3], waiting[0]])
        assert.deepEqual(await list('completed', 1), [waiting[0]])
        assert.deepEqual(await list('failed'), [waiting[1]])
        assert.deepEqual(await list('discarded'), [waiting[2]])
        const [job] = (await operator.list?.(queue.name, 'failed', { offset: 0, limit: 1 })) ?? []
        assertHas(job, { status: 'failed', attemptsMade: 1, queueName: queue.name })
        assertHas(job?.error, { message: 'declined' })
      },
    },
    {
      name: 'pause a queue for all of its workers, until it is resumed',
      needs: ['pause', 'status'],
      async run(stage) {
        const [queue, other] = [stage.queue(), stage.queue()]
        const operator = await stage.operator(queue)
        const gate = Promise.withResolvers<void>()
        const func = queue.runs((_, data) => (data === 'under way' ? gate.promise : undefined))
        const clock = other.runs()
        const worker = await stage.work(func, clock)
        const underWay = await queue.add('under way')
        await func.begun(1)

        await operator.pause?.(queue.name)
        await operator.pause?.(queue.name)
        assert.equal((await operator.overview?.(queue.name))?.paused, true)
        await queue.addMany(3)
        await queue.addMany(1, { delay: 200 })
        gate.resolve()
        await queue.reached(underWay, 'completed')
        await worker.stop(5_000)
        // It lasts across restarts, and holds for a worker that comes later.
        await stage.work(func, clock)
        await other.wait(await other.add('time has passed', { delay: 1_500 }))
        assert.deepEqual(func.payloads, ['under way'])
        assertHas(await queue.counts(), { waiting: 4, active: 0 })
        const said = () => stage.log.some((line) => line.includes('the queue is paused'))
        // Whoever has its queues to itself need not be told.
        if (stage.facts.processes !== false) {
          await until(said, 'word of the pause', stage.tolerances.patienceMs)
        }

        await operator.resume?.(queue.name)
        await operator.resume?.(queue.name)
        await func.begun(5)
        await counted(stage, operator, queue, { waiting: 0, active: 0 })
        assert.equal((await operator.overview?.(queue.name))?.paused, false)
      },
    },
    {
      name: 'drain a queue: what waits and what is delayed is gone',
      async run(stage) {
        const queue = stage.queue()
        const operator = await stage.operator(queue)
        await queue.addMany(3)
        await queue.addMany(2, { delay: 10 * minuteMs })
        await counted(stage, operator, queue, { waiting: 3, delayed: 2 })
        const drained = await operator.drain?.(queue.name)
        assert.ok(drained === undefined || drained === 5)
        await counted(stage, operator, queue, { waiting: 0, delayed: 0 })
        const func = queue.runs()
        await stage.work(func)
        await queue.add('last')
        await func.begun(1)
        assert.deepEqual(func.payloads, ['last'])
      },
    },
    {
      name: 'move what waits elsewhere, attempts counted anew; what is not placed stays',
      async run(stage) {
        const letters = stage.queue()
        const target = stage.queue()
        const queue = stage.queue({ config: { attempts: 1, deadLetterQueue: letters.name } })
        const operator = await stage.operator(queue, letters, target)
        const func = queue.runs((job) => job.fail('declined'))
        const worker = await stage.work(func)
        const ids = await queue.addMany(4)
        await func.begun(4)
        await counted(stage, operator, letters, { waiting: 4 })
        await worker.stop(5_000)

        const seen = new Set<string | undefined>()
        const move = (limit: number) =>
          operator.move?.(letters.name, limit, (letter) => {
            seen.add(letter.origin?.jobId)
            assertHas(letter, { queueName: letters.name })
            assertHas(letter.origin, { queueName: queue.name, attemptsMade: 1 })
            if (letter.origin?.jobId === ids[0]) return undefined
            return { queue: target.name, id: crypto.randomUUID(), attempts: 2 }
          })
        assertHas(await move(2), { moved: 2 })
        assert.deepEqual(await move(Infinity), { moved: 1, left: 1 })
        assert.deepEqual([...seen].sort(), [...ids].sort())
        await counted(stage, operator, letters, { waiting: 1, active: 0 })

        const moved = target.runs((job) => {
          if (job.attempt === 1) job.fail('once more')
        })
        await stage.work(moved)
        await moved.begun(6)
        assert.deepEqual(moved.attempts.toSorted(), [1, 1, 1, 2, 2, 2])
        assert.ok(moved.runs.every(({ maxAttempts, origin }) => maxAttempts === 2 && !origin))
        assert.deepEqual([...new Set(moved.payloads)].sort(), [1, 2, 3])

        const mourner = letters.runs()
        await stage.work(mourner)
        const [left] = await mourner.begun(1)
        assertHas(left, { attempt: 1, data: 0 })
        assertHas(left?.origin, { jobId: ids[0], queueName: queue.name })
      },
    },
    {
      name: 'move a job with new data, and not twice to one id',
      needs: ['status'],
      async run(stage) {
        const [queue, target] = [stage.queue(), stage.queue()]
        const operator = await stage.operator(queue, target)
        await queue.addMany(3)
        const result = await operator.move?.(queue.name, Infinity, () => ({
          ...{ queue: target.name, id: 'ac6f7f4e-6a52-4a1c-9d5a-0d8f2c0a1b2c', attempts: 1 },
          data: null,
        }))
        // The first one has the id; nobody may take its place, nor get lost.
        assert.deepEqual(result, { moved: 1, left: 2 })
        assertHas(await queue.counts(), { waiting: 2 })
        assertHas(await target.counts(), { waiting: 1 })
        const [job] = (await operator.list?.(target.name, 'waiting', { offset: 0, limit: 2 })) ?? []
        assert.equal(job?.data, null)
      },
    },
  ],
}
