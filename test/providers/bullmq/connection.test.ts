import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { inspect } from 'node:util'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { PikkuQueueError } from '../../../src/runtime/errors.ts'
import {
  type BullmqConnection,
  createProvider,
} from '../../../src/runtime/providers/bullmq/index.ts'
import { redisUrl, startRedisServer, uniquePrefix } from '../../support/redis.ts'
import { silentLogger } from '../../support/silent-logger.ts'
import { openProvider } from './fixture.ts'

async function failure(connection: BullmqConnection, role: 'worker' | 'producer' = 'producer') {
  try {
    const provider = createProvider({ connection, role, logger: silentLogger })
    await provider.open([])
    await provider.close(0)
  } catch (error) {
    if (error instanceof PikkuQueueError) return error
    throw error
  }
  throw new Error('it opened')
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return `127.0.0.1:${address.port}`
}

describe('a connection that does not stand', () => {
  it.each([
    ['', 'no Redis address was given'],
    ['not a url with hunter2', 'the connection does not start with redis:// or rediss://'],
    ['redis://user:hunter2/x@host:notaport', 'the connection is not a URL'],
    [
      'redis://:hunter2@host:6379/jobs',
      'what follows the host in the connection is not the number of a database',
    ],
  ])('is refused by its address: %j', async (url, message) => {
    const error = await failure(url)
    expect(error).toMatchObject({ code: 'PKQ605', message })
    expect(`${error.message} ${error.hint}`).not.toContain('hunter2')
    expect(error.hint).toBeTruthy()
  })

  it('is called by where it comes from', async () => {
    vi.stubEnv('REDIS_URL', 'localhost')
    onTestFinished(() => void vi.unstubAllEnvs())
    const says = ' does not start with redis:// or rediss://'
    expect(() => createProvider({ role: 'producer', logger: silentLogger })).toThrow(
      `REDIS_URL${says}`,
    )
    expect(await failure({ url: 'localhost' })).toMatchObject({ message: `connection.url${says}` })
  })

  it('is refused without an address, whatever REDIS_URL says', () => {
    vi.stubEnv('REDIS_URL', redisUrl())
    onTestFinished(() => void vi.unstubAllEnvs())
    const create = (connection: object) => () =>
      createProvider({
        connection: connection as BullmqConnection,
        role: 'producer',
        logger: silentLogger,
      })
    const refusal = { code: 'PKQ605', message: 'the connection has no url' }
    expect(create({ prefix: 'mine' })).toThrow(expect.objectContaining(refusal))
    expect(create({ url: undefined })).toThrow(expect.objectContaining(refusal))
  })

  it('is refused by its prefix', async () => {
    expect(await failure({ url: redisUrl(), prefix: '' })).toMatchObject({
      code: 'PKQ605',
      message: 'connection.prefix is not a text that is not empty',
    })
    const url = redisUrl()
    expect(await failure({ url, prefix: 'mine', cluster: true })).toMatchObject({
      code: 'PKQ605',
      message: expect.stringContaining('connection.prefix is "mine", which would spread'),
      hint: 'Put it in braces, such as {mine}: they keep all keys on one node.',
    })
  })

  it('is as the settings of the project have it, where it does not say itself', () => {
    const settings = { prefix: 'mine', cluster: true }
    const create = (connection: BullmqConnection) =>
      createProvider({ connection, settings, role: 'producer', logger: silentLogger })
    const url = 'redis://localhost:1'
    expect(() => create(url)).toThrow('connection.bullmq.prefix of pikku.config.json is "mine"')
    expect(create({ url, prefix: '{own}' }).address).toBe('localhost:1 (cluster)')
    expect(create({ url, cluster: false }).address).toBe('localhost:1/0')
  })

  it('says where no server is', async () => {
    expect(await failure('redis://:hunter2@127.0.0.1:1')).toMatchObject({
      code: 'PKQ601',
      message: 'Redis at 127.0.0.1:1 cannot be reached (ECONNREFUSED)',
    })
    const unknown = await failure('redis://:hunter2@no-such-host.invalid')
    expect(unknown.code).toBe('PKQ601')
    expect(unknown.message).toMatch(
      /^Redis at no-such-host\.invalid:6379 cannot be reached \((ENOTFOUND|EAI_AGAIN)\)$/,
    )
  })

  it('fails fast for a producer when the server does not answer', async () => {
    const server = await listen(createServer(() => {}))
    const startedAt = performance.now()
    const error = await failure(`redis://:p@${server}`)
    expect(error.code).toBe('PKQ601')
    expect(error.message).toContain(`Redis at ${server} cannot be reached`)
    expect(performance.now() - startedAt).toBeLessThan(8_000)
  })

  it('says when what answers is something else', async () => {
    const server = await listen(
      createServer((socket) => {
        socket.on('error', () => undefined)
        socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')
      }),
    )
    expect(await failure(`redis://${server}`)).toMatchObject({
      code: 'PKQ605',
      message: `what answers at ${server} is no Redis`,
    })
  })

  it('says that a password is wanted, or wrong, without repeating it', async () => {
    const server = await startRedisServer({ settings: { requirepass: 'correct' } })
    onTestFinished(() => server.destroy())
    const at = `127.0.0.1:${server.port}`
    for (const role of ['worker', 'producer'] as const) {
      expect(await failure(`redis://${at}`, role)).toMatchObject({
        code: 'PKQ602',
        message: `Redis at ${at} wants a password`,
      })
      const wrong = await failure(`redis://:hunter2@${at}`, role)
      expect(wrong).toMatchObject({
        code: 'PKQ602',
        message: `Redis at ${at} refused the password of user "default"`,
      })
      expect(inspect(wrong, { depth: 9 })).not.toContain('hunter2')
    }
    await openProvider({ prefix: '{pw}', url: `redis://:correct@${at}` })
  })

  it('says what to do when only one of the two speaks TLS', async () => {
    // It waits for the end of what it takes for a command.
    const deaf = await failure(redisUrl().replace('redis://', 'rediss://'))
    expect(deaf).toMatchObject({ code: 'PKQ601', hint: expect.stringContaining('with redis://') })
    const plain = await listen(createServer((socket) => void socket.end('-ERR what?\r\n')))
    expect(await failure(`rediss://${plain}`)).toMatchObject({
      code: 'PKQ605',
      message: `Redis at ${plain} does not speak TLS`,
    })
  })

  it('shows where it is connected to, never the password', async () => {
    const provider = createProvider({
      connection: 'redis://user:hunter2@example.com/3',
      role: 'producer',
      logger: silentLogger,
    })
    expect(provider.address).toBe('example.com:6379/3')
    const open = await openProvider({ prefix: uniquePrefix() })
    expect(open.address).toBe(`${new URL(redisUrl()).host}/0`)
  })
})
