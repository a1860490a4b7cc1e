import { Queue, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { createProvider } from '../../src/runtime/providers/bullmq/index.ts'
import { openOurs } from './ours.ts'
import { attempts, type OpenSide, payloads } from './side.ts'

export const ours: OpenSide = (server, queue) => openOurs(createProvider, server, queue)

/** Results kept within the same bounds, retries on. */
const jobOptions = {
  attempts,
  backoff: { type: 'exponential', delay: 1_000 },
  removeOnComplete: { count: 1_000 },
  removeOnFail: { count: 5_000 },
}

export const raw: OpenSide = async (server, name) => {
  const connection = new Redis(server, { maxRetriesPerRequest: null })
  const queue = new Queue(name, { connection })
  await queue.waitUntilReady()
  let worker: Worker | undefined
  return {
    async addMany(count) {
      await queue.addBulk(payloads(count).map((data) => ({ name: 'job', data, opts: jobOptions })))
    },
    async addEach(count) {
      await Promise.all(payloads(count).map((data) => queue.add('job', data, jobOptions)))
    },
    async work(concurrency, handle) {
      worker = new Worker<{ n: number }>(name, (job) => handle(job.data), {
        connection,
        concurrency,
      })
      await worker.waitUntilReady()
    },
    async close() {
      await worker?.close()
      await queue.close()
      connection.disconnect()
    },
  }
}
