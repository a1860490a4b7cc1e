import assert from 'node:assert/strict'
import { assertHas } from '../assertions.ts'
import type { Group } from '../case.ts'

class CardError extends Error {
  override readonly name = 'CardError'
  readonly code = 'card_declined'
}

export const deadLetters: Group = {
  name: 'dead letters',
  cases: [
    {
      name: 'carry the payload, the error, the attempts and where they come from',
      async run(stage) {
        const letters = stage.queue()
        const queue = stage.queue({ config: { attempts: 2, deadLetterQueue: letters.name } })
        const func = queue.runs(() => {
          throw new CardError('the card was declined', { cause: new Error('no funds') })
        })
        const mourner = letters.runs()
        await stage.work(func, mourner)
        const payload = { order: 7, lines: ['a', 'b'] }
        const id = await queue.add(payload)
        const [letter] = await mourner.begun(1)
        assertHas(letter, { data: payload, queueName: letters.name, attempt: 1 })
        assertHas(letter?.origin, { queueName: queue.name, jobId: id, attemptsMade: 2 })
        const error = letter?.origin?.error
        assertHas(error, {
          name: 'CardError',
          message: 'the card was declined',
          code: 'card_declined',
        })
        assert.match(error?.stack ?? '', /CardError: the card was declined\n.*at /s)
        assert.equal(error?.cause?.message, 'no funds')
      },
    },
    {
      name: "name the job by the caller's own id",
      needs: ['jobId'],
      async run(stage) {
        const letters = stage.queue()
        const queue = stage.queue({ config: { attempts: 1, deadLetterQueue: letters.name } })
        const func = queue.runs((job) => job.fail('declined'))
        const mourner = letters.runs()
        await stage.work(func, mourner)
        await queue.add(1, { jobId: 'order 7' })
        const [letter] = await mourner.begun(1)
        assertHas(letter?.origin, { jobId: 'order 7' })
      },
    },
    {
      name: 'are jobs of their own queue: its attempts, its dead letter queue',
      async run(stage) {
        const last = stage.queue()
        const letters = stage.queue({ config: { attempts: 2, deadLetterQueue: last.name } })
        const queue = stage.queue({ config: { attempts: 1, deadLetterQueue: letters.name } })
        const func = queue.runs((job) => job.fail('first'))
        const mourner = letters.runs((job) => job.fail('second'))
        const end = last.runs()
        await stage.work(func, mourner, end)
        await queue.add('payload')
        const [letter] = await end.begun(1)
        assert.deepEqual(mourner.attempts, [1, 2])
        assertHas(letter, { data: 'payload' })
        assertHas(letter?.origin, { queueName: letters.name, attemptsMade: 2 })
        assertHas(letter?.origin?.error, { message: 'second' })
        assert.equal(mourner.runs[0]?.origin?.queueName, queue.name)
      },
    },
    {
      name: 'wait for their worker, when there is none yet',
      async run(stage) {
        const letters = stage.queue()
        const queue = stage.queue({ config: { attempts: 1, deadLetterQueue: letters.name } })
        const func = queue.runs((job) => job.fail('declined'))
        const worker = await stage.work(func)
        await queue.add('kept')
        await func.begun(1)
        await worker.stop(5_000)
        const mourner = letters.runs()
        await stage.work(mourner)
        await mourner.begun(1)
        assert.deepEqual(mourner.payloads, ['kept'])
      },
    },
    {
      name: 'can be looked at, and the job they come from stays failed',
      needs: ['status'],
      async run(stage) {
        const letters = stage.queue()
        const queue = stage.queue({ config: { attempts: 1, deadLetterQueue: letters.name } })
        await stage.work(queue.runs((job) => job.fail('declined')))
        const id = await queue.add('payload')
        const failed = await queue.reached(id, 'failed')
        assertHas(failed.error, { message: 'declined' })
        assert.equal(failed.origin, null)
        // It is there as soon as the job is seen to have failed.
        assertHas(await letters.counts(), { waiting: 1 })
        const mourner = letters.runs()
        await stage.work(mourner)
        const [letter] = await mourner.begun(1)
        const stored = await letters.reached(letter?.jobId ?? '', 'completed')
        assertHas(stored.origin, { queueName: queue.name, jobId: id, attemptsMade: 1 })
        assert.equal(stored.data, 'payload')
      },
    },
    {
      name: 'are not made where none are wanted: the job just fails',
      needs: ['status'],
      async run(stage) {
        const queue = stage.queue({ config: { attempts: 2 } })
        await stage.work(queue.runs((job) => job.fail('declined')))
        const id = await queue.add(1)
        assertHas(await queue.reached(id, 'failed'), { attemptsMade: 2 })
        assertHas(await queue.counts(), { failed: 1, waiting: 0, delayed: 0, active: 0 })
      },
    },
  ],
}
