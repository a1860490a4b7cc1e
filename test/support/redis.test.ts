import { expect, it } from 'vitest'
import { redisUrl, startRedisServer, uniquePrefix, withRedis } from './redis.ts'

it('the run has a Redis, and each test may have a prefix of its own', async () => {
  const prefix = uniquePrefix()
  await withRedis((redis) => redis.set(`${prefix}:one`, 1))
  expect(await withRedis((redis) => redis.get(`${prefix}:one`))).toBe('1')
  expect(redisUrl()).toMatch(/^redis/)
})

it('a throwaway server can be killed and started again with its data', async () => {
  const server = await startRedisServer({ appendOnly: true, settings: { appendfsync: 'always' } })
  try {
    await withRedis((redis) => redis.set('answer', 42), server.url)
    await server.kill()
    await expect(withRedis((redis) => redis.ping(), server.url)).rejects.toThrow()
    expect(await server.pid()).toBeUndefined()
    await server.start()
    expect(await withRedis((redis) => redis.get('answer'), server.url)).toBe('42')
    await server.stop()
    expect(await server.pid()).toBeUndefined()
  } finally {
    await server.destroy()
  }
})
