import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createDatabase } from '../support/database.ts'
import { serverPid } from '../support/engine-folder.ts'
import { databaseUrl, query } from '../support/postgres.ts'
import { atWork, createUserProject } from '../support/user-project.ts'

const wiring = `
import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'

wireQueueWorker({
  queue: 'greet',
  func: pikkuSessionlessFunc<{ name: string }, void>(async ({ logger }, { name }) => {
    logger.info('Hello ' + name)
  }),
  config: { deadLetterQueue: 'greet-dead' },
})
`
const minutes = 60_000
const noSuchProvider = 'There is no such provider; choose one of: bullmq, pg-boss, sqs, embedded.'

describe('a project that cannot be generated', () => {
  it('no tsconfig', async () => {
    const project = await createUserProject({ files: { 'src/greet.ts': wiring } })
    await project.write({ 'pikku.config.json': '{ "tsconfig": "tsconfig.app.json" }' })
    expect(await project.pikku(['worker']).ended).toEqual({
      code: 1,
      stdout: '',
      stderr: [
        'error PKQ002: there is no tsconfig.app.json',
        '  Make one with `npx tsc --init`, or name yours in pikku.config.json: { "tsconfig": "…" }.',
        '',
        '',
      ].join('\n'),
    })
  })

  it('a syntax error in a wiring: its place, and nothing is written', async () => {
    const project = await createUserProject({ files: { 'src/greet.ts': `${wiring}\nconst = 5\n` } })
    const { code, stdout, stderr } = await project.pikku(['generate']).ended
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('src/greet.ts:12:7 - error PKQ101: Variable declaration expected.')
    expect(stderr).toContain('12 | const = 5\n     |       ^')
    expect(stderr).toContain('2 errors; nothing was written')
    expect(existsSync(join(project.folder, '.pikku'))).toBe(false)
  })
})

describe('wrong usage', () => {
  it.each([
    [['worker', '--provider', 'rabbit'], noSuchProvider],
    [['generate', '--provider', 'rabbit'], noSuchProvider],
    [['worker', '--retries'], "unknown option '--retries'"],
    [['worker', '--shutdown-timeout', 'soon'], 'It takes seconds, from 0 to 86400.'],
    [['work'], "unknown command 'work'"],
  ])('pikku %j exits 2 and says why', async (args, message) => {
    const project = await createUserProject({ installed: false })
    const { code, stdout, stderr } = await project.pikku(args).ended
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(message)
  })

  it('a Node that is too old is named, with the one that is needed', async () => {
    const project = await createUserProject({
      installed: false,
      files: {
        'old.mjs': `
          import { registerHooks } from 'node:module'
          Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.1.0' } })
          // What an older Node lacks would keep it from saying so.
          registerHooks({
            resolve(specifier, context, next) {
              if (specifier === process.argv[2]) return next(specifier, context)
              throw new Error(specifier + ' was imported first')
            },
          })
          await import(process.argv[2])
        `,
      },
    })
    const pikku = new URL('../../bin/pikku.js', import.meta.url).href
    expect(await project.node(['old.mjs', pikku]).ended).toEqual({
      code: 2,
      stdout: '',
      stderr: 'pikku needs Node 22.12 or newer, and this is 20.1.0.\n',
    })
  })

  it('a Node that is told not to require ES modules', async () => {
    const project = await createUserProject({ installed: false, files: {} })
    const env = { NODE_OPTIONS: '--no-experimental-require-module' }
    const pikku = new URL('../../bin/pikku.js', import.meta.url).pathname
    expect(await project.node([pikku, 'generate'], env).ended).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'pikku does not run with --no-experimental-require-module: take it out of NODE_OPTIONS.\n',
    })
  })

  it.each([['--help'], ['generate', '--help'], ['worker', '--help']])(
    'pikku %s %s exits 0',
    async (...args) => {
      const project = await createUserProject({ installed: false })
      const { code, stdout, stderr } = await project.pikku(args.filter(Boolean)).ended
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout).toContain('Usage: pikku')
    },
  )

  it('output that nobody reads is no error', async () => {
    const project = await createUserProject({ files: { 'src/greet.ts': wiring } })
    const generating = project.pikku(['generate'])
    generating.process.stdout?.destroy()
    expect(await generating.ended).toEqual({ code: 0, stdout: '', stderr: '' })
  })

  it(
    'a queue that nothing is wired to',
    async () => {
      const project = await createUserProject({ files: { 'src/greet.ts': wiring } })
      expect(await project.pikku(['worker', '--queues', 'great']).ended).toEqual({
        code: 1,
        stdout: '',
        stderr: 'error PKQ402: no function is wired to queue "great"\n  Wired are: greet.\n',
      })
    },
    minutes,
  )
})

