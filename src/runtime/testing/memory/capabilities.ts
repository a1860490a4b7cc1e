import type { Capabilities, OptionSupport } from '../../capabilities.ts'

const yes = (meaning: string): OptionSupport => ({ supported: true, meaning })
const no = (instead: string): OptionSupport => ({ supported: false, instead })

const alone = no('nobody else can take the jobs over')
const atHand = no('jobs are at hand as soon as they are due')

/**
 * What a provider can do that is none's in particular, so that a test need not know which one its project
 * runs on. In a row of its own: no worker or client can choose it.
 */
export const memoryCapabilities: Capabilities = {
  label: 'in-memory test queue',
  options: {
    name: yes('name of the worker in logs'),
    autorun: no('all that is wired is run'),
    attempts: yes('runs in total'),
    backoff: yes('wait between attempts'),
    deadLetterQueue: yes('receives the jobs that failed for good'),
    timeout: yes('milliseconds one attempt may take'),
    batchSize: yes('jobs running at the same time'),
    prefetch: atHand,
    pollInterval: atHand,
    visibilityTimeout: alone,
    lockDuration: alone,
    drainDelay: atHand,
    removeOnComplete: yes('completed jobs to keep'),
    removeOnFail: yes('failed jobs to keep'),
    maxStalledCount: alone,
  },
  results: true,
  status: true,
  progress: true,
  remove: true,
  retry: true,
  pause: true,
  priority: true,
  jobId: true,
  group: true,
  transactions: false,
  maxJobBytes: Infinity,
  maxDelayMs: Infinity,
  queueNames: { pattern: /^[^]+$/, maxLength: 255, rule: 'anything' },
  fifo: null,
}
