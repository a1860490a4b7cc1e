import type * as Bullmq from 'bullmq'
import type * as Ioredis from 'ioredis'
import { importFailure } from '../../missing-package.ts'

export interface Sdk {
  bullmq: Pick<
    typeof Bullmq,
    'createIORedisClient' | 'QueueKeys' | 'RedisConnection' | 'RedisQueueBackend'
  >
  ioredis: Pick<typeof Ioredis, 'Cluster' | 'Redis'>
}

/**
 * Loads BullMQ and its driver, which are installed only where they are used.
 * @throws PikkuQueueError PKQ603 when they, or what they need, are not installed.
 */
export async function loadSdk(): Promise<Sdk> {
  try {
    const [bullmq, ioredis] = await Promise.all([import('bullmq'), import('ioredis')])
    return { bullmq, ioredis }
  } catch (error) {
    throw importFailure('bullmq', 'bullmq', error)
  }
}
