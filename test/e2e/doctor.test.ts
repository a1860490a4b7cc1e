import { describe, expect, it } from 'vitest'
import { createDatabase } from '../support/database.ts'
import { filesIn } from '../support/project.ts'
import { redisUrl } from '../support/redis.ts'
import { sqsConnection } from '../support/sqs.ts'
import { createUserProject } from '../support/user-project.ts'

const source = (config: string) => `
import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'
const sendEmail = pikkuSessionlessFunc<{ to: string }, void>(async () => {})
wireQueueWorker({ queue: 'email', func: sendEmail, config: ${config} })
`
const sqsEnvironment = () => ({
  SQS_ENDPOINT: sqsConnection().endpoint,
  AWS_ACCESS_KEY_ID: 'any',
  AWS_SECRET_ACCESS_KEY: 'any',
})

const createProject = (config = '{}') =>
  createUserProject({ files: { 'src/email.ts': source(config) } })

describe('pikku doctor', { timeout: 60_000 }, () => {
  it('finds a project as it should be, and a server that was set up', async () => {
    const project = await createProject()
    await project.pikku(['generate', '--quiet']).ended
    const before = await filesIn(project.folder)
    const env = { DATABASE_URL: await createDatabase() }
    const { code, stdout, stderr } = await project.pikku(['doctor'], env).ended
    expect(stderr).toBe('')
    expect(stdout).toContain('would run on pg-boss (DATABASE_URL is set)')
    const fine = stdout.split('\n').filter((line) => line.startsWith('ok '))
    expect(fine.map((line) => line.slice('warning  '.length))).toEqual([
      `Node ${process.versions.node}`,
      expect.stringContaining('pikku-queue 0.1.0, pg-boss 12.'),
      'the settings of tsconfig.json suit generated code',
      '1 queue, and nothing that pg-boss (PostgreSQL) cannot do',
      'clients ask for nothing that pg-boss (PostgreSQL) cannot do',
      'generated files are up to date',
      expect.stringMatching(/^PostgreSQL .* answers$/),
      expect.stringContaining('schema "pgboss" is not there yet'),
    ])
    // The run's own server does not wait for the disk.
    expect(stdout).toContain('warning  PostgreSQL at')
    expect(stdout).toMatch(/\n2 warnings\n$/)
    expect(code).toBe(0)
    expect((await project.pikku(['doctor', '--strict'], env).ended).code).toBe(1)
    expect(await filesIn(project.folder)).toEqual(before)
  })

  it('finds what a provider cannot do, with its place, and goes on without a server', async () => {
    const project = await createProject('{ lockDuration: 60_000, deadLetterQueue: "dead:letters" }')
    const args = ['doctor', '--provider', 'bullmq']
    const env = { REDIS_URL: 'redis://:secret-word@127.0.0.1:1' }
    const { code, stdout } = await project.pikku(args, env).ended
    expect(code).toBe(1)
    expect(stdout).toContain('error    src/email.ts:4:84 PKQ303: the queue name "dead:letters"')
    expect(stdout).toContain('generated files are up to date cannot be told')
    expect(stdout).toContain('error    PKQ601: Redis at 127.0.0.1:1 cannot be reached')
    expect(stdout).not.toContain('secret-word')
    const other = await project.pikku(['doctor', '-p', 'sqs'], sqsEnvironment()).ended
    expect(other.stdout).toContain('"lockDuration" of queue "email" does nothing on sqs')
  })

  it('finds what clients ask for, and takes none of the test kit for one', async () => {
    const project = await createProject()
    await project.write({
      'src/signup.ts': `import { createQueueClient } from '#pikku/pikku-queue.gen.js'
const client = await createQueueClient()
console.log(await client.getJob('email', 'a'))
`,
      'test/email.ts': `import { createTestQueues } from 'pikku-queue/testing'
import { PikkuQueue } from '#pikku/pikku-queue.gen.js'
const kit = await createTestQueues({ client: PikkuQueue })
console.log(await kit.client.getJob('email', await kit.client.add('email', { to: 'a@b' })))
`,
    })
    await project.pikku(['generate', '--quiet']).ended
    const { code, stdout } = await project.pikku(['doctor', '-p', 'sqs'], sqsEnvironment()).ended
    expect(code).toBe(1)
    expect(stdout.match(/PKQ409/g)).toHaveLength(1)
    expect(stdout).toContain(
      'error    src/signup.ts:3:26 PKQ409: "getJob" of a client is not supported on AWS SQS\n',
    )
    const other = await project.pikku(['doctor', '-p', 'bullmq'], { REDIS_URL: redisUrl() }).ended
    expect(other.stdout).toContain('clients ask for nothing that BullMQ (Redis) cannot do')
  })

  it('prints what it found as JSON', async () => {
    const project = await createProject()
    const { code, stdout } = await project.pikku(['doctor', '--json'], { REDIS_URL: redisUrl() })
      .ended
    const report: unknown = JSON.parse(stdout)
    expect(report).toMatchObject({ provider: 'bullmq', errors: 1 })
    expect(report).toHaveProperty(
      'findings',
      expect.arrayContaining([
        {
          check: 'generated',
          severity: 'error',
          code: 'PKQ009',
          message: expect.stringContaining('out of date'),
          hint: expect.any(String),
          file: null,
          line: null,
          column: null,
        },
        expect.objectContaining({ check: 'server', severity: 'ok' }),
      ]),
    )
    expect(code).toBe(1)
  })

  it('finds the queues of SQS that are missing', async () => {
    const project = await createProject('{ deadLetterQueue: "letters" }')
    await project.pikku(['generate', '--quiet']).ended
    const { code, stdout } = await project.pikku(['doctor', '-p', 'sqs'], sqsEnvironment()).ended
    expect(code).toBe(1)
    expect(stdout).toContain('0 of 2 queues are there')
    expect(stdout).toMatch(/error {4}PKQ402: .* has no queue "letters"\n +Start a worker once with/)
  })

  it('finds sources and settings that cannot be read', async () => {
    const project = await createProject()
    await project.write({ 'src/broken.ts': 'wireQueueWorker({' })
    const broken = await project.pikku(['doctor']).ended
    expect(broken.stdout).toContain('src/broken.ts:1:18 PKQ101')
    expect(broken.stdout).toContain('is installed for this platform')
    expect(broken.code).toBe(1)

    await project.write({ 'pikku.config.json': '{ "provider": "kafka" }' })
    const unset = await project.pikku(['doctor']).ended
    expect(unset.stdout).toContain('error    pikku.config.json:1:3 PKQ008: there is no provider')
    expect(unset.code).toBe(1)
  })

  it('finds nothing installed', async () => {
    const project = await createUserProject({ files: { 'src/a.ts': '' }, installed: false })
    const { code, stdout } = await project.pikku(['doctor', '-p', 'sqs'], sqsEnvironment()).ended
    expect(stdout).toContain('error    pikku-queue is not installed in this project')
    expect(code).toBe(1)
  })

  it('says how it is used', async () => {
    const project = await createProject()
    const help = await project.pikku(['doctor', '--help']).ended
    expect(help.code).toBe(0)
    for (const flag of ['--provider', '--strict', '--json']) {
      expect(help.stdout).toContain(flag)
    }
    const wrong = await project.pikku(['doctor', '--provider', 'kafka']).ended
    expect(wrong.stderr).toContain('There is no such provider')
    expect(wrong.code).toBe(2)
  })
})
