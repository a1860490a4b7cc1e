import assert from 'node:assert/strict'
import type { BackoffOptions, JobOptions } from '../../../types.ts'
import { assertPause } from '../assertions.ts'
import type { Case, Group } from '../case.ts'
import type { Run } from '../recorder.ts'

const decline = () => {
  throw new Error('declined')
}

/** From the end of each attempt to the start of the next. */
function pausesBetween(runs: readonly Run[]): number[] {
  return runs.slice(1).map((run, index) => run.startedAt - (runs[index]?.endedAt ?? 0))
}

/** Each pause is as long as it must be, and all together are not so long as another kind's. */
function backoffCase(backoff: BackoffOptions, pauses: readonly number[]): Case {
  const sum = (of: readonly number[]) => of.reduce((total, pause) => total + pause, 0)
  return {
    name: `${backoff.type} backoff waits ${pauses.join(', ')} ms`,
    async run(stage) {
      const queue = stage.queue({ config: { attempts: pauses.length + 1, backoff } })
      const func = queue.runs(decline)
      await stage.work(func)
      await queue.add(1)
      const runs = await func.begun(pauses.length + 1, sum(pauses) + stage.tolerances.patienceMs)
      const waited = pausesBetween(runs)
      for (const [index, pause] of pauses.entries()) {
        assertPause(waited[index] ?? 0, pause, Infinity)
      }
      assertPause(sum(waited), sum(pauses), sum(pauses) + stage.tolerances.startMs)
    },
  }
}

export const retrying: Group = {
  name: 'retrying',
  cases: [
    ...[1, 3].map((attempts): Case => ({
      name: `runs a job that always fails ${attempts} times, no more and no less`,
      async run(stage) {
        const letters = stage.queue()
        const queue = stage.queue({ config: { attempts, deadLetterQueue: letters.name } })
        const [func, mourner] = [queue.runs(decline), letters.runs()]
        await stage.work(func, mourner)
        await queue.add(1)
        await mourner.begun(1)
        await queue.add(2)
        await mourner.begun(2)
        const expected = Array.from({ length: attempts }, (_, index) => index + 1)
        assert.deepEqual(func.attempts, [...expected, ...expected])
        assert.ok(func.runs.every(({ maxAttempts }) => maxAttempts === attempts))
      },
    })),
    {
      name: 'stops retrying when an attempt succeeds',
      async run(stage) {
        const queue = stage.queue({ config: { attempts: 5 } })
        const func = queue.runs(({ attempt }, data) => {
          if (attempt < Number(data)) throw new Error('not yet')
        })
        await stage.work(func)
        await queue.add(2)
        await func.begun(2)
        await queue.add(3)
        await func.begun(5)
        assert.deepEqual(func.attempts, [1, 2, 1, 2, 3])
      },
    },
    {
      name: 'leaves no error with a job that succeeded in the end',
      needs: ['status', 'results'],
      async run(stage) {
        const queue = stage.queue()
        const func = queue.runs(({ attempt }) => {
          if (attempt === 1) throw new Error('not yet')
          return 'paid'
        })
        await stage.work(func)
        const id = await queue.add(1)
        const { error, result, attemptsMade } = await queue.reached(id, 'completed')
        assert.deepEqual(
          { error, result, attemptsMade },
          { error: null, result: 'paid', attemptsMade: 2 },
        )
      },
    },
    ...(
      [
        ['attempts', { attempts: 2 }],
        ['retries', { retries: 1 }],
      ] satisfies [string, JobOptions][]
    ).map(([option, options]): Case => ({
      name: `goes by the job's own ${option} rather than its wiring's`,
      async run(stage) {
        const letters = stage.queue()
        const queue = stage.queue({ config: { attempts: 4, deadLetterQueue: letters.name } })
        const [func, mourner] = [queue.runs(decline), letters.runs()]
        await stage.work(func, mourner)
        await queue.add(1, options)
        await mourner.begun(1)
        assert.deepEqual(func.attempts, [1, 2])
        assert.deepEqual(new Set(func.runs.map(({ maxAttempts }) => maxAttempts)), new Set([2]))
      },
    })),
    // So that no other kind's sum lies within the tolerance.
    backoffCase({ type: 'fixed', delay: 700 }, [700, 700, 700, 700]),
    backoffCase({ type: 'linear', delay: 700 }, [700, 1400, 2100, 2800]),
    backoffCase({ type: 'exponential', delay: 700 }, [700, 1400, 2800, 5600]),
    backoffCase({ type: 'exponential', delay: 700, maxDelay: 1000 }, [700, 1000, 1000, 1000]),
    {
      name: "goes by the job's own backoff rather than its wiring's",
      async run(stage) {
        const queue = stage.queue({ config: { backoff: { type: 'fixed', delay: 600_000 } } })
        const func = queue.runs(decline)
        await stage.work(func)
        await queue.add(1, { backoff: { type: 'fixed', delay: 300 } })
        const [pause = 0] = pausesBetween(await func.begun(2))
        assertPause(pause, 300, 300 + stage.tolerances.startMs)
      },
    },
    {
      name: 'runs other jobs while one waits for its next attempt',
      async run(stage) {
        const queue = stage.queue({
          config: { batchSize: 1, backoff: { type: 'fixed', delay: 600_000 } },
        })
        const func = queue.runs((_job, data) => {
          if (data === 'bad') throw new Error('declined')
        })
        await stage.work(func)
        await queue.add('bad')
        await func.begun(1)
        await queue.add('good')
        await func.begun(2)
        assert.deepEqual(func.payloads, ['bad', 'good'])
      },
    },
  ],
}
