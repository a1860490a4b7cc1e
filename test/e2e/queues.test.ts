import { randomBytes } from 'node:crypto'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { CreateProvider, QueueProvider } from '../../src/runtime/provider.ts'
import { createProvider as createBullmq } from '../../src/runtime/providers/bullmq/index.ts'
import { createProvider as createPgBoss } from '../../src/runtime/providers/pg-boss/index.ts'
import { createProvider as createSqs } from '../../src/runtime/providers/sqs/index.ts'
import { createDatabase } from '../support/database.ts'
import {
  dead,
  declaration,
  done,
  listeningLogger,
  sendOne,
  until,
  work,
} from '../support/provider-work.ts'
import { dropPrefix, redisUrl } from '../support/redis.ts'
import { sqsConnection } from '../support/sqs.ts'
import { createUserProject, type Ended, type UserProject } from '../support/user-project.ts'

interface Backend {
  name: 'bullmq' | 'pg-boss' | 'sqs'
  env: Record<string, string>
  create: (role: 'worker' | 'producer') => QueueProvider
}

async function open<Connection>(
  name: Backend['name'],
  createProvider: CreateProvider<Connection>,
  connection: Connection,
  env: Record<string, string>,
): Promise<Backend> {
  const create = (role: 'worker' | 'producer') =>
    createProvider({ role, connection, logger: listeningLogger() })
  return Promise.resolve({ name, env, create })
}

