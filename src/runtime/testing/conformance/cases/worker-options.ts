import assert from 'node:assert/strict'
import { announce } from '../../../announce.ts'
import type { Consumer } from '../../../provider.ts'
import { assertPause } from '../assertions.ts'
import type { Group } from '../case.ts'
import type { Stage } from '../stage.ts'
import { until } from '../until.ts'

/** Answers that come within this time belong to one look. */
const oneLookMs = 300
/** A busy process may see a look so late, and the next one on time. */
const lateMs = 600

/** From one look at an empty queue to the next, in milliseconds; undefined where nobody tells. */
async function pauseBetweenLooks(
  stage: Stage,
  consumer: Consumer | undefined,
): Promise<number | undefined> {
  let [answers, at, looks] = [consumer?.answers, performance.now(), 0]
  if (answers === undefined) return undefined
  return until(
    () => {
      if (consumer?.answers === answers) return undefined
      const pause = performance.now() - at
      ;[answers, at] = [consumer?.answers, performance.now()]
      if (pause < oneLookMs) return undefined
      looks += 1
      // The first one began before we looked.
      return looks > 1 ? pause : undefined
    },
    'two looks at an empty queue',
    stage.tolerances.patienceMs,
  )
}

export const workerOptions: Group = {
  name: 'worker options',
  cases: [
    {
      name: 'pollInterval is the time between two looks at an empty queue',
      option: 'pollInterval',
      async run(stage) {
        // Where a look lasts as well, it counts.
        const queue = stage.queue({ config: { pollInterval: 2_000, drainDelay: 0 } })
        const worker = await stage.work(queue.runs())
        const pause = await pauseBetweenLooks(stage, worker.consumers.get(queue.name))
        if (pause === undefined) return
        assertPause(pause, 2_000 - lateMs, 2_000 + stage.tolerances.startMs)
      },
    },
    {
      name: 'drainDelay is the time of one wait for a job',
      option: 'drainDelay',
      async run(stage) {
        const queue = stage.queue({ config: { pollInterval: 10, drainDelay: 2 } })
        const worker = await stage.work(queue.runs())
        const pause = await pauseBetweenLooks(stage, worker.consumers.get(queue.name))
        if (pause === undefined) return
        assertPause(pause, 2_000 - lateMs, 2_000 + stage.tolerances.startMs)
      },
    },
    {
      name: 'do not hold up a job that comes while the queue is empty, however long they are',
      async run(stage) {
        const queue = stage.queue({ config: { drainDelay: 20 } })
        const func = queue.runs()
        await stage.work(func)
        await queue.add('first')
        await func.begun(1)
        await queue.add('second')
        await func.begun(2, stage.tolerances.startMs)
      },
    },
    {
      name: 'autorun: false has nothing run, until the queue is named',
      async run(stage) {
        const [queue, clock] = [stage.queue({ config: { autorun: false } }), stage.queue()]
        const [func, ticks] = [queue.runs(), clock.runs()]
        const worker = await stage.work(func, ticks)
        await queue.add('waits')
        await clock.add('time has passed', { delay: 1_500 })
        await ticks.begun(1)
        assert.deepEqual(func.runs, [])
        assert.equal(worker.consumers.has(queue.name), false)
        const named = queue.runs()
        await stage.workOn(named)
        await named.begun(1)
        assert.deepEqual([func.payloads, named.payloads], [[], ['waits']])
      },
    },
    {
      name: 'name is what the log calls the worker',
      async run(stage) {
        const queue = stage.queue({ config: { name: 'mailer' } })
        const worker = await stage.work(queue.runs())
        announce(worker, stage.provider('worker'), stage.logger)
        assert.ok(stage.log.some((line) => line.includes(`queue ${queue.name} (mailer): `)))
      },
    },
  ],
}
