import { Redis } from 'ioredis'
import { inject, onTestFinished } from 'vitest'

export { startRedisServer } from './redis-server.ts'
export type { ThrowawayServer } from './throwaway-server.ts'

/** URL of the run's Redis. Shared by all test files: use a prefix of your own. */
export function redisUrl(): string {
  return inject('redisUrl')
}

let counter = 0

/** A prefix of keys that no other test uses. Nothing is created; see `dropPrefix`. */
export function newPrefix(): string {
  counter += 1
  return `{test-${process.pid}-${counter}-${Math.random().toString(36).slice(2, 8)}}`
}

/** A prefix of the running test's own; its keys are deleted when the test has finished. */
export function uniquePrefix(url = redisUrl()): string {
  const prefix = newPrefix()
  onTestFinished(() => dropPrefix(prefix, url))
  return prefix
}

/** Deletes every key of the prefix. */
export async function dropPrefix(prefix: string, url = redisUrl()): Promise<void> {
  await withRedis(async (redis) => {
    for await (const keys of redis.scanStream({ match: `${prefix}:*`, count: 1000 })) {
      if (Array.isArray(keys) && keys.length > 0) await redis.unlink(keys.map(String))
    }
  }, url)
}

/** Runs the commands on a connection of its own. */
export async function withRedis<Result>(
  commands: (redis: Redis) => Promise<Result>,
  url = redisUrl(),
): Promise<Result> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null })
  redis.on('error', () => undefined)
  await redis.connect()
  try {
    return await commands(redis)
  } finally {
    redis.disconnect()
  }
}
