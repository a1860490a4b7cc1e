import { readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { isAlive } from '../../src/runtime/providers/embedded/postmaster-file.ts'
import { createDatabase } from '../support/database.ts'
import { serverPid } from '../support/engine-folder.ts'
import { startRedisServer } from '../support/redis-server.ts'
import {
  atWork,
  createUserProject,
  type Running,
  type UserProject,
} from '../support/user-project.ts'

/** A function that notes who it is and which process it runs in, and takes its time. */
const jobs = (version: string, body = '') => `
import { appendFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'

const note = (line: string) => appendFileSync('notes.txt', line + ' ' + process.pid + '\\n')

wireQueueWorker({
  queue: 'jobs',
  func: pikkuSessionlessFunc<{ ms: number }, string>(async (_services, { ms }) => {
    note('${version} begins')
    ${body}
    await delay(ms)
    note('${version} ends')
    return '${version}'
  }),
})
`

interface Setting {
  project: UserProject
  env: NodeJS.ProcessEnv
  /** Starts `pikku dev`, and waits for its worker. */
  dev: (...args: string[]) => Promise<Running>
  /** Adds a job and returns its result, or its id when it is not to be waited for. */
  add: (ms: number, wait?: 'wait') => Promise<unknown>
  /** What the jobs have noted, without their processes. */
  notes: () => Promise<string[]>
  /** The processes that have run jobs. */
  processes: () => Promise<number[]>
}

async function setUp(files: Record<string, string> = {}, withDatabase = true): Promise<Setting> {
  const project = await createUserProject({ files: { 'src/jobs.ts': jobs('first'), ...files } })
  const env = withDatabase ? { DATABASE_URL: await createDatabase() } : {}
  const lines = async () => {
    const text = await readFile(join(project.folder, 'notes.txt'), 'utf8').catch(() => '')
    return text.split('\n').filter(Boolean)
  }
  return {
    project,
    env,
    async dev(...args) {
      const running = project.pikku(['dev', ...args], env)
      await running.printed(atWork)
      return running
    },
    async add(ms, wait) {
      const script = `
        import { createQueueClient } from '#pikku/pikku-queue.gen.ts'
        const client = await createQueueClient()
        const id = await client.add('jobs', { ms: ${ms} })
        const answer = ${wait ? `await client.waitForCompletion('jobs', id)` : 'id'}
        console.log(JSON.stringify(answer))
        await client.close()`
      const args = ['--input-type=module-typescript', '-e', script]
      const { stdout, stderr } = await project.node(args, env).ended
      expect(stderr).toBe('')
      const answer: unknown = JSON.parse(stdout)
      return answer
    },
    notes: async () => (await lines()).map((line) => line.replace(/ \d+$/, '')),
    processes: async () => (await lines()).map((line) => Number(/\d+$/.exec(line)?.[0])),
  }
}

const within = { timeout: 30_000, interval: 50 }

/** How often it has printed that a worker is at work. */
const starts = async (running: Running, count: number): Promise<void> => {
  const printed = () => running.soFar().split(atWork).length - 1
  await expect.poll(printed, within).toBe(count)
}

describe('pikku dev', { timeout: 120_000 }, () => {
  it('runs what was changed, outlives what is wrong, and loses no job', async () => {
    const { project, dev, add, notes, processes } = await setUp()
    const path = join(project.folder, 'src/jobs.ts')
    const running = await dev('--no-dashboard')

    await add(2_000)
    await expect.poll(notes, within).toEqual(['first begins'])
    await writeFile(path, jobs('second'))
    await running.printed('worker    | restarting: src/jobs.ts changed\n')
    await starts(running, 2)
    expect(running.soFar()).toMatch(/info {2}finishing running jobs, for at most 5 s$/m)
    expect(await notes()).toEqual(['first begins', 'first ends'])
    expect(await add(0, 'wait')).toBe('second')

    await writeFile(path, 'wireQueueWorker({')
    await running.printed('error PKQ101')
    await running.printed('the worker goes on as it is; waiting for a change')
    expect(await add(0, 'wait')).toBe('second')

    await writeFile(path, `${jobs('third')}\nimport './missing.js'\n`)
    await running.printed('error PKQ011')
    expect(await add(0, 'wait')).toBe('second')

    await writeFile(path, `${jobs('third')}\nthrow new Error('not today')\n`)
    await running.printed(
      'error PKQ509: a file of the worker threw while it was loaded: Error: not today',
    )
    await running.printed('it cannot start like this; waiting for a change')

    await writeFile(path, jobs('fourth'))
    await starts(running, 3)
    expect(await add(0, 'wait')).toBe('fourth')

    await writeFile(path, jobs('fifth'))
    await starts(running, 4)
    expect(running.soFar()).not.toMatch(/SIGTERM|stopped|at once/)
    running.process.kill('SIGINT')
    const { code, stdout } = await running.ended
    expect(code).toBe(0)
    expect(stdout.match(/finishing running jobs.*/g)).toEqual([
      'finishing running jobs, for at most 5 s',
      'finishing running jobs, for at most 5 s; again to quit at once',
    ])
    expect(stdout).toContain('SIGTERM: finishing')
    expect(stdout).toMatch(/info {2}stopped$/m)
    expect((await processes()).filter(isAlive)).toEqual([])
  })

  it('gives back what does not finish in time, and the new worker runs it', async () => {
    const { project, dev, add, notes } = await setUp()
    const running = await dev('--no-dashboard', '--shutdown-timeout', '0.2')
    await add(60_000)
    await expect.poll(notes, within).toEqual(['first begins'])
    await writeFile(join(project.folder, 'src/jobs.ts'), jobs('second'))
    await expect.poll(notes, within).toEqual(['first begins', 'second begins'])
    running.process.kill('SIGTERM')
    expect((await running.ended).code).toBe(0)
  })

  it('starts a worker that ended again, and ends at once at a second signal', async () => {
    const { project, dev, add, notes, processes } = await setUp({
      'src/jobs.ts': jobs('crash', 'process.exit(3)'),
    })
    const running = await dev('--no-dashboard')
    await add(60_000)
    await running.printed('it ended with exit code 3; starting again in 1 s')
    await starts(running, 2)
    await writeFile(join(project.folder, 'src/jobs.ts'), jobs('sound'))
    await starts(running, 3)
    await add(60_000)
    await expect.poll(notes, within).toContain('sound begins')

    running.process.kill('SIGINT')
    await running.printed('stopping; again to quit at once')
    const since = Date.now()
    await expect.poll(() => Date.now() - since, within).toBeGreaterThan(600)
    running.process.kill('SIGINT')
    expect((await running.ended).code).toBe(130)
    expect((await processes()).filter(isAlive)).toEqual([])
  })

  it('takes its worker with it when it is killed', async () => {
    const { dev, add, processes } = await setUp()
    const running = await dev('--no-dashboard')
    await add(0, 'wait')
    running.process.kill('SIGKILL')
    await expect.poll(async () => (await processes()).filter(isAlive), within).toEqual([])
  })

  it('brings a server and a dashboard of its own, and leaves nothing behind', async () => {
    const { project, dev, add } = await setUp({}, false)
    const taken = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => taken.once('listening', resolve))
    onTestFinished(() => void taken.close())
    const address = taken.address()
    const port = typeof address === 'object' ? address?.port : undefined

    const running = await dev('--port', String(port))
    await running.printed(`dashboard | port ${port} is taken; using `)
    await running.printed('shows the queues on embedded')
    const [, url = ''] = /dashboard \| (http:\/\/\S+)/.exec(running.soFar()) ?? []
    expect((await fetch(url)).status).toBe(200)
    expect(await add(0, 'wait')).toBe('first')

    await project.write({ 'src/more.ts': jobs('more').replace("queue: 'jobs'", "queue: 'more'") })
    const shown = () => running.soFar().split('shows the queues on').length - 1
    await expect.poll(shown, within).toBe(2)
    const queues = async () => await (await fetch(`${url}api/queues`)).text()
    await expect.poll(queues, within).toContain('"more"')

    running.process.kill('SIGINT')
    expect((await running.ended).code).toBe(0)
    await expect(fetch(url)).rejects.toThrow('fetch failed')
    expect(await serverPid(join(project.folder, '.pikku', 'data'))).toBeUndefined()
  })

  it('hides at once what its configuration has come to hide, whether or not the project is sound', async () => {
    const { project, dev, add } = await setUp()
    const running = await dev('--port', '0')
    await running.printed('shows the queues on')
    const [, url = ''] = /dashboard \| (http:\/\/\S+)/.exec(running.soFar()) ?? []
    const id = await add(70)
    const job = async () => {
      const answer = await fetch(`${url}api/queues/jobs/${String(id)}`).catch(() => null)
      return answer?.ok === true ? await answer.text() : 'no answer'
    }
    expect(await job()).toContain('"ms":70')

    const hide = (...redact: string[]) =>
      project.write({ 'pikku.config.json': JSON.stringify({ dashboard: { redact } }) })
    await hide('ms')
    await expect.poll(job, within).toContain('"ms":"[redacted]"')
    await hide()
    await expect.poll(job, within).toContain('"ms":70')
    await project.write({ 'src/jobs.ts': 'wireQueueWorker({' })
    await running.printed('the worker goes on as it is')
    await hide('ms')
    await expect.poll(job, within).toContain('"ms":"[redacted]"')
    running.process.kill('SIGINT')
    expect((await running.ended).code).toBe(0)
  })

  it('has its worker and its dashboard wait for a server that is away', async () => {
    const redis = await startRedisServer()
    onTestFinished(() => redis.destroy())
    await redis.stop()
    const { project } = await setUp({}, false)
    const running = project.pikku(['dev', '--port', '0'], { REDIS_URL: redis.url })
    await running.printed('dashboard | it ended with exit code 1; starting again in 1 s')
    await redis.start()
    await running.printed('shows the queues on BullMQ')
    await running.printed(atWork)
    running.process.kill('SIGINT')
    expect((await running.ended).code).toBe(0)
  })

  it('says once that a package of the provider is missing, and goes on when it is there', async () => {
    const redis = await startRedisServer()
    onTestFinished(() => redis.destroy())
    const packages = ['bullmq', 'ioredis']
    const files = { 'src/jobs.ts': jobs('first') }
    const project = await createUserProject({ files, without: packages })
    const running = project.pikku(['dev', '--port', '0'], { REDIS_URL: redis.url })
    await running.printed('worker    | it cannot start like this; waiting for a change')
    await running.printed('dashboard | it cannot start like this; waiting for a change')

    await project.install(packages)
    await running.printed('shows the queues on BullMQ')
    await running.printed(atWork)
    const said = running.soFar()
    expect(said.match(/^\w+ +\| error PKQ603: .*$/gm)?.sort()).toEqual([
      'dashboard | error PKQ603: the provider bullmq needs the package bullmq, which is not installed',
      'worker    | error PKQ603: the provider bullmq needs the package bullmq, which is not installed',
    ])
    expect(said).not.toContain('starting again')
    running.process.kill('SIGINT')
    expect((await running.ended).code).toBe(0)
  })

  it('sees changes of what is bundled, wherever and whatever that is', async () => {
    const pikku = new URL('../../bin/pikku.js', import.meta.url).href
    const { project, env } = await setUp({
      'shared/word.ts': `export const word = 'first word'`,
      'app/package.json': '{ "type": "module", "imports": { "#pikku/*": "./.pikku/*" } }',
      'app/tsconfig.json': '{ "include": ["src"] }',
      'app/src/mail.txt': 'first mail',
      'app/src/jobs.ts': `import { word } from '../../shared/word.js'
        import mail from './mail.txt'
        ${jobs('app')}
        console.log(word, mail)`,
      'in-app.mjs': `process.chdir('app')
        process.argv = ['node', 'pikku', 'dev', '--no-dashboard']
        await import('${pikku}')`,
    })
    const running = project.node(['in-app.mjs'], env)
    await running.printed('worker    | first word first mail')
    await project.write({ 'shared/word.ts': `export const word = 'second word'` })
    await running.printed('worker    | second word first mail')
    await project.write({ 'app/src/mail.txt': 'second mail' })
    await running.printed('worker    | second word second mail')
    expect(running.soFar().match(/restarting: .*/g)).toEqual([
      'restarting: ../shared/word.ts changed',
      'restarting: src/mail.txt changed',
    ])
    // What it has written itself is no change.
    expect(running.soFar().match(/ unchanged \(/g)).toHaveLength(3)
    running.process.kill('SIGINT')
    expect((await running.ended).code).toBe(0)
  })

  it('says how it is used, and where it cannot be', async () => {
    const { project } = await setUp({}, false)
    const help = await project.pikku(['dev', '--help']).ended
    expect(help.code).toBe(0)
    for (const flag of ['--provider', '--port', '--no-dashboard', '--shutdown-timeout']) {
      expect(help.stdout).toContain(flag)
    }
    for (const wrong of [
      ['--port', 'x'],
      ['--provider', 'kafka'],
      ['--shutdown-timeout', '-1'],
    ]) {
      expect((await project.pikku(['dev', ...wrong]).ended).code).toBe(2)
    }
  })

  it('ends with 1 where there is no project, no address, and where its engine cannot start', async () => {
    const { project } = await setUp({}, false)
    const withoutAddress = await project.pikku(['dev'], { REDIS_URL: 'localhost' }).ended
    expect(withoutAddress).toMatchObject({ code: 1, stdout: '' })
    expect(withoutAddress.stderr).toMatch(/^error PKQ605: REDIS_URL does not start with redis:/)

    const PIKKU_DATA_DIR = join(project.folder, 'src/jobs.ts')
    const withoutEngine = await project.pikku(['dev'], { PIKKU_DATA_DIR }).ended
    expect(withoutEngine).toMatchObject({ code: 1, stdout: '' })
    expect(withoutEngine.stderr).toMatch(/^error PKQ60\d: /)

    for (const name of ['package.json', 'tsconfig.json']) await rm(join(project.folder, name))
    const nowhere = await project.pikku(['dev']).ended
    expect(nowhere).toMatchObject({ code: 1, stdout: '' })
    expect(nowhere.stderr).toMatch(/^error PKQ001: /)
  })
})