const backends: Record<Backend['name'], () => Promise<Backend>> = {
  bullmq: () => open('bullmq', createBullmq, { url: redisUrl() }, { REDIS_URL: redisUrl() }),
  'pg-boss': async () => {
    const url = await createDatabase()
    return open('pg-boss', createPgBoss, url, { DATABASE_URL: url })
  },
  sqs: () => {
    const { endpoint } = sqsConnection()
    const env = {
      ...{ SQS_ENDPOINT: endpoint, AWS_REGION: 'us-east-1' },
      ...{ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
    }
    return open('sqs', createSqs, { ...sqsConnection(), createQueues: true }, env)
  },
}

interface Stage {
  project: UserProject
  queue: string
  letters: string
  pikku: (...args: string[]) => Promise<Ended>
  /** Adds a job to the queue, and has it done. */
  complete: () => Promise<void>
}

/** A project with a queue in which three jobs have failed for good, and one waits. */
async function stageOn(which: Backend['name']): Promise<Stage> {
  const { name, env, create } = await backends[which]()
  const queue = `orders-${randomBytes(5).toString('hex')}`
  const letters = `${queue}-dead`
  const project = await createUserProject({})
  const defaults = { attempts: 2, deadLetterQueue: letters }
  await project.write({
    '.pikku/pikku-contracts.gen.json': JSON.stringify({
      queues: { [queue]: { input: {}, output: {}, defaults } },
      $defs: {},
    }),
  })
  const provider = create('worker')
  onTestFinished(() => provider.close(2_000))
  if (name === 'bullmq') {
    onTestFinished(() => dropPrefix(`bull:${queue}`))
    onTestFinished(() => dropPrefix(`bull:${letters}`))
  }
  await provider.open([declaration(queue, { deadLetterQueue: letters }), declaration(letters)])
  const failing = work(provider, () => dead, {}, queue)
  for (const n of [1, 2, 3]) await sendOne(provider, { data: { n }, attempts: 1 }, queue)
  await until(
    async () => (await provider.overview?.(letters))?.counts.waiting === 3,
    'three dead letters',
  )
  await failing.consumer.stop()
  await sendOne(provider, { data: { n: 4 }, delayMs: 600_000 }, queue)
  return {
    ...{ project, queue, letters },
    async complete() {
      const { consumer } = work(provider, () => done, {}, queue)
      await sendOne(provider, { data: { n: 5 } }, queue)
      await until(
        async () => (await provider.overview?.(queue))?.counts.completed === 1,
        'a job that is done',
      )
      await consumer.stop()
    },
    pikku: (...args) => project.pikku(['queues', ...args, '--provider', name], env).ended,
  }
}

type Shown = { id: string; data: unknown; status: string; origin: { jobId: string } | null }
type Listed = { queue: string; counts: Record<string, number>; dead: number; paused: boolean }

describe.each(['bullmq', 'pg-boss'] as const)('pikku queues on %s', (which) => {
  it('lists, shows, retries, removes, redrives, pauses, resumes and drains', async () => {
    const { queue, letters, pikku, complete } = await stageOn(which)
    await complete()
    const listed = async () => {
      const { stdout } = await pikku('list', '--json')
      return (JSON.parse(stdout) as { queues: Listed[] }).queues
    }
    const table = await pikku('list')
    expect(table).toMatchObject({ code: 0, stderr: '' })
    expect(table.stdout).toMatch(
      /^QUEUE +WAITING +ACTIVE +DELAYED +COMPLETED +FAILED +DEAD +OLDEST/,
    )
    expect(table.stdout).toMatch(new RegExp(`^${queue} +0 +0 +1 +1 +3 +3 `, 'm'))
    expect(table.stdout).toMatch(new RegExp(`^${letters} +3 .*dead letters only`, 'm'))

    const shown = await pikku('show', queue, '--status', 'failed', '--limit', '2', '--json')
    const { jobs } = JSON.parse(shown.stdout) as { jobs: Shown[] }
    expect(jobs.map(({ status }) => status)).toEqual(['failed', 'failed'])
    const [first, second] = jobs
    const one = await pikku('show', queue, first?.id ?? '')
    expect(one.stdout).toContain('status         failed')
    expect(one.stdout).toContain('Error: declined')
    expect((await pikku('show', queue)).stdout).toContain('declined')

    expect(await pikku('retry', queue, first?.id ?? '')).toMatchObject({ code: 0, stderr: '' })
    expect(await pikku('remove', queue, second?.id ?? '')).toMatchObject({ code: 2, stdout: '' })
    const removed = await pikku('remove', queue, second?.id ?? '', '--yes')
    expect(removed).toMatchObject({ code: 0, stderr: '' })
    expect((await listed())[0]).toMatchObject({
      counts: { waiting: 1, delayed: 1, completed: 1, failed: 1 },
      dead: 3,
    })
    expect((await pikku('retry', queue, '--all', '--yes')).stdout).toContain('1 job of')

    const dry = await pikku('redrive', letters, '--dry-run')
    expect(dry.stdout).toBe(`would redrive 3 to ${queue}\n`)
    expect(await pikku('redrive', letters)).toMatchObject({ code: 2, stdout: '' })
    const redriven = await pikku('redrive', letters, '--yes', '--json')
    expect(JSON.parse(redriven.stdout)).toEqual({ from: letters, moved: 3, left: 0, refused: [] })
    expect((await listed())[0]).toMatchObject({ counts: { waiting: 5, failed: 0 }, dead: 0 })

    expect((await pikku('pause', queue)).code).toBe(0)
    expect((await listed())[0]).toMatchObject({ paused: true })
    expect((await pikku('resume', queue)).code).toBe(0)
    expect((await listed())[0]).toMatchObject({ paused: false })
    expect((await pikku('drain', queue, '--yes')).stdout).toBe('6 jobs removed\n')
  }, 90_000)

  it('says what is wrong, with a code', async () => {
    const { project, queue, letters, pikku } = await stageOn(which)
    const noQueue = await pikku('show', 'nowhere')
    expect(noQueue).toMatchObject({ code: 1, stdout: '' })
    expect(noQueue.stderr).toContain('error PKQ402: there is no queue "nowhere"')
    expect((await pikku('show', queue, 'no-such-job')).stderr).toContain('error PKQ407')
    expect((await pikku('retry', queue, 'no-such-job')).stderr).toContain('error PKQ407')
    expect((await pikku('retry', queue)).code).toBe(2)
    expect((await pikku('redrive', letters, '--to', letters)).stderr).toContain('error PKQ406')
    expect((await pikku('show', queue, '--limit', '0')).code).toBe(2)
    await project.write({ '.pikku/pikku-contracts.gen.json': '{}' })
    const notGenerated = await pikku('list')
    expect(notGenerated.code).toBe(1)
    expect(notGenerated.stderr).toContain('pikku generate')
  }, 60_000)
})

describe('pikku queues on sqs', () => {
  it('lists, redrives, and says what SQS cannot do', async () => {
    const { project, queue, letters, pikku } = await stageOn('sqs')
    const table = await pikku('list')
    expect(table.stdout).toMatch(new RegExp(`^${queue} +0 +0 +1 +— +— +3 `, 'm'))
    for (const args of [
      ['show', queue],
      ['show', queue, 'a'],
      ['pause', queue],
    ]) {
      const refused = await pikku(...args)
      expect(refused).toMatchObject({ code: 1, stdout: '' })
      expect(refused.stderr).toContain('error PKQ409')
    }
    const redriven = await pikku('redrive', letters, '--yes')
    expect(redriven.stdout).toBe('3 jobs redriven\n')
    expect((await pikku('list')).stdout).toMatch(new RegExp(`^${queue} +3 +0 +1 +— +— +0 `, 'm'))

    await project.write({
      '.pikku/pikku-contracts.gen.json': JSON.stringify({
        queues: { 'not-there': { input: {}, output: {}, defaults: {} } },
        $defs: {},
      }),
    })
    expect((await pikku('list')).stdout).toMatch(/^not-there .*not there$/m)
  }, 60_000)
})

it('explains itself', async () => {
  const project = await createUserProject({ installed: false })
  const { code, stdout } = await project.pikku(['queues', '--help']).ended
  expect(code).toBe(0)
  for (const command of [
    'list',
    'show',
    'retry',
    'remove',
    'redrive',
    'pause',
    'resume',
    'drain',
  ]) {
    expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'))
    const help = await project.pikku(['queues', command, '--help']).ended
    expect(help.stdout).toContain('Examples:')
    expect(help.stdout).toContain('Exit codes:')
  }
}, 60_000)
