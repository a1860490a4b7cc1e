import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { errorCodes } from '../../../errors.ts'
import { assertHas } from '../assertions.ts'
import type { Group } from '../case.ts'
import type { Stage } from '../stage.ts'
import type { TestQueue } from '../test-queue.ts'

/** A worker process that has just begun its first job, and keeps it. */
async function workElsewhere(stage: Stage, { name, contracts, config }: TestQueue) {
  const worker = stage.process({ type: 'work', queue: name, contracts, config })
  const [run] = await worker.says('run')
  return { worker, run }
}

/** Until a silent worker's job has to be back. */
function recoveryMs({ facts, tolerances }: Stage): number {
  return facts.leaseSeconds * 1_000 + tolerances.recoveryMs
}

export const crashes: Group = {
  name: 'a worker that goes silent',
  cases: [
    {
      name: 'costs the running job one attempt, and those that waited in it none',
      needs: ['processes'],
      async run(stage) {
        // Where it is supported, it has a case of its own.
        const { supported } = stage.capabilities.options.maxStalledCount
        const queue = stage.queue({
          config: { batchSize: 1, attempts: 2, ...(!supported && { maxStalledCount: 0 }) },
        })
        const [first] = await queue.addMany(6, { attempts: 2 })
        const { worker, run } = await workElsewhere(stage, queue)
        assertHas(run, { jobId: first, attempt: 1 })
        await worker.kill()
        const func = queue.runs()
        await stage.work(func)
        await func.begun(6, recoveryMs(stage))
        const attempts = new Map(func.runs.map(({ jobId, attempt }) => [jobId, attempt]))
        assert.equal(attempts.get(first ?? ''), 2)
        assert.deepEqual(func.attempts.toSorted(), [1, 1, 1, 1, 1, 2])
      },
    },
    {
      name: 'ends a job that has no attempt left: it becomes a dead letter without being run',
      needs: ['processes'],
      async run(stage) {
        const letters = stage.queue()
        const queue = stage.queue({ config: { attempts: 1, deadLetterQueue: letters.name } })
        const id = await queue.add('killer')
        const { worker } = await workElsewhere(stage, queue)
        await worker.kill()
        const [func, mourner] = [queue.runs(), letters.runs()]
        await stage.work(func, mourner)
        const [letter] = await mourner.begun(1, recoveryMs(stage))
        assertHas(letter, { data: 'killer' })
        assertHas(letter?.origin, { queueName: queue.name, jobId: id, attemptsMade: 1 })
        assertHas(letter?.origin?.error, { code: errorCodes.workerCrashed })
        assert.deepEqual(func.runs, [])
      },
    },
    {
      name: 'ends a job that was taken over too often, whatever attempts it has left',
      needs: ['processes'],
      option: 'maxStalledCount',
      async run(stage) {
        const letters = stage.queue()
        const queue = stage.queue({
          config: { attempts: 5, maxStalledCount: 0, deadLetterQueue: letters.name },
        })
        const id = await queue.add('killer')
        const { worker } = await workElsewhere(stage, queue)
        await worker.kill()
        const [func, mourner] = [queue.runs(), letters.runs()]
        await stage.work(func, mourner)
        const [letter] = await mourner.begun(1, recoveryMs(stage))
        assertHas(letter?.origin, { queueName: queue.name, jobId: id, attemptsMade: 1 })
        assertHas(letter?.origin?.error, { code: errorCodes.workerCrashed })
        assert.deepEqual(func.runs, [])
      },
    },
    {
      name: 'is not one whose job merely takes longer than the lease',
      async run(stage) {
        const queue = stage.queue()
        const longer = stage.facts.leaseSeconds * 1_000 + 3_000
        const func = queue.runs((_job, data) => (data === 'long' ? delay(longer) : undefined))
        const idle = queue.runs()
        await stage.work(func)
        await queue.add('long')
        await func.begun(1)
        await stage.work(idle)
        await queue.add('after', { delay: longer })
        await Promise.race([func.begun(2, recoveryMs(stage)), idle.begun(1, recoveryMs(stage))])
        const long = [...func.runs, ...idle.runs].filter(({ data }) => data === 'long')
        assert.deepEqual(
          long.map(({ attempt }) => attempt),
          [1],
        )
      },
    },
    {
      name: 'cannot settle the job when it wakes up: it is another’s by then',
      needs: ['results', 'status', 'processes'],
      async run(stage) {
        const queue = stage.queue({ config: { attempts: 3 } })
        const id = await queue.add(1)
        const { worker, run } = await workElsewhere(stage, queue)
        assertHas(run, { jobId: id, attempt: 1 })
        worker.signal('SIGSTOP')
        const gate = Promise.withResolvers<void>()
        const func = queue.runs(async ({ attempt }) => {
          await gate.promise
          return `attempt ${attempt}`
        })
        await stage.work(func)
        await func.begun(1, recoveryMs(stage))
        // It finishes its own attempt, while the other one still runs.
        worker.goOn()
        worker.signal('SIGCONT')
        worker.signal('SIGTERM')
        assert.equal(await worker.ended(), 0)
        assertHas(await queue.find(id), { status: 'active', attemptsMade: 2 })
        gate.resolve()
        assert.equal(await queue.wait(id), 'attempt 2')
        assert.deepEqual(func.attempts, [2])
      },
    },
  ],
}
