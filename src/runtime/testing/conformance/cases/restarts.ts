import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { errorCodes } from '../../../errors.ts'
import type { Group } from '../case.ts'

/** Who waits looks by itself within this time, and finds nobody. */
const outageMs = 3_000

/** On a server of the case's own, where the backend under test has one. */
export const restarts: Group = {
  name: 'a restart of the server',
  cases: [
    {
      name: 'is waited through: for a job that was running, and for one that had not begun',
      needs: ['results', 'status'],
      async run(stage) {
        // The lease outlasts it, too.
        const lease = { visibilityTimeout: 60, lockDuration: 60_000 }
        const queue = stage.queue({ config: { attempts: 1, ...lease } })
        const later = stage.queue()
        const gate = Promise.withResolvers<void>()
        const func = queue.runs(async () => {
          await gate.promise
          return 'outlasted it'
        })
        await stage.work(func)
        const running = await queue.add(1)
        await func.begun(1)
        const waiting = await later.add(2)
        const results = Promise.allSettled([queue.wait(running), later.wait(waiting)])
        await stage.server.kill()
        const until = performance.now() + outageMs
        while (performance.now() < until) {
          await assert.rejects(queue.find(running), { code: errorCodes.unreachable })
          await delay(100)
        }
        await stage.server.start()
        gate.resolve()
        await stage.work(later.runs(() => 'came after it'))
        assert.deepEqual(await results, [
          { status: 'fulfilled', value: 'outlasted it' },
          { status: 'fulfilled', value: 'came after it' },
        ])
        assert.deepEqual(func.attempts, [1])
      },
    },
  ],
}
