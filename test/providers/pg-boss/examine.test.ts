import { describe, expect, it, onTestFinished } from 'vitest'
import type { Finding, QueueDeclaration } from '../../../src/runtime/provider.ts'
import { PgBossProvider } from '../../../src/runtime/providers/pg-boss/pg-boss-provider.ts'
import { databaseUrl, query, uniqueSchema } from '../../support/postgres.ts'
import { silentLogger } from '../../support/silent-logger.ts'
import { declaration, openProvider } from './fixture.ts'

const queues = [declaration('jobs', { deadLetterQueue: 'letters' }), declaration('mail')]

async function examine(
  schema: string,
  declarations: QueueDeclaration[] = queues,
  url = databaseUrl(),
): Promise<Finding[]> {
  const provider = new PgBossProvider({
    connection: { connectionString: url, schema },
    role: 'producer',
    logger: silentLogger,
  })
  return await provider.examine(declarations)
}

const inWords = (findings: readonly Finding[]) =>
  findings.map(({ severity, message }) => `${severity} ${message}`)

/** The URL of a user who may connect, and no more. */
async function createUser(): Promise<string> {
  const name = `visitor_${Math.random().toString(36).slice(2, 8)}`
  await query(`CREATE ROLE ${name} LOGIN PASSWORD 'secret-word'`)
  onTestFinished(async () => {
    await query(`DROP OWNED BY ${name}; DROP ROLE ${name}`)
  })
  const url = new URL(databaseUrl())
  url.username = name
  url.password = 'secret-word'
  return url.href
}

it('finds that nothing is set up, and sets nothing up', async () => {
  const schema = uniqueSchema()
  const found = inWords(await examine(schema))
  expect(found[0]).toMatch(/^ok PostgreSQL 18\S* .*at 127\.0\.0\.1:\d+\/postgres answers$/)
  expect(found.at(-1)).toBe(
    `ok schema "${schema}" is not there yet; the first worker or client sets it up`,
  )
  expect(await query('SELECT FROM pg_namespace WHERE nspname = $1', [schema])).toEqual([])
})

it('finds what is set up, and which queues are there', async () => {
  const schema = uniqueSchema()
  await openProvider({ schema })
  expect(inWords(await examine(schema)).slice(-2)).toEqual([
    expect.stringMatching(/^ok schema .* is the one that this pg-boss works with \(\d+\)$/),
    'ok 1 of 3 queues are there; letters, mail will be made by the first worker or client',
  ])
})

it('finds the run’s own server unsafe: it does not wait for the disk', async () => {
  const found = inWords(await examine(uniqueSchema()))
  expect(found.filter((it) => it.startsWith('warning'))).toEqual([
    expect.stringContaining('runs with fsync = off: a crash of its machine may destroy'),
    expect.stringContaining('runs with full_page_writes = off'),
  ])
})

it('finds a schema of another version', async () => {
  const schema = uniqueSchema()
  await openProvider({ schema })
  await query(`UPDATE ${schema}.version SET version = version - 1`)
  expect(inWords(await examine(schema))).toContainEqual(
    expect.stringMatching(/^warning schema .* is at \d+, and this pg-boss needs \d+$/),
  )
  await query(`UPDATE ${schema}.version SET version = 1000`)
  expect(inWords(await examine(schema))).toContainEqual(
    expect.stringMatching(/^error schema .* was made by a newer pg-boss: it is at 1000/),
  )
})

it('finds a queue of another program’s that holds jobs back', async () => {
  const schema = uniqueSchema()
  await openProvider({ schema })
  await query(`SELECT ${schema}.create_queue('mail', '{"policy":"singleton"}')`)
  expect(inWords(await examine(schema))).toContainEqual(
    'error mail: another program made it in pg-boss, with a policy that holds jobs back',
  )
})

it('finds a user who may not, and never says the password', async () => {
  const schema = uniqueSchema()
  const url = await createUser()
  const unset = await examine(schema, queues, url)
  expect(unset.at(-1)).toMatchObject({
    severity: 'error',
    message: expect.stringMatching(/is not set up, and user "visitor_\w+" may not do that/),
    hint: expect.stringContaining('GRANT CREATE ON DATABASE'),
  })
  await openProvider({ schema })
  const set = await examine(schema, queues, url)
  expect(set.at(-1)).toMatchObject({
    severity: 'error',
    message: expect.stringContaining('may not read and write all of schema'),
    hint: expect.stringContaining(`GRANT USAGE ON SCHEMA ${schema}`),
  })
  expect(JSON.stringify([unset, set])).not.toContain('secret-word')
})

describe('of the table of paused queues', () => {
  /** A user with all rights on a schema that is set up, but to make tables there. */
  async function createWorker(schema: string): Promise<{ name: string; url: string }> {
    await openProvider({ schema })
    const url = await createUser()
    const name = new URL(url).username
    await query(`GRANT USAGE ON SCHEMA ${schema} TO ${name}`)
    await query(`GRANT ALL ON ALL TABLES IN SCHEMA ${schema} TO ${name}`)
    return { name, url }
  }

  it('finds that it is there and may be used', async () => {
    const schema = uniqueSchema()
    const { url } = await createWorker(schema)
    const found = await examine(schema, queues, url)
    expect(found.filter(({ severity }) => severity === 'error')).toEqual([])
  })

  it('finds that it is missing, if that will not mend itself', async () => {
    const schema = uniqueSchema()
    const { name, url } = await createWorker(schema)
    await query(`DROP TABLE ${schema}.pikku_paused`)
    expect(await examine(schema, queues, url)).toContainEqual({
      severity: 'error',
      message: `schema "${schema}" lacks pikku_paused, and user "${name}" may not make it`,
      hint: `Run as its owner: GRANT CREATE ON SCHEMA ${schema} TO "${name}"`,
    })
    await query(`GRANT CREATE ON SCHEMA ${schema} TO ${name}`)
    const found = await examine(schema, queues, url)
    expect(found.filter(({ severity }) => severity === 'error')).toEqual([])
    await openProvider({ schema, url })
    expect(await query('SELECT to_regclass($1) AS it', [`${schema}.pikku_paused`])).not.toEqual([
      { it: null },
    ])
  })

  it('finds that it may not be read or written', async () => {
    const schema = uniqueSchema()
    const { name, url } = await createWorker(schema)
    for (const right of ['SELECT', 'INSERT', 'DELETE']) {
      await query(`REVOKE ${right} ON ${schema}.pikku_paused FROM ${name}`)
      expect(await examine(schema, queues, url), right).toContainEqual({
        severity: 'error',
        message: `user "${name}" may not read and write ${schema}.pikku_paused`,
        hint: expect.stringContaining(
          `GRANT ALL ON ALL TABLES IN SCHEMA ${schema} TO "${name}"`,
        ) as string,
      })
      await query(`GRANT ${right} ON ${schema}.pikku_paused TO ${name}`)
    }
  })
})

it('finds no server, or no way in', async () => {
  const closed = new URL(databaseUrl())
  closed.port = '1'
  await expect(examine('pgboss', queues, closed.href)).rejects.toMatchObject({ code: 'PKQ601' })
  const wrong = new URL(databaseUrl())
  wrong.password = 'wrong'
  await expect(examine('pgboss', queues, wrong.href)).rejects.toMatchObject({ code: 'PKQ602' })
})
