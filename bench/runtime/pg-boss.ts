import { PgBoss } from 'pg-boss'
import { createProvider } from '../../src/runtime/providers/pg-boss/index.ts'
import { openOurs } from './ours.ts'
import { attempts, type OpenSide, payloads } from './side.ts'

const schemaOf = (queue: string) => queue.replaceAll('-', '_')

export const ours: OpenSide = (server, queue) =>
  openOurs(createProvider, { connectionString: server, schema: schemaOf(queue) }, queue)

/** Its best setting (docs/benchmarks.md): a batch for each fetch, jobs settled one by one within it. */
export const raw: OpenSide = async (server, queue) => {
  const boss = new PgBoss({ connectionString: server, schema: schemaOf(queue), schedule: false })
  boss.on('error', console.error)
  await boss.start()
  await boss.createQueue(queue, {
    retryLimit: attempts - 1,
    retryDelay: 1,
    retryBackoff: true,
    notify: true,
  })
  return {
    async addMany(count) {
      await boss.insert(
        queue,
        payloads(count).map((data) => ({ data })),
      )
    },
    async addEach(count) {
      await Promise.all(payloads(count).map((data) => boss.send(queue, data)))
    },
    async work(concurrency, handle) {
      const options = {
        batchSize: Math.max(concurrency, 50),
        perJobResults: true,
        pollingIntervalSeconds: 0.5,
        burstWhenBatchFull: true,
      } as const
      await boss.work<{ n: number }>(queue, options, (jobs) =>
        Promise.all(
          jobs.map(async ({ id, data }) => ({
            id,
            status: 'completed' as const,
            output: await handle(data),
          })),
        ),
      )
    },
    close: () => boss.stop(),
  }
}
