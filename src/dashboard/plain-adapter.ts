import { BaseAdapter } from '@bull-board/api/dist/queueAdapters/base.js'
import type {
  JobSchedulerUpdateResult,
  QueueAdapterOptions,
  QueueMetrics,
} from '@bull-board/api/typings/app'
import { notHere } from './refusal.ts'

/** What the board can show and do of BullMQ that queues of ours have not, on whatever provider. */
export abstract class PlainAdapter extends BaseAdapter {
  constructor(options: Partial<QueueAdapterOptions>) {
    // To the board, whatever is not BullMQ is Bull, which has the fewer features.
    super('bull', { ...options, allowCompletedRetries: false })
  }

  getRedisInfo(): Promise<null> {
    return Promise.resolve(null)
  }

  getJobLogs(): Promise<string[]> {
    return Promise.resolve([])
  }

  getMetrics(): Promise<QueueMetrics> {
    return Promise.reject(notHere('Counting what was done'))
  }

  obliterate(): Promise<void> {
    return Promise.reject(notHere('Removing a queue'))
  }

  promoteAll(): Promise<void> {
    return Promise.reject(notHere('Running delayed jobs early'))
  }

  getJobSchedulers(): Promise<[]> {
    return Promise.resolve([])
  }

  getJobSchedulersCount(): Promise<number> {
    return Promise.resolve(0)
  }

  removeJobScheduler(): Promise<boolean> {
    return Promise.resolve(false)
  }

  updateJobScheduler(): Promise<JobSchedulerUpdateResult> {
    return Promise.resolve('not-found')
  }

  runJobSchedulerNow(): Promise<'not-found'> {
    return Promise.resolve('not-found')
  }

  getGlobalConcurrency(): Promise<null> {
    return Promise.resolve(null)
  }

  setGlobalConcurrency(): Promise<void> {
    return Promise.reject(notHere('Limiting how many jobs run'))
  }
}
