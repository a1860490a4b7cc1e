import type * as Bullmq from 'bullmq'
import type * as Ioredis from 'ioredis'
import { errorCodes, PikkuQueueError } from '../../errors.ts'

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
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error
    const message = error instanceof Error ? error.message : ''
    const missing = /Cannot find (?:package|module) '([^']+)'/.exec(message)?.[1] ?? 'bullmq'
    throw new PikkuQueueError(
      errorCodes.missingPackage,
      `the package "${missing}" is not installed`,
      { hint: 'Run: npm install bullmq ioredis', cause: error },
    )
  }
}
