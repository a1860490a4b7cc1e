import { describe, expect, it, onTestFinished } from 'vitest'
import type { ClientOf } from '../../src/runtime/client-of.ts'
import type { Contracts } from '../../src/runtime/contract.ts'
import { createClient, type ProviderLoaders } from '../../src/runtime/create-client.ts'
import { declareContracts } from '../../src/runtime/declare-queues.ts'
import type { CreateProvider } from '../../src/runtime/provider.ts'
import { createProvider as createPgBoss } from '../../src/runtime/providers/pg-boss/index.ts'
import { backends } from '../support/backends.ts'
import { createDatabase } from '../support/database.ts'
import { MemoryProvider } from '../support/memory-provider.ts'
import { query } from '../support/postgres.ts'
import { job, listeningLogger, until } from '../support/provider-work.ts'
import { silentLogger } from '../support/silent-logger.ts'

interface Queues {
  email: { input: string; output: unknown }
}

const contracts: Contracts = {
  queues: { email: { input: { type: 'string' }, output: {}, defaults: {} } },
  $defs: {},
}

/** Makes clients as a generated file does, and remembers their providers. */
function project(entryPoint: CreateProvider<never> = () => new MemoryProvider()) {
  const made: MemoryProvider[] = []
  const createProvider: CreateProvider<never> = (options) => {
    const provider = entryPoint(options)
    if (provider instanceof MemoryProvider) made.push(provider)
    return provider
  }
  const load = () => Promise.resolve({ createProvider })
  const providers: ProviderLoaders = { bullmq: load, 'pg-boss': load, sqs: load, embedded: load }
  const create = async (connection?: unknown, own = contracts, logger = silentLogger) => {
    const options = { provider: 'pg-boss', connection: connection as undefined, logger } as const
    const definition = { configured: undefined, providers, contracts: own }
    const client: ClientOf<Queues, 'pg-boss'> = await createClient<
      Queues,
      ProviderLoaders,
      'pg-boss'
    >(options, definition)
    onTestFinished(() => client.close())
    return client
  }
  return { made, create }
}

describe('the clients of one server', () => {
  it('have one set of connections to it, which the last one closes', async () => {
    const connectionString = await createDatabase()
    const connections = async () => {
      const rows = await query(
        `SELECT FROM pg_stat_activity WHERE datname = $1 AND application_name = 'pikku client'`,
        [new URL(connectionString).pathname.slice(1)],
      )
      return rows.length
    }
    const { create } = project(createPgBoss)
    const clients = []
    for (let n = 0; n < 8; n += 1) clients.push(await create({ connectionString }))
    expect(await connections()).toBe(0)
    for (const client of clients) await client.add('email', 'to ada')
    // More than one only where pg-boss looks after its queues at that moment.
    expect(await connections()).toBeLessThan(clients.length / 2)

    const [first, ...others] = clients
    const last = others.pop()
    const added = first?.add('email', 'before the end')
    await first?.close()
    for (const client of others) await client.close()
    expect(await added).toEqual(expect.any(String))
    await expect(first?.add('email', 'after it')).rejects.toMatchObject({ code: 'PKQ408' })
    await last?.add('email', 'to joan')
    expect(await last?.counts('email')).toMatchObject({ waiting: clients.length + 2 })
    await last?.close()
    await until(async () => (await connections()) === 0, 'the connections to be closed')
  })

  it('open it together, when the first of them needs it', async () => {
    const { create, made } = project()
    const clients = await Promise.all([1, 2, 3].map(() => create({ host: 'a', tags: ['b'] })))
    expect(made.map(({ calls }) => calls)).toEqual([[]])
    await Promise.all(clients.map((client) => client.add('email', 'to ada')))
    expect(made[0]?.calls.filter((call) => call === 'open')).toHaveLength(1)
    for (const client of clients) {
      await client.close()
      await client.close()
    }
    expect(made[0]?.calls.filter((call) => call === 'close')).toHaveLength(1)
  })

  it('do not wait for one that was never used, which connects anew when it is', async () => {
    const { create, made } = project()
    const [used, unused] = [await create(), await create()]
    await used.add('email', 'to ada')
    await used.close()
    expect(made.map(({ calls }) => calls)).toEqual([['open', 'send 1', 'close']])
    await unused.add('email', 'to grace')
    await unused.close()
    expect(made.map(({ calls }) => calls.join())).toEqual(['open,send 1,close,open,send 1,close'])
  })

  it('try again, each for itself, after they could not connect', async () => {
    const { create, made } = project()
    const [one, two] = [await create(), await create()]
    const [provider] = made
    if (!provider) throw new Error('there is no provider')
    provider.openError = new Error('away')
    const adds = await Promise.allSettled([one.add('email', 'a'), two.add('email', 'b')])
    expect(adds.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    provider.openError = undefined
    await two.add('email', 'c')
    await one.close()
    await two.add('email', 'd')
    await two.close()
    expect(provider.calls).toEqual(['open', 'open', 'send 1', 'send 1', 'close'])
  })

  it('end what they follow, when they are closed, and not what others follow', async () => {
    const { create, made } = project()
    const [one, two] = [await create(), await create()]
    await one.add('email', 'to ada')
    made[0]?.change('1', { status: 'active' })
    const ended = [one, two].map((client) =>
      client.waitForCompletion('email', '1').catch((error: unknown) => error),
    )
    await expect.poll(() => made[0]?.watchers.size).toBe(2)
    await one.close()
    expect(await ended[0]).toMatchObject({ code: 'PKQ408' })
    made[0]?.change('1', { status: 'completed', result: 'sent' })
    expect(await ended[1]).toBe('sent')
  })
})

describe('clients that differ', () => {
  it('in server, logger, contract or environment have a provider each', async () => {
    const { create, made } = project()
    const credentials = () => 'a'
    const connection = { host: 'a', credentials }
    await create(connection)
    await create({ credentials, host: 'a' })
    expect(made).toHaveLength(1)
    connection.host = 'b'
    await create(connection)
    await create({ host: 'a', credentials: () => 'a' })
    await create({ host: 'a' })
    await create(connection, contracts, listeningLogger())
    await create(connection, { ...contracts, queues: {} })
    expect(made).toHaveLength(6)
    process.env.PIKKU_TEST_SURROUNDINGS = 'other'
    onTestFinished(() => {
      delete process.env.PIKKU_TEST_SURROUNDINGS
    })
    await create(connection)
    expect(made).toHaveLength(7)
    await create(connection, structuredClone(contracts))
    expect(made).toHaveLength(7)
  })
})

describe.each(['pg-boss', 'bullmq', 'sqs', 'embedded'] as const)('a provider of %s', (name) => {
  it('can be opened again after it was closed', async () => {
    const backend = await backends[name]()
    const provider = backend.provider('producer')
    onTestFinished(() => provider.close(1_000))
    const queue = backend.queue('email')
    const [declared] = declareContracts(contracts)
    if (!declared) throw new Error('nothing was declared')
    for (const data of ['first', 'second']) {
      await provider.open([{ ...declared, name: queue }])
      expect(await provider.send(queue, [job({ data })])).toEqual([
        { id: expect.any(String) as string },
      ])
      await provider.close(1_000)
    }
  })
})
