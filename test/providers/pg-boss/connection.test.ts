import { createServer } from 'node:net'
import { once } from 'node:events'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { PikkuQueueError } from '../../../src/runtime/errors.ts'
import {
  createProvider,
  type PgBossConnection,
} from '../../../src/runtime/providers/pg-boss/index.ts'
import { databaseUrl, query, uniqueSchema } from '../../support/postgres.ts'
import { silentLogger } from '../../support/silent-logger.ts'
import { openProvider } from './fixture.ts'

async function failure(connection: string, schema?: string): Promise<PikkuQueueError> {
  try {
    const provider = createProvider({
      connection: { connectionString: connection, ...(schema && { schema }) },
      role: 'producer',
      logger: silentLogger,
    })
    await provider.open([])
  } catch (error) {
    if (error instanceof PikkuQueueError) return error
    throw error
  }
  throw new Error('it opened')
}

/** The run's database with something changed. */
function changed(change: (url: URL) => void): string {
  const url = new URL(databaseUrl())
  change(url)
  return url.href
}

const server = () => new URL(databaseUrl()).host

describe('a connection that does not stand', () => {
  it.each([
    ['', 'no PostgreSQL address was given'],
    [
      'not a url with hunter2',
      'connection.connectionString does not start with postgres:// or postgresql://',
    ],
    ['postgres://user:hunter2/x@host:notaport/db', 'connection.connectionString is not a URL'],
  ])('is refused by its address: %j', async (url, message) => {
    const error = await failure(url)
    expect(error).toMatchObject({ code: 'PKQ605', message })
    expect(`${error.message} ${error.hint}`).not.toContain('hunter2')
    expect(error.hint).toBeTruthy()
  })

  it('is called by where it comes from', () => {
    vi.stubEnv('DATABASE_URL', 'garbage')
    onTestFinished(() => void vi.unstubAllEnvs())
    const create = (connection?: string) => () =>
      createProvider({ connection, role: 'producer', logger: silentLogger })
    const says = ' does not start with postgres:// or postgresql://'
    expect(create()).toThrow(`DATABASE_URL${says}`)
    expect(create('garbage')).toThrow(`the connection${says}`)
  })

  it('is refused without an address, whatever DATABASE_URL says', () => {
    vi.stubEnv('DATABASE_URL', databaseUrl())
    onTestFinished(() => void vi.unstubAllEnvs())
    const create = (connection: object) => () =>
      createProvider({
        connection: connection as PgBossConnection,
        role: 'producer',
        logger: silentLogger,
      })
    const refusal = { code: 'PKQ605', message: 'the connection has no connectionString' }
    expect(create({ schema: 'mine' })).toThrow(expect.objectContaining(refusal))
    expect(create({ connectionString: undefined })).toThrow(expect.objectContaining(refusal))
    expect(create({ connectionString: new URL(databaseUrl()) })).toThrow(
      expect.objectContaining(refusal),
    )
  })

  it('is refused by its schema', async () => {
    const says = ' is "My"Schema", which cannot be the schema of the queues'
    expect(await failure(databaseUrl(), 'My"Schema')).toMatchObject({
      code: 'PKQ605',
      message: `connection.schema${says}`,
    })
    const settings = { schema: 'My"Schema' }
    const connection = databaseUrl()
    expect(() =>
      createProvider({ connection, settings, role: 'producer', logger: silentLogger }),
    ).toThrow(`connection.pg-boss.schema of pikku.config.json${says}`)
  })

  it('says where no server is', async () => {
    expect(await failure('postgres://u:hunter2@127.0.0.1:1/db')).toMatchObject({
      code: 'PKQ601',
      message: 'PostgreSQL at 127.0.0.1:1 cannot be reached (ECONNREFUSED)',
    })
    const unknown = await failure('postgres://u:hunter2@no-such-host.invalid/db')
    expect(unknown.code).toBe('PKQ601')
    expect(unknown.message).toMatch(
      /^PostgreSQL at no-such-host\.invalid:5432 cannot be reached \((ENOTFOUND|EAI_AGAIN)\)$/,
    )
  })

  it('fails fast for a producer when the server does not answer', async () => {
    const deaf = createServer(() => {}).listen(0, '127.0.0.1')
    onTestFinished(() => void deaf.close())
    await once(deaf, 'listening')
    const address = deaf.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    const startedAt = performance.now()
    const error = await failure(`postgres://u:p@127.0.0.1:${address.port}/db`)
    expect(error.code).toBe('PKQ601')
    expect(error.message).toContain(`PostgreSQL at 127.0.0.1:${address.port} cannot be reached`)
    expect(performance.now() - startedAt).toBeLessThan(8_000)
  })

  it('says that the password is wrong, without repeating it', async () => {
    const url = changed((parsed) => (parsed.password = 'hunter2'))
    const error = await failure(url)
    expect(error).toMatchObject({
      code: 'PKQ602',
      message: `PostgreSQL at ${server()} refused the password of user "${new URL(url).username}"`,
    })
    expect(`${error.message} ${error.hint}`).not.toContain('hunter2')
  })

  it('says that the database is missing', async () => {
    expect(await failure(changed((url) => (url.pathname = '/nowhere')))).toMatchObject({
      code: 'PKQ608',
      message: `PostgreSQL at ${server()} has no database "nowhere"`,
      hint: 'Create it: createdb nowhere',
    })
  })

  it('says that the user may not create the schema', async () => {
    const role = `r${process.pid}`
    await query(`CREATE ROLE ${role} LOGIN PASSWORD 'pw'`)
    onTestFinished(async () => {
      await query(`DROP ROLE ${role}`)
    })
    const schema = uniqueSchema()
    const url = changed((parsed) => {
      parsed.username = role
      parsed.password = 'pw'
    })
    expect(await failure(url, schema)).toMatchObject({
      code: 'PKQ608',
      message: `user "${role}" may not use schema "${schema}" of ${server()}/postgres`,
    })
  })

  it('shows where it is connected to, never the password', async () => {
    const provider = await openProvider({ schema: uniqueSchema() })
    const { host, pathname, password } = new URL(databaseUrl())
    expect(provider.address).toBe(`${host}${pathname}`)
    expect(provider.address).not.toContain(password)
  })
})