describe('a server that refuses', () => {
  it(
    'nothing listens there',
    async () => {
      const project = await createUserProject({ files: { 'src/greet.ts': wiring } })
      const DATABASE_URL = 'postgres://someone:s3cret-word@127.0.0.1:9/app'
      const { code, stdout, stderr } = await project.pikku(['worker'], { DATABASE_URL }).ended
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toBe(
        'error PKQ601: PostgreSQL at 127.0.0.1:9 cannot be reached (ECONNREFUSED)\n' +
          '  Is it running, and is the address right? It comes from DATABASE_URL or the connection option.\n',
      )
    },
    minutes,
  )

  it(
    'a wrong password, which is never shown',
    async () => {
      const project = await createUserProject({ files: { 'src/greet.ts': wiring } })
      const url = new URL(databaseUrl())
      url.password = 's3cret-word'
      const { code, stdout, stderr } = await project.pikku(['worker'], { DATABASE_URL: url.href })
        .ended
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toMatch(
        /^error PKQ602: PostgreSQL at \S+ refused the password of user "\w+"\n {2}/,
      )
      expect(stderr).not.toContain('s3cret-word')
      expect(stderr.split('\n')).toHaveLength(3)
    },
    minutes,
  )
})

it(
  "services that cannot be made: the user's own stack, and nothing is started",
  async () => {
    const services = `export const createSingletonServices = async () => {
  throw new Error('no API key')
}
`
    const project = await createUserProject({
      files: { 'src/greet.ts': wiring, 'src/services.ts': services },
    })
    const { code, stdout, stderr } = await project.pikku(['worker'], {
      DATABASE_URL: await createDatabase(),
    }).ended
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('error PKQ507: the services could not be made: Error: no API key')
    expect(stderr).toContain('services.ts:2:9')
  },
  minutes,
)

it(
  'a file that throws while it is loaded, a package that is not installed, and a file that waits for ever',
  async () => {
    const project = await createUserProject({
      files: {
        'src/greet.ts': `setInterval(() => {}, 1000)\nthrow new Error('NOPE is not set')\n${wiring}`,
      },
    })
    const thrown = await project.pikku(['worker']).ended
    expect(thrown).toMatchObject({ code: 1, stdout: '' })
    expect(thrown.stderr).toMatch(
      /^error PKQ509: a file of the worker threw while it was loaded: Error: NOPE is not set\n/,
    )
    expect(thrown.stderr).toContain('src/greet.ts:2:7')

    await project.write({ 'src/greet.ts': `import 'left-pad'\n${wiring}` })
    expect(await project.pikku(['worker']).ended).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'error PKQ509: the worker imports the package left-pad, which is not installed\n' +
        '  Run: npm install left-pad\n',
    })

    await project.write({ 'src/greet.ts': `await new Promise(() => {})\n${wiring}` })
    expect(await project.pikku(['worker']).ended).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'error PKQ509: a file of the worker waits for ever while it is loaded: nothing is left that could end its `await`\n' +
        '  Look for an `await` outside of all functions, in what the worker imports.\n',
    })
  },
  minutes,
)

