import assert from 'node:assert/strict'
import { announce } from '../../announce.ts'
import { errorCodes } from '../../errors.ts'
import type { Case, Need } from './case.ts'
import type { WorkerConfig } from '../../types.ts'
import type { Stage } from './stage.ts'
import { until } from './until.ts'
import type { TestQueue } from './test-queue.ts'

/** Refused with a clear error, before anything is stored; the queue works on. */
function refused(what: string, attempts: ((queue: TestQueue) => Promise<unknown>)[]): Case {
  return {
    name: `${what}: an error says that it is not supported`,
    async run(stage: Stage) {
      const queue = stage.queue()
      const func = queue.runs()
      await stage.work(func)
      for (const attempt of attempts) {
        await assert.rejects(attempt(queue), (error) => {
          assert.ok(error instanceof Error)
          assert.equal(Reflect.get(error, 'code'), errorCodes.notSupported)
          assert.ok(error.message.endsWith(` is not supported on ${stage.capabilities.label}`))
          return true
        })
      }
      await queue.add('works on')
      await func.begun(1)
      assert.deepEqual(func.payloads, ['works on'])
    },
  }
}

/** Has the shape of one, and is never asked. */
const noTransaction = { query: () => Promise.reject(new Error('it was asked')) }

/** What happens instead, for each thing that a provider may lack. */
export const gaps: Record<Need, Case> = {
  results: refused('waiting for a result', [
    ({ client, name }) => client.waitForCompletion(name, 'a'),
  ]),
  status: refused('looking up and counting jobs', [
    (queue) => queue.find('a'),
    (queue) => queue.counts(),
    ({ client, name }) => client.events(name, 'a').next(),
  ]),
  remove: refused('removing a job', [({ client, name }) => client.remove(name, 'a')]),
  retry: refused('retrying a job by hand', [({ client, name }) => client.retry(name, 'a')]),
  pause: {
    name: 'pausing a queue: the provider does not claim that it can',
    run(stage) {
      const provider = stage.provider('producer')
      assert.ok(!provider.pause && !provider.resume)
      return Promise.resolve()
    },
  },
  priority: refused('a priority', [(queue) => queue.add(1, { priority: 'high' })]),
  transactions: refused('adding in a transaction', [
    (queue) => queue.add(1, { tx: noTransaction }),
    ({ client, name }) => client.addBulk(name, [{ data: 1, options: { tx: noTransaction } }]),
  ]),
  group: refused('a group', [(queue) => queue.add(1, { group: 'a' })]),
  jobId: refused("an id of the caller's", [(queue) => queue.add(1, { jobId: 'a' })]),
  progress: {
    name: 'progress: updating it is a no-op, which is logged once; listening to it an error',
    async run(stage) {
      const queue = stage.queue()
      // At once: nobody awaits what it returns.
      assert.throws(() => queue.client.onProgress(queue.name, 'a', () => undefined), {
        code: errorCodes.notSupported,
        message: `following the progress of a job is not supported on ${stage.capabilities.label}`,
      })
      const func = queue.runs((job, data) => job.updateProgress(Number(data)))
      await stage.work(func)
      await queue.addMany(5)
      await func.begun(5)
      const said = () => stage.log.filter((line) => line.includes('progress is not stored'))
      await until(() => said().length > 0, 'word of it', stage.tolerances.patienceMs)
      assert.equal(said().length, 1)
      assert.deepEqual(func.attempts, [1, 1, 1, 1, 1])
    },
  },
  processes: {
    name: 'other processes: none of them can be handed its connection',
    run(stage) {
      assert.throws(() => structuredClone(stage.connection), { name: 'DataCloneError' })
      return Promise.resolve()
    },
  },
}

/** What would be felt, if it did anything. */
const felt: WorkerConfig = {
  prefetch: 1_000,
  pollInterval: 3_600_000,
  visibilityTimeout: 1,
  lockDuration: 1_000,
  drainDelay: 3_600,
  removeOnComplete: 0,
  removeOnFail: 0,
  maxStalledCount: 0,
}

/** Of the options that do nothing. */
export const ignoredOptions: Case = {
  name: 'worker options that do nothing here: the start says so, and what is used instead',
  async run(stage) {
    const remarks = Object.entries(stage.capabilities.options).flatMap(([option, support]) =>
      support.supported || !(option in felt) ? [] : [`${option} is ignored; ${support.instead}`],
    )
    const config = Object.fromEntries(
      Object.entries(felt).filter(([option]) =>
        remarks.some((remark) => remark.startsWith(`${option} `)),
      ),
    )
    const queue = stage.queue({ config })
    const func = queue.runs()
    const worker = await stage.work(func)
    announce(worker, stage.provider('worker'), stage.logger)
    for (const remark of remarks) {
      assert.ok(
        stage.log.some((line) => line.includes(`queue ${queue.name}: ${remark}`)),
        remark,
      )
    }
    for (const payload of [1, 2]) {
      await queue.add(payload)
      await func.begun(payload)
    }
    assert.deepEqual(func.attempts, [1, 1])
  },
}
