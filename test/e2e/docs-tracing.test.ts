import { exec } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { blocksOf, filesOf } from '../support/code-page.ts'
import { createDatabase } from '../support/database.ts'
import { sqsConnection } from '../support/sqs.ts'
import { createUserProject, repository, type UserProject } from '../support/user-project.ts'

const queue = `traced-${process.pid}`

const jobs = `
import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'
wireQueueWorker({ queue: '${queue}', func: pikkuSessionlessFunc<{ n: number }, void>(async () => {}) })
`
/** It is due once the worker has looked for jobs for a while. */
const producer = `
import { createQueueClient } from '#pikku/pikku-queue.gen.ts'
const client = await createQueueClient({ provider: process.argv[2] as 'pg-boss' })
await client.add('${queue}', { n: 1 }, { delay: 3_000 })
await client.close()
`

const blocks = blocksOf(readFileSync(join(repository, 'docs', 'operations.md'), 'utf8'))
/** What the page has one type before a worker with that in its NODE_OPTIONS. */
const commands = blocks
  .flatMap(({ language, text }) => (language === 'sh' ? [text.trim().split('\n')] : []))
  .flatMap(([install = '', start = '']) => {
    const [, options] = /^NODE_OPTIONS="(.+)" npx pikku worker$/.exec(start) ?? []
    return options === undefined ? [] : [{ install, options }]
  })

/** A project in which all is installed that the page says. */
async function createProject(): Promise<UserProject> {
  const project = await createUserProject({
    files: { ...filesOf(blocks), 'src/jobs.ts': jobs, 'src/producer.ts': producer },
    installed: false,
  })
  const own = Object.entries(process.env).filter(([name]) => !/^npm_|^VITEST/.test(name))
  for (const { install } of commands) {
    await promisify(exec)(`${install} --prefer-offline --no-audit --no-fund`, {
      cwd: project.folder,
      env: Object.fromEntries(own),
    })
  }
  const modules = join(project.folder, 'node_modules')
  await symlink(repository, join(modules, 'pikku-queue'))
  return project
}

const spans = {
  OTEL_TRACES_EXPORTER: 'console',
  OTEL_METRICS_EXPORTER: 'none',
  OTEL_LOGS_EXPORTER: 'none',
  OTEL_NODE_RESOURCE_DETECTORS: 'none',
  OTEL_BSP_SCHEDULE_DELAY: '50',
}

/** The spans that a worker makes until it has run a job. */
async function spansOf(
  project: UserProject,
  provider: string,
  env: NodeJS.ProcessEnv,
  options: string,
): Promise<Set<string>> {
  const args = ['worker', '--provider', provider, '--create-queues']
  const worker = project.pikku(args, { ...env, ...spans, NODE_OPTIONS: options })
  await worker.printed('waiting for jobs')
  expect(await project.node(['src/producer.ts', provider], env).ended).toMatchObject({ code: 0 })
  await worker.printed(`  name: 'process ${queue}'`)
  worker.process.kill('SIGTERM')
  const { stdout } = await worker.ended
  return new Set([...stdout.matchAll(/^ {2}name: '(.+)',$/gm)].map(([, name = '']) => name))
}

it('the worker’s own polling is traced, unless tracing is set up as the page says', async () => {
  const [plain, own] = commands
  if (!plain || !own) throw new Error('the page sets up no tracing')
  const project = await createProject()
  const database = { DATABASE_URL: await createDatabase() }
  const sqs = {
    SQS_ENDPOINT: sqsConnection().endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'any',
    AWS_SECRET_ACCESS_KEY: 'any',
  }
  const jobAlone = new Set([`process ${queue}`])
  expect(await spansOf(project, 'pg-boss', database, plain.options)).toContain('pg-pool.connect')
  expect(await spansOf(project, 'pg-boss', database, own.options)).toEqual(jobAlone)
  expect(await spansOf(project, 'sqs', sqs, plain.options)).toContain(`${queue} receive`)
  expect(await spansOf(project, 'sqs', sqs, own.options)).toEqual(jobAlone)
}, 240_000)
