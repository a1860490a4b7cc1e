import { randomBytes } from 'node:crypto'
import { onTestFinished, vi } from 'vitest'
import type { Contracts, JsonSchema } from '../../../src/runtime/contract.ts'
import type { QueueOverview } from '../../../src/runtime/provider.ts'
import { createProvider } from '../../../src/runtime/providers/bullmq/index.ts'
import { projectOf } from '../../support/project.ts'
import { dead, declaration, sendOne, until, work } from '../../support/provider-work.ts'
import { dropPrefix, redisUrl } from '../../support/redis.ts'
import { silentLogger } from '../../support/silent-logger.ts'

/**
 * A project on Redis in whose queue three jobs have failed for good, each with a dead letter, and one is
 * delayed.
 */
export async function setStage({
  config = {},
  input = {},
}: { config?: object; input?: JsonSchema } = {}) {
  vi.stubEnv('REDIS_URL', redisUrl())
  onTestFinished(() => void vi.unstubAllEnvs())
  const queue = `orders-${randomBytes(5).toString('hex')}`
  const letters = `${queue}-dead`
  const defaults = { attempts: 1, deadLetterQueue: letters }
  const contracts: Contracts = {
    queues: { [queue]: { input, output: {}, defaults, fingerprint: 'a0' } },
    $defs: {},
  }
  const root = await projectOf({
    '.pikku/pikku-contracts.gen.json': JSON.stringify(contracts),
    'pikku.config.json': JSON.stringify({ provider: 'bullmq', ...config }),
  })

  const provider = createProvider({
    ...{ role: 'worker', connection: { url: redisUrl() }, logger: silentLogger },
  })
  for (const name of [queue, letters]) onTestFinished(() => dropPrefix(`bull:${name}`))
  onTestFinished(() => provider.close(2_000))
  await provider.open([declaration(queue, { deadLetterQueue: letters }), declaration(letters)])
  const counts = async (name: string): Promise<QueueOverview['counts']> =>
    (await provider.overview?.(name))?.counts ?? {}

  const failing = work(provider, () => dead, {}, queue)
  const ids = []
  for (const n of [1, 2, 3]) {
    const data = { n, card: { number: '4111', holder: 'Ada' } }
    ids.push(await sendOne(provider, { data, attempts: 1 }, queue))
  }
  await until(async () => (await counts(letters)).waiting === 3, 'three dead letters')
  await failing.consumer.stop()
  await sendOne(provider, { data: { n: 4 }, delayMs: 600_000 }, queue)
  return {
    ...{ root, queue, letters, provider, failed: ids[0] ?? '' },
    counts: async () => ({ queue: await counts(queue), letters: await counts(letters) }),
  }
}
