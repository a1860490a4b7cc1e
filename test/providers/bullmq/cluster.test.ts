import { expect, it, onTestFinished } from 'vitest'
import { BullmqProvider } from '../../../src/runtime/providers/bullmq/bullmq-provider.ts'
import { startRedisServer, withRedis } from '../../support/redis.ts'
import { declaration, done, job, listeningLogger, until, untilStatus, work } from './fixture.ts'

it('works on a cluster: all keys lie on one node', async () => {
  const server = await startRedisServer({
    settings: { 'cluster-enabled': 'yes', 'cluster-announce-ip': '127.0.0.1' },
  })
  onTestFinished(() => server.destroy())
  await withRedis(async (redis) => {
    await redis.cluster('ADDSLOTS', ...Array.from({ length: 16_384 }, (_, slot) => slot))
    await until(
      async () => (await redis.cluster('INFO')).includes('cluster_state:ok'),
      'the cluster',
    )
  }, server.url)

  const provider = new BullmqProvider({
    connection: { url: server.url, cluster: true },
    role: 'worker',
    logger: listeningLogger(),
  })
  onTestFinished(() => provider.close(2_000))
  await provider.open([declaration('jobs', { deadLetterQueue: 'letters' })])
  expect(provider.address).toBe(`127.0.0.1:${server.port} (cluster)`)

  const jobs = ['good', 'bad', 'delayed'].map((data) =>
    job({ id: data, data, attempts: 1, delayMs: data === 'delayed' ? 300 : 0 }),
  )
  expect(await provider.send('jobs', jobs)).toEqual([
    { id: 'good' },
    { id: 'bad' },
    { id: 'delayed' },
  ])
  let hints = 0
  const unwatch = await provider.watch('jobs', 'good', () => (hints += 1))
  work(provider, async ({ data, updateProgress }) => {
    await updateProgress?.({ at: data as string })
    if (data === 'bad') return { type: 'dead', error: { name: 'Error', message: 'declined' } }
    return done
  })
  await untilStatus(provider, 'bad', 'failed')
  await untilStatus(provider, 'delayed', 'completed')
  expect(await untilStatus(provider, 'good', 'completed')).toMatchObject({
    progress: { at: 'good' },
  })
  await until(() => hints > 0, 'a hint')
  unwatch()
  expect(await provider.retry('jobs', 'bad')).toBe(true)
  await untilStatus(provider, 'bad', 'failed')
  expect(await provider.counts('letters')).toMatchObject({ waiting: 2 })
  expect(await provider.remove('jobs', 'good')).toBe(true)
})
