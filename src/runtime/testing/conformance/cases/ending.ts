import assert from 'node:assert/strict'
import { errorCodes, UnrecoverableError } from '../../../errors.ts'
import { assertHas } from '../assertions.ts'
import type { Group } from '../case.ts'

export const ending: Group = {
  name: 'ending a job from within',
  cases: [
    {
      name: 'fail(reason) fails the attempt, which is retried like any other',
      async run(stage) {
        const letters = stage.queue()
        const queue = stage.queue({ config: { attempts: 2, deadLetterQueue: letters.name } })
        const func = queue.runs((job) => job.fail('out of stock'))
        const mourner = letters.runs()
        await stage.work(func, mourner)
        await queue.add(1)
        const [letter] = await mourner.begun(1)
        assert.deepEqual(func.attempts, [1, 2])
        assertHas(letter?.origin?.error, {
          message: 'out of stock',
          code: errorCodes.failedByFunction,
        })
      },
    },
    {
      name: 'an UnrecoverableError fails the job at once',
      async run(stage) {
        const letters = stage.queue()
        const queue = stage.queue({ config: { attempts: 5, deadLetterQueue: letters.name } })
        const func = queue.runs(() => {
          throw new UnrecoverableError('the card is stolen')
        })
        const mourner = letters.runs()
        await stage.work(func, mourner)
        await queue.add(1)
        const [letter] = await mourner.begun(1)
        assert.deepEqual(func.attempts, [1])
        assertHas(letter?.origin, { attemptsMade: 1 })
        assertHas(letter?.origin?.error, {
          name: 'UnrecoverableError',
          message: 'the card is stolen',
        })
      },
    },
    {
      name: 'discard(reason) ends the job: no retry, no dead letter',
      async run(stage) {
        const letters = stage.queue()
        const queue = stage.queue({ config: { attempts: 2, deadLetterQueue: letters.name } })
        const func = queue.runs((job, data) => {
          if (data === 'obsolete') job.discard('newer data is there')
          throw new Error('declined')
        })
        const mourner = letters.runs()
        await stage.work(func, mourner)
        await queue.add('obsolete')
        await func.begun(1)
        // Goes the way that the first would have gone.
        await queue.add('bad')
        await mourner.begun(1)
        assert.deepEqual(func.payloads, ['obsolete', 'bad', 'bad'])
        assert.deepEqual(mourner.payloads, ['bad'])
      },
    },
    {
      name: 'a result that does not fit its type fails the job, and does not run it again',
      async run(stage) {
        const letters = stage.queue()
        const config = { attempts: 3, deadLetterQueue: letters.name }
        const queue = stage.queue({ output: { type: 'string' }, config })
        const func = queue.runs(() => 42)
        const mourner = letters.runs()
        await stage.work(func, mourner)
        await queue.add(1)
        const [letter] = await mourner.begun(1)
        assert.deepEqual(func.attempts, [1])
        assertHas(letter?.origin?.error, { code: errorCodes.invalidResult })
      },
    },
    {
      name: 'whatever is thrown, the job fails with it and the worker goes on',
      async run(stage) {
        const letters = stage.queue()
        const config = { attempts: 1, deadLetterQueue: letters.name }
        const queue = stage.queue({ config })
        const circular: { self?: unknown } = {}
        circular.self = circular
        const thrown = [undefined, null, 'text', circular, new Error('U+0000 \u0000, half \ud83d')]
        const func = queue.runs((_job, data) => {
          // eslint-disable-next-line @typescript-eslint/only-throw-error -- users throw such things
          throw thrown[Number(data)]
        })
        const mourner = letters.runs()
        await stage.work(func, mourner)
        await queue.addMany(thrown.length)
        await mourner.begun(thrown.length)
        assert.ok(mourner.runs.every(({ origin }) => typeof origin?.error?.message === 'string'))
      },
    },
  ],
}
