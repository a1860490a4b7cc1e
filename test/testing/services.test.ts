import { expect, it } from 'vitest'
import type { CoreSingletonServices } from '../../src/runtime/define.ts'
import { createLogger } from '../../src/runtime/logger.ts'
import { createTestQueues, type FakeServices } from '../../src/runtime/testing/index.ts'
import { PikkuQueue, type Services, wired } from './shop.ts'

const client = PikkuQueue

it('gives functions the fakes, an empty config, a silent logger and the interaction', async () => {
  const sent: string[] = []
  const seen: unknown[] = []
  const registry = wired({
    numbers: async ({ emailService, ...others }, data) => {
      await emailService.send(String(data))
      others.logger.info('sent')
      seen.push(others)
    },
  })
  const services = {
    emailService: { send: (to) => Promise.resolve(void sent.push(to)) },
    region: 'eu',
  } satisfies FakeServices<Services>
  await using kit = await createTestQueues({ client, registry, services })
  await kit.client.add('numbers', 1)
  await kit.drain()
  expect(sent).toEqual(['1'])
  expect(seen).toMatchObject([
    { region: 'eu', config: {}, interaction: { queue: { queueName: 'numbers' } } },
  ])
})

it('puts fakes over what the factories make, closes theirs and no fake', async () => {
  const trace: string[] = []
  const closing = (name: string) => ({ close: () => trace.push(`close ${name}`) })
  const registry = wired({
    numbers: ({ region, session, emailService }) => {
      trace.push(`run in ${region}, ${session}`)
      emailService.close()
    },
  })
  const kit = await createTestQueues({
    client,
    registry,
    createConfig: () => ({ region: 'eu' }),
    createSingletonServices: ({ region }: { region: string }) => ({
      region,
      emailService: closing('real mail'),
      database: closing('database'),
    }),
    createSessionServices: ({ region }: { region: string }) => ({
      session: `session of ${region}`,
      transaction: closing('transaction'),
    }),
    services: { region: 'test', emailService: closing('fake mail') },
  })
  await kit.client.add('numbers', 1)
  await kit.drain()
  expect(trace.splice(0)).toEqual([
    'run in test, session of test',
    'close fake mail',
    'close transaction',
  ])
  await kit.close()
  await kit.close()
  expect(trace).toEqual(['close database', 'close real mail'])
})

it('says to the logger what a worker says', async () => {
  const log: string[] = []
  const logger = createLogger({ level: 'debug', write: (line) => log.push(line) })
  const registry = wired({
    numbers: ({ logger: own }: Pick<CoreSingletonServices, 'logger'>) => {
      own.info('from the function')
      throw new Error('declined')
    },
  })
  await using kit = await createTestQueues({ client, registry, logger })
  await kit.client.add('numbers', 1)
  await kit.drain()
  expect(log.join('\n')).toMatch(/from the function[^]*job failed, runs again in 1000 ms/)
})

it('says to the logger what caused an error', async () => {
  const log: string[] = []
  const logger = createLogger({ write: (line) => log.push(line) })
  // As fetch does: of a host with several addresses there is only a code.
  const inner = Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' })
  const causes = [new Error('no such host'), inner]
  const registry = wired({
    numbers: () => {
      throw new Error('fetch failed', { cause: causes.shift() })
    },
  })
  await using kit = await createTestQueues({ client, registry, logger })
  for (const attempts of [2, 1]) {
    await kit.client.add('numbers', 1, { attempts })
    await kit.drain()
  }
  const said = log.join('\n')
  expect(said).toMatch(/runs again in .+ error="fetch failed" cause="no such host"\n/)
  expect(said).toMatch(/failed for good .+ error="fetch failed" cause=ECONNREFUSED\n/)
})

it('lets a factory that throws be seen', async () => {
  const failing = createTestQueues({
    client,
    registry: wired({ numbers: () => undefined }),
    createSingletonServices: () => {
      throw new Error('no DATABASE_URL')
    },
  })
  await expect(failing).rejects.toThrow('no DATABASE_URL')
})

it('checks fakes by the types of the services, and takes a part of them', () => {
  const partial = { emailService: {} } satisfies FakeServices<Services>
  const wrong = {
    // @ts-expect-error -- it takes text
    emailService: { send: (to: number) => Promise.reject(new Error(to.toFixed())) },
  } satisfies FakeServices<Services>
  // @ts-expect-error -- there is no such service
  const unknown = { smsService: {} } satisfies FakeServices<Services>
  expect([partial, wrong, unknown]).toHaveLength(3)
})
