import { describe, expect, it } from 'vitest'
import { resolveJobOptions } from '../../src/runtime/job-options.ts'
import type { JobOptions, WorkerConfig } from '../../src/runtime/types.ts'
import { resolveWorkerConfig } from '../../src/runtime/worker-options.ts'

describe('worker config', () => {
  it('fills in the defaults', () => {
    expect(resolveWorkerConfig('email', {})).toEqual({
      batchSize: 10,
      prefetch: undefined,
      pollInterval: 1000,
      visibilityTimeout: 30,
      lockDuration: 30_000,
      drainDelay: 5,
      removeOnComplete: 1000,
      removeOnFail: 5000,
      maxStalledCount: undefined,
      name: 'email',
      autorun: true,
      attempts: 3,
      backoff: { type: 'exponential', delay: 1000 },
      deadLetterQueue: undefined,
      timeout: undefined,
    })
  })

  it.each<[Record<string, unknown>, string]>([
    [{ batchSize: 0 }, 'batchSize must be a whole number from 1 to 1000'],
    [{ batchSize: 2.5 }, 'batchSize must be a whole number from 1 to 1000'],
    [{ pollInterval: Number.NaN }, 'pollInterval must be a number of milliseconds from 10'],
    [{ visibilityTimeout: '30' }, 'visibilityTimeout must be a number of seconds from 1'],
    [{ autorun: 'yes' }, 'autorun must be true or false'],
    [{ name: '' }, 'name must be a string that is not empty'],
    [{ backoff: 'exponential' }, "backoff must be an object such as { type: 'exponential'"],
    [{ backoff: { delay: 5 } }, "backoff needs a type: 'fixed', 'linear' or 'exponential'"],
    [
      { backoff: { type: 'fixed', jitter: 2 } },
      'has a jitter that is wrong: it must be a number from 0 to 1',
    ],
    [{ backoff: { type: 'fixed', wait: 2 } }, 'backoff has no "wait"'],
    [{ retries: 2 }, 'retries is not an option of a queue worker'],
    [{ toString: 1 }, 'toString is not an option of a queue worker'],
  ])('refuses %j', (config, message) => {
    expect(() => resolveWorkerConfig('email', config as WorkerConfig)).toThrow(message)
  })
})

describe('job options', () => {
  const resolve = (options: JobOptions, attempts?: number) =>
    resolveJobOptions('email', options, attempts === undefined ? {} : { attempts }, 1000)

  it('takes attempts from the job, else the contract, else the default', () => {
    expect(resolve({ attempts: 7 }, 5).attempts).toBe(7)
    expect(resolve({ retries: 7 }, 5).attempts).toBe(8)
    expect(resolve({}, 5).attempts).toBe(5)
    expect(resolve({}).attempts).toBe(3)
  })

  it('orders the named priorities around the numbers', () => {
    const priority = (given: NonNullable<JobOptions['priority']>) =>
      resolve({ priority: given }).priority
    expect([priority('low'), priority('normal'), priority(0), priority('high')]).toEqual([
      -10, 0, 0, 10,
    ])
  })

  it.each<[Record<string, unknown>, string]>([
    [{ delay: -1 }, 'adding to queue "email": delay must be a number of milliseconds from 0'],
    [{ delay: 1001 }, 'delay is at most 1000 milliseconds on this queue'],
    [{ jobId: '' }, 'jobId must be a string of 1 to 255 characters'],
    [{ priority: 'urgent' }, "priority must be 'low', 'normal', 'high' or a whole number"],
    [{ priority: 1.5 }, "priority must be 'low', 'normal', 'high' or a whole number"],
    [{ attempts: 0 }, 'attempts must be a whole number from 1 to 1000'],
    [{ attempts: 2, retries: 2 }, 'attempts 2 and retries 2 contradict each other'],
    [{ tiemout: 5 }, 'tiemout is not an option of a job; there are jobId, delay, priority'],
  ])('refuses %j', (options, message) => {
    expect(() => resolve(options as JobOptions)).toThrow(message)
  })
})
