import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { errorCodes } from '../../../errors.ts'
import { assertHas } from '../assertions.ts'
import type { Group } from '../case.ts'
import type { Recorder } from '../recorder.ts'
import type { Stage } from '../stage.ts'
import type { QueueSpec, TestQueue } from '../test-queue.ts'

/** A queue that keeps strict order. */
function strictQueue(stage: Stage, spec: QueueSpec = {}): TestQueue {
  const suffix = stage.capabilities.fifo?.suffix ?? ''
  return stage.queue({ ...spec, name: `conform-${randomBytes(6).toString('hex')}${suffix}` })
}

/** Jobs whose payloads say their group and their place in it, added in order, group by turns. */
async function addGroups(queue: TestQueue, groups: readonly string[], each: number): Promise<void> {
  const places = Array.from({ length: each }, (_, place) => place)
  await queue.client.addBulk(
    queue.name,
    places.flatMap((place) =>
      groups.map((group) => ({ data: `${group}${place}`, options: { group } })),
    ),
  )
}

const ofGroup = ({ payloads }: Recorder, group: string) =>
  payloads.map(String).filter((payload) => payload.startsWith(group))

export const fifo: Group = {
  name: 'a queue that keeps order',
  cases: [
    {
      name: 'runs the jobs of a group in the order they were added, one at a time',
      async run(stage) {
        const queue = strictQueue(stage, { config: { batchSize: 8 } })
        const running = new Map<string, number>()
        const most = new Map<string, number>()
        const func = queue.runs(async (_job, data) => {
          const group = String(data).charAt(0)
          const now = (running.get(group) ?? 0) + 1
          running.set(group, now)
          most.set(group, Math.max(now, most.get(group) ?? 0))
          await delay(5)
          running.set(group, now - 1)
        })
        await addGroups(queue, ['a', 'b', 'c'], 8)
        await stage.work(func)
        await func.begun(24)
        for (const group of ['a', 'b', 'c']) {
          const expected = Array.from({ length: 8 }, (_, place) => `${group}${place}`)
          assert.deepEqual(ofGroup(func, group), expected)
          assert.equal(most.get(group), 1)
        }
      },
    },
    {
      name: 'is one line for jobs without a group',
      async run(stage) {
        const queue = strictQueue(stage, { config: { batchSize: 8 } })
        const func = queue.runs(() => delay(2))
        await stage.work(func)
        await queue.addMany(15)
        await func.begun(15)
        assert.deepEqual(
          func.payloads,
          Array.from({ length: 15 }, (_, n) => n),
        )
        assert.equal(func.most, 1)
      },
    },
    {
      name: 'runs groups side by side',
      async run(stage) {
        const queue = strictQueue(stage)
        const both = Promise.withResolvers<void>()
        const func = queue.runs(async () => {
          if (func.most === 2) both.resolve()
          await both.promise
        })
        await stage.work(func)
        await addGroups(queue, ['a', 'b'], 1)
        await func.begun(2)
        await both.promise
      },
    },
    {
      name: 'lets a job that fails hold up its own group until it is through, and no other',
      async run(stage) {
        const queue = strictQueue(stage, {
          config: { attempts: 3, backoff: { type: 'fixed', delay: 1_000 } },
        })
        const order: string[] = []
        const func = queue.runs(({ attempt }, data) => {
          order.push(`${String(data)}/${attempt}`)
          if (data === 'a0' && attempt < 3) throw new Error('not yet')
        })
        await stage.work(func)
        await addGroups(queue, ['a', 'b'], 3)
        await func.begun(8)
        const of = (group: string) => order.filter((run) => run.startsWith(group))
        assert.deepEqual(of('a'), ['a0/1', 'a0/2', 'a0/3', 'a1/1', 'a2/1'])
        assert.deepEqual(of('b'), ['b0/1', 'b1/1', 'b2/1'])
        // The others did not wait for it.
        assert.ok(order.indexOf('b2/1') < order.indexOf('a0/3'), order.join())
      },
    },
    {
      name: 'goes on with the group when a job has failed for good, its dead letter in its group too',
      async run(stage) {
        const letters = strictQueue(stage)
        const queue = strictQueue(stage, {
          config: { attempts: 1, deadLetterQueue: letters.name },
        })
        const func = queue.runs((job, data) => {
          if (data !== 'a2') job.fail('declined')
        })
        const mourner = letters.runs()
        await stage.work(func, mourner)
        await addGroups(queue, ['a'], 4)
        const [letter] = await mourner.begun(3)
        assert.deepEqual(func.payloads, ['a0', 'a1', 'a2', 'a3'])
        assert.deepEqual(mourner.payloads, ['a0', 'a1', 'a3'])
        assertHas(letter?.origin, { queueName: queue.name, attemptsMade: 1 })
        assertHas(letter?.origin?.error, { message: 'declined' })
      },
    },
    {
      name: 'gives a job back to its place when the worker shuts down',
      async run(stage) {
        const queue = strictQueue(stage, { config: { attempts: 2 } })
        const func = queue.runs(() => new Promise(() => undefined))
        const worker = await stage.work(func)
        await addGroups(queue, ['a'], 3)
        await func.begun(1)
        await worker.stop(0)
        const next = queue.runs()
        await stage.work(next)
        await next.begun(3)
        assert.deepEqual(next.payloads, ['a0', 'a1', 'a2'])
      },
    },
    {
      name: 'keeps the place of a job of a newer contract for the worker that it fits',
      async run(stage) {
        const letters = strictQueue(stage)
        const config = { attempts: 1, deadLetterQueue: letters.name }
        const old = strictQueue(stage, { input: { type: 'string' }, fingerprint: 'aaaa', config })
        const next = stage.queue({ fingerprint: 'bbbb', config, name: old.name })
        const [oldFunction, newFunction] = [old.runs(), next.runs()]
        const oldWorker = await stage.work(oldFunction)
        await next.client.addBulk(
          next.name,
          [1, 'two', 3].map((data) => ({ data, options: { group: 'a' } })),
        )
        await next.add('other', { group: 'b' })
        await oldFunction.begun(1)
        // Longer than a few returns would take.
        await delay(8_000)
        assert.deepEqual(oldFunction.payloads, ['other'])
        await oldWorker.stop(5_000)
        await stage.work(newFunction)
        await newFunction.begun(3)
        assert.deepEqual(newFunction.payloads, [1, 'two', 3])
      },
    },
    {
      name: "runs a job of the caller's id once, whatever the id, and returns it",
      async run(stage) {
        const queue = strictQueue(stage)
        const ids = ['order-42', 'ünï 😀 \u0000', 'x'.repeat(255)]
        for (const jobId of [...ids, ...ids]) assert.equal(await queue.add(jobId, { jobId }), jobId)
        const func = queue.runs()
        await stage.work(func)
        await queue.add('last')
        await func.begun(4)
        assert.deepEqual(func.payloads, [...ids, 'last'])
        assert.deepEqual(
          func.runs.slice(0, 3).map(({ jobId }) => jobId),
          ids,
        )
      },
    },
    {
      name: 'takes a group, and a delay where it can; other queues refuse a group they would ignore',
      async run(stage) {
        const { fifo: rule, group } = stage.capabilities
        const [strict, usual] = [strictQueue(stage), stage.queue()]
        if (rule?.can.maxDelayMs === 0) {
          await assert.rejects(strict.add(1, { delay: 1_000 }), { code: errorCodes.invalidOption })
        }
        if (!group) {
          await assert.rejects(usual.add(1, { group: 'a' }), { code: errorCodes.notSupported })
        }
        const func = strict.runs()
        await stage.work(func)
        await strict.add('in a group', { group: 'a' })
        await func.begun(1)
        assert.deepEqual(func.payloads, ['in a group'])
      },
    },
  ],
}
