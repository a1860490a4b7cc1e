import assert from 'node:assert/strict'
import { once } from 'node:events'
import { errorCodes } from '../../../errors.ts'
import type { QueueInteraction } from '../../../types.ts'
import { assertHas, assertPause } from '../assertions.ts'
import type { Group } from '../case.ts'

const untilAborted = ({ signal }: QueueInteraction) => once(signal, 'abort')

export const timeouts: Group = {
  name: 'a timeout',
  cases: [
    {
      name: 'aborts the signal, and the attempt counts as failed',
      async run(stage) {
        const letters = stage.queue()
        const config = { attempts: 2, timeout: 400, deadLetterQueue: letters.name }
        const queue = stage.queue({ config })
        const reasons: unknown[] = []
        const func = queue.runs(async (job) => {
          await untilAborted(job)
          reasons.push(Reflect.get(job.signal.reason as object, 'name'))
          return 'too late'
        })
        const mourner = letters.runs()
        await stage.work(func, mourner)
        await queue.add(1)
        const [letter] = await mourner.begun(1)
        assert.deepEqual(func.attempts, [1, 2])
        assert.deepEqual(reasons, ['TimeoutError', 'TimeoutError'])
        assertHas(letter?.origin, { attemptsMade: 2 })
        assertHas(letter?.origin?.error, { code: errorCodes.attemptTimeout })
        for (const { startedAt, endedAt } of func.runs) {
          // The clock of an attempt starts before its function does.
          assertPause((endedAt ?? 0) - startedAt, 350, 400 + stage.tolerances.startMs)
        }
      },
    },
    {
      name: 'frees the place of a function that does not listen',
      async run(stage) {
        const config = { attempts: 1, timeout: 200, batchSize: 1, prefetch: 0 }
        const queue = stage.queue({ config })
        const func = queue.runs((_job, data) =>
          data === 'deaf' ? new Promise(() => undefined) : undefined,
        )
        await stage.work(func)
        await queue.add('deaf')
        await queue.add('next')
        await func.begun(2)
        assert.deepEqual(func.payloads, ['deaf', 'next'])
      },
    },
    {
      name: 'ends the progress of its attempt, too: what comes late does not hide that of the next',
      needs: ['progress', 'status'],
      async run(stage) {
        const queue = stage.queue({ config: { attempts: 2, timeout: 1_000 } })
        const [second, late] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
        const func = queue.runs(async (job) => {
          if (job.attempt === 2) {
            await job.updateProgress('of the second')
            second.resolve()
            await late.promise
          } else {
            await second.promise
            await job.updateProgress('late, of the first')
            late.resolve()
          }
        })
        await stage.work(func)
        const id = await queue.add(1)
        await queue.wait(id)
        assertHas(await queue.find(id), { progress: 'of the second', attemptsMade: 2 })
      },
    },
    {
      name: "is the job's own rather than its wiring's",
      async run(stage) {
        const queue = stage.queue({ config: { timeout: 600_000 } })
        const func = queue.runs(untilAborted)
        await stage.work(func)
        await queue.add(1, { timeout: 200 })
        await func.begun(2)
        assert.deepEqual(func.attempts.slice(0, 2), [1, 2])
      },
    },
  ],
}
