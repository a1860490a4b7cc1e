import { hash } from 'node:crypto'
import { Redis } from 'ioredis'
import { expect, it, onTestFinished } from 'vitest'
import { QueueClient } from '../../../src/runtime/client.ts'
import type { Contracts } from '../../../src/runtime/contract.ts'
import { BullmqProvider } from '../../../src/runtime/providers/bullmq/bullmq-provider.ts'
import { type ScriptName, scripts } from '../../../src/runtime/providers/bullmq/scripts.ts'
import { startRedisServer } from '../../support/redis.ts'
import { silentLogger } from '../../support/silent-logger.ts'
import { until } from './fixture.ts'

interface Queues {
  numbers: { input: number; output: unknown }
}

const contracts: Contracts = {
  queues: { numbers: { input: { type: 'number' }, output: {}, defaults: {} } },
  $defs: {},
}

/** A client on a server of its own, which tells how often it was asked to run a script. */
async function start() {
  const server = await startRedisServer()
  const redis = new Redis(server.url, { retryStrategy: () => null })
  const monitor = await redis.monitor()
  for (const connection of [monitor, redis]) connection.on('error', () => undefined)
  const commands: string[][] = []
  monitor.on('monitor', (_time: string, args: string[]) => commands.push(args))
  const client = new QueueClient<Queues>(
    new BullmqProvider({
      connection: { url: server.url, prefix: '{test}' },
      role: 'producer',
      logger: silentLogger,
    }),
    contracts,
  )
  onTestFinished(async () => {
    await client.close()
    for (const connection of [monitor, redis]) connection.disconnect()
    await server.destroy()
  })
  /** Not counting the first time, when the server learns the script. */
  const ran = (script: ScriptName) => {
    const sha = hash('sha1', scripts[script].lua)
    return commands.filter(([command, text]) => command === 'evalsha' && text === sha).length
  }
  return { client, redis, server, ran }
}

it('many who wait cost one script now and then, not one for each of them', async () => {
  const { client, ran } = await start()
  const jobs = Array.from({ length: 300 }, (_, n) => ({ data: n, options: { delay: 3_600_000 } }))
  const ids = await client.addBulk('numbers', jobs)
  const end = new AbortController()
  const waiting = ids.map((id) =>
    client
      .waitForCompletion('numbers', id, { signal: end.signal })
      .catch((error: unknown) => error),
  )
  await until(() => ran('pikku:marks') >= 2, 'three looks')
  // They were looked up when they began to wait, and after the first look.
  expect(ran('pikku:find')).toBeLessThanOrEqual(2 * 300)
  end.abort(new Error('enough'))
  expect(new Set((await Promise.all(waiting)).map(String))).toEqual(new Set(['Error: enough']))
})

it('a change that is not heard of is seen all the same, and so is a job that is gone', async () => {
  const { client, redis, ran } = await start()
  const [done = '', gone = '', left = ''] = await client.addBulk('numbers', [
    { data: 1 },
    { data: 2 },
    { data: 3 },
  ])
  const heard: unknown[] = []
  client.onProgress('numbers', left, (progress) => heard.push(progress))
  const ended = Promise.all([
    client.waitForCompletion('numbers', done),
    client.waitForCompletion('numbers', gone).catch((error: unknown) => error),
  ])
  // Past what follows from the first one.
  await until(() => ran('pikku:marks') > 0, 'the second look')
  const prefix = '{test}:numbers:'
  await redis
    .multi()
    .zrem(`${prefix}prioritized`, done, gone)
    .hset(`${prefix}${done}`, { finishedOn: '1', returnvalue: '7' })
    .zadd(`${prefix}completed`, 1, done)
    .del(`${prefix}${gone}`)
    .hset(`${prefix}${left}`, 'progress', '50')
    .exec()
  expect(await ended).toMatchObject([7, { code: 'PKQ407' }])
  await until(() => heard.length > 0, 'the progress')
  expect(heard).toEqual([50])
})

it('who waits hears why, when the server is away until the time is over', async () => {
  const { client, server, ran } = await start()
  const id = await client.add('numbers', 1)
  const waiting = client
    .waitForCompletion('numbers', id, { timeout: 10_000 })
    .catch((error: unknown) => error)
  await until(() => ran('pikku:find') > 0, 'the first look')
  await server.stop()
  expect(await waiting).toMatchObject({
    code: 'PKQ405',
    hint: expect.stringContaining('the server could not be asked') as unknown,
  })
})
