import { expect, it, onTestFinished } from 'vitest'
import { withRedis } from '../../support/redis.ts'
import { startRedisServer, type RedisOptions } from '../../support/redis-server.ts'
import { BullmqProvider } from '../../../src/runtime/providers/bullmq/bullmq-provider.ts'
import {
  dead,
  declaration,
  listeningLogger,
  openProvider,
  sendOne,
  until,
  work,
} from './fixture.ts'

async function startServer(options: RedisOptions): Promise<string> {
  const server = await startRedisServer(options)
  onTestFinished(() => server.destroy())
  return server.url
}

const queues = [declaration('jobs', { deadLetterQueue: 'letters' }), declaration('mail')]

/** What is found, without the version and the address. */
async function examine(url: string): Promise<string[]> {
  const logger = listeningLogger()
  const provider = new BullmqProvider({
    connection: { url, prefix: '{examined}' },
    role: 'producer',
    logger,
  })
  const findings = await provider.examine(queues)
  expect(logger.lines).toEqual([])
  return findings.map(({ severity, message }) =>
    `${severity} ${message}`.replace(/\d+\.\d+\.\d+ at /, 'V at ').replace(/127\.0\.0\.1:\d+/, 'X'),
  )
}

it('finds a server that is safe, and which queues are there', async () => {
  const url = await startServer({ appendOnly: true })
  expect(await examine(url)).toEqual([
    expect.stringMatching(/^ok (Redis|Valkey) V at X answers$/),
    'ok 0 of 3 queues are there; jobs, letters, mail will be made with their first jobs',
  ])
  const provider = await openProvider({ prefix: '{examined}', url, queues })
  await sendOne(provider)
  expect(await examine(url)).toContainEqual(
    'ok 1 of 3 queues are there; letters, mail will be made with their first jobs',
  )
  work(provider, () => dead)
  await until(
    async () => (await provider.counts('letters')).waiting === 1,
    'the dead letter to be there',
  )
  expect(await examine(url)).toContainEqual(
    'ok 2 of 3 queues are there; mail will be made with their first jobs',
  )
})

it('finds one that may lose jobs, or soon takes none', async () => {
  const url = await startServer({ settings: { 'maxmemory-policy': 'allkeys-lru' } })
  await withRedis((redis) => redis.config('SET', 'maxmemory', '1000000'), url)
  expect((await examine(url)).slice(1, -1)).toEqual([
    'warning Redis at X may delete jobs when its memory is full: maxmemory-policy is allkeys-lru',
    'warning Redis at X keeps nothing on disk: jobs do not survive its restart',
    expect.stringMatching(/^warning the memory of Redis at X is \d+ % full$/),
  ])
})

it('finds a replica', async () => {
  const primary = new URL(await startServer({}))
  const url = await startServer({})
  await withRedis((redis) => redis.replicaof(primary.hostname, primary.port), url)
  expect(await examine(url)).toContainEqual('error Redis at X is a replica, which takes no jobs')
})

it('finds no server, and says so at once', async () => {
  const server = await startRedisServer()
  await server.destroy()
  await expect(examine(server.url)).rejects.toMatchObject({ code: 'PKQ601' })
})