it(
  'an import that cannot be bundled: its place',
  async () => {
    const project = await createUserProject({
      files: { 'src/greet.ts': `import './missing.js'\n${wiring}` },
    })
    const { code, stdout, stderr } = await project.pikku(['worker']).ended
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain(
      'src/greet.ts:1:8 - error PKQ011: the worker cannot be bundled: Could not resolve "./missing.js"',
    )
  },
  minutes,
)

it(
  'a payload that does not fit is refused by the client, and dead at once in the worker',
  async () => {
    const producer = `
    import { createQueueClient } from './.pikku/pikku-queue.gen.ts'
    const client = await createQueueClient()
    const error = await client.add('greet', { name: 5, age: 5 }).catch((error) => error)
    console.log(error.code, error.message)
    await client.close()
  `
    const project = await createUserProject({
      files: { 'src/greet.ts': wiring, 'producer.mjs': producer },
    })
    const env = { DATABASE_URL: await createDatabase() }
    const worker = project.pikku(['worker'], env)
    await worker.printed(atWork)
    const { stdout } = await project.node(['producer.mjs'], env).ended
    expect(stdout).toMatch(/^PKQ401 the payload of queue "greet" does not fit its type: /)
    expect(stdout).toContain('name must be a string')

    // As a producer that knows nothing of us would add it.
    await query(
      `INSERT INTO pgboss.job (name, data, retry_limit, dead_letter, heartbeat_seconds)
     VALUES ('greet', '{"name": 5}', 9, 'greet-dead', 30)`,
      [],
      env.DATABASE_URL,
    )
    await worker.printed('job failed for good')
    const rowsOf = (statement: string) => query(statement, [], env.DATABASE_URL)
    // It is said before it is stored.
    await expect
      .poll(
        () =>
          rowsOf(
            `SELECT state, retry_count AS retries, output->>'code' AS code FROM pgboss.job WHERE name = 'greet'`,
          ),
        { timeout: 20_000 },
      )
      .toEqual([{ state: 'failed', retries: 0, code: 'PKQ401' }])
    expect(
      await rowsOf(`SELECT data, source_name AS source FROM pgboss.job WHERE name = 'greet-dead'`),
    ).toEqual([{ data: { name: 5 }, source: 'greet' }])
  },
  minutes,
)

describe('the embedded engine', () => {
  it(
    'a data folder that cannot be used',
    async () => {
      const project = await createUserProject({ files: { 'src/greet.ts': wiring, data: 'a file' } })
      const { code, stderr } = await project.pikku(['worker'], { PIKKU_DATA_DIR: 'data' }).ended
      expect(code).toBe(1)
      expect(stderr).toMatch(
        /^error PKQ606: the data folder \S+data of the embedded PostgreSQL cannot be used: /,
      )
      expect(stderr).toContain('PIKKU_DATA_DIR')
    },
    minutes,
  )

  it(
    'left running by a killed worker: the next one joins it, and stops it',
    async () => {
      const project = await createUserProject({ files: { 'src/greet.ts': wiring } })
      const data = join(project.folder, '.pikku', 'data')
      const first = project.pikku(['worker'])
      await first.printed(atWork)
      const engine = await serverPid(data)
      expect(engine).toBeTypeOf('number')
      first.process.kill('SIGKILL')
      await first.ended
      expect(await serverPid(data)).toBe(engine)
      // A younger one could be about to be joined by the process that started it.
      const { mtimeMs } = await stat(join(data, 'cluster', 'postmaster.pid'))
      await expect.poll(() => Date.now() - mtimeMs, { timeout: 10_000 }).toBeGreaterThan(5_000)

      const second = project.pikku(['worker'])
      await second.printed(atWork)
      expect(await serverPid(data)).toBe(engine)
      second.process.kill('SIGTERM')
      const { code, stdout } = await second.ended
      expect(code).toBe(0)
      expect(stdout).toContain(
        'joined an embedded PostgreSQL that a killed process had left running',
      )
      expect(await serverPid(data)).toBeUndefined()
    },
    2 * minutes,
  )
})
