import { randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { ProviderName } from '../../src/runtime/capabilities.ts'
import type { ConnectionSettings } from '../../src/runtime/connection-settings.ts'
import { createDatabase } from '../support/database.ts'
import { query } from '../support/postgres.ts'
import { redisUrl, uniquePrefix, withRedis } from '../support/redis.ts'
import { sqsConnection } from '../support/sqs.ts'
import { atWork, createUserProject, type UserProject } from '../support/user-project.ts'

const jobs = `
import { appendFileSync } from 'node:fs'
import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'
const func = pikkuSessionlessFunc<{ n: number }>(async (_services, { n }) => {
  appendFileSync('ran.txt', n + '\\n')
})
wireQueueWorker({ queue: 'jobs', func })
`

/** A job at once, and one that stays; once by a client that is told nothing, once by one with an address. */
const producer = (connection: unknown, provider: string) => `
import { createQueueClient } from '#pikku/pikku-queue.gen.ts'
const plain = await createQueueClient()
const told = await createQueueClient({ provider: '${provider}', connection: ${JSON.stringify(connection)} })
await plain.add('jobs', { n: 1 })
await told.add('jobs', { n: 2 })
await plain.add('jobs', { n: 3 }, { delay: 600_000 })
await plain.close()
await told.close()
`

interface Place {
  settings: ConnectionSettings
  env: Record<string, string>
  /** As a client may be given it, without what the settings say. */
  connection: unknown
  /** What shows, on the server itself, that the queue is where the settings say. */
  proof: (project: UserProject) => Promise<boolean>
}

const credentials = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' }

const places: Record<ProviderName, () => Promise<Place>> = {
  bullmq() {
    const [prefix, url] = [uniquePrefix(), redisUrl()]
    const proof = () =>
      withRedis(async (redis) => (await redis.exists(`${prefix}:jobs:meta`)) === 1)
    const env = { REDIS_URL: url }
    return Promise.resolve({ settings: { prefix }, env, connection: url, proof })
  },
  async 'pg-boss'() {
    const url = await createDatabase()
    return {
      settings: { schema: 'shop_jobs' },
      env: { DATABASE_URL: url },
      connection: url,
      async proof() {
        const sql = `SELECT nspname AS name FROM pg_namespace WHERE nspname IN ('pgboss', 'shop_jobs')`
        const found = await query<{ name: string }>(sql, [], url)
        return found.map(({ name }) => name).join() === 'shop_jobs'
      },
    }
  },
  sqs() {
    const { endpoint, ...connection } = sqsConnection()
    const beginning = `shop-${randomBytes(4).toString('hex')}-`
    const queueUrlPrefix = `${endpoint}/000000000000/${beginning}`
    const client = new SQSClient({ endpoint, ...connection })
    onTestFinished(() => client.destroy())
    return Promise.resolve({
      settings: { queueUrlPrefix, endpoint, region: 'us-east-1' },
      env: credentials,
      connection: { region: 'us-east-1' },
      async proof() {
        const found = await client.send(new GetQueueUrlCommand({ QueueName: `${beginning}jobs` }))
        return found.QueueUrl?.endsWith(`/${beginning}jobs`) ?? false
      },
    })
  },
  embedded() {
    return Promise.resolve({
      settings: { dataDir: 'kept' },
      env: {},
      connection: {},
      proof: async ({ folder }) => (await readdir(join(folder, 'kept'))).includes('cluster'),
    })
  },
}

describe('the connection section of pikku.config.json', { timeout: 120_000 }, () => {
  it.each(['bullmq', 'pg-boss', 'sqs', 'embedded'] as const)(
    'on %s: worker, clients and commands find the same queues',
    async (provider) => {
      const { settings, env, connection, proof } = await places[provider]()
      const project = await createUserProject({
        files: {
          'src/jobs.ts': jobs,
          'pikku.config.json': JSON.stringify({ provider, connection: { [provider]: settings } }),
          'producer.mts': producer(connection, provider),
        },
      })
      const flags = provider === 'sqs' ? ['--create-queues'] : []
      const worker = project.pikku(['worker', ...flags], env)
      await worker.printed(atWork)
      expect(await project.node(['producer.mts'], env).ended).toMatchObject({ code: 0, stderr: '' })
      const ran = async () =>
        (await project.node(['-p', `fs.readFileSync('ran.txt', 'utf8')`]).ended).stdout.trim()
      await expect.poll(ran, { timeout: 20_000 }).toMatch(/^(1\n2|2\n1)$/)
      expect(await proof(project)).toBe(true)

      const list = await project.pikku(['queues', 'list', '--json'], env).ended
      expect(JSON.parse(list.stdout)).toMatchObject({
        queues: [{ queue: 'jobs', exists: true, counts: { delayed: 1 } }],
      })
      const doctor = await project.pikku(['doctor'], env).ended
      expect(doctor.stdout).toContain('1 of 1 queues are there')

      const dashboard = project.pikku(['dashboard', '--port', '0'], env)
      await dashboard.printed('shows the queues on')
      const [url = ''] = dashboard.soFar().split(' ')
      const shown: unknown = await (await fetch(new URL('api/queues', url))).json()
      expect(shown).toMatchObject({ queues: [{ name: 'jobs', counts: { delayed: 1 } }] })
      for (const running of [dashboard, worker]) {
        running.process.kill('SIGTERM')
        expect((await running.ended).code).toBe(0)
      }
    },
  )
})
