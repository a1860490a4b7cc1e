import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createDatabase } from '../support/database.ts'
import { serverPid } from '../support/engine-folder.ts'
import { atWork, createUserProject, type UserProject } from '../support/user-project.ts'

const minutes = 60_000

/** Jobs that say when they start and end; `slow` ones last until they are aborted. */
const wiring = `
import { appendFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'

const note = (line: string) => appendFileSync('notes.txt', line + '\\n')

wireQueueWorker({
  queue: 'short',
  func: pikkuSessionlessFunc<{ ms: number }, void>(async (_services, { ms }) => {
    note('start')
    await delay(ms)
    note('end')
  }),
})
wireQueueWorker({
  queue: 'slow',
  func: pikkuSessionlessFunc<void, void>(async (_services, _data, { queue }) => {
    note('start ' + queue?.attempt)
    await new Promise((_resolve, reject) => {
      queue?.signal.addEventListener('abort', () => {
        note('aborted')
        reject(queue.signal.reason)
      })
    })
  }),
})
wireQueueWorker({
  queue: 'stray',
  func: pikkuSessionlessFunc<void, void>(async () => {
    setTimeout(() => {
      throw new Error('nobody awaits this')
    })
  }),
})
`

async function setUp() {
  const project = await createUserProject({ files: { 'src/jobs.ts': wiring } })
  const env = { DATABASE_URL: await createDatabase() }
  const notes = async () => {
    const text = await readFile(join(project.folder, 'notes.txt'), 'utf8').catch(() => '')
    return text.split('\n').filter(Boolean)
  }
  /** Runs a script with a connected `client`; what it prints is the answer, as JSON. */
  const ask = async (script: string): Promise<unknown> => {
    const { stdout, stderr } = await project.node(
      [
        '--input-type=module-typescript',
        '-e',
        `import { createQueueClient } from '#pikku/pikku-queue.gen.ts'
         const client = await createQueueClient()
         console.log(JSON.stringify((${script}) ?? null))
         await client.close()`,
      ],
      env,
    ).ended
    expect(stderr).toBe('')
    return JSON.parse(stdout)
  }
  return { project, env, notes, ask }
}

async function startWorker(project: UserProject, env: NodeJS.ProcessEnv, ...args: string[]) {
  const worker = project.pikku(['worker', ...args], env)
  await worker.printed(atWork)
  return worker
}

it(
  'SIGTERM lets a running job finish, and exits 0',
  async () => {
    const { project, env, notes, ask } = await setUp()
    const worker = await startWorker(project, env)
    await ask(`await client.add('short', { ms: 1500 })`)
    await expect.poll(notes).toEqual(['start'])
    worker.process.kill('SIGTERM')
    expect((await worker.ended).code).toBe(0)
    expect(await notes()).toEqual(['start', 'end'])
    expect(await ask(`await client.counts('short')`)).toMatchObject({ completed: 1, active: 0 })
  },
  minutes,
)

it(
  'what does not finish in time is aborted and given back, its attempt not counted',
  async () => {
    const { project, env, notes, ask } = await setUp()
    const worker = await startWorker(project, env, '--shutdown-timeout', '0.5')
    await ask(`await client.add('slow', undefined, { jobId: 'slow-1' })`)
    await expect.poll(notes).toEqual(['start 1'])
    worker.process.kill('SIGINT')
    expect((await worker.ended).code).toBe(0)
    expect(await notes()).toEqual(['start 1', 'aborted'])
    expect(await ask(`await client.getJob('slow', 'slow-1')`)).toMatchObject({
      status: 'waiting',
      attemptsMade: 0,
      error: null,
    })
  },
  minutes,
)

it(
  'a second signal exits at once',
  async () => {
    const { project, env, notes, ask } = await setUp()
    const worker = await startWorker(project, env)
    await ask(`await client.add('slow')`)
    await expect.poll(notes).toEqual(['start 1'])
    worker.process.kill('SIGINT')
    await worker.printed('finishing running jobs')
    // One Ctrl+C may arrive twice at once: that is not a second one.
    worker.process.kill('SIGINT')
    const since = Date.now()
    await expect.poll(() => Date.now() - since, { timeout: 2000 }).toBeGreaterThan(600)
    expect(worker.process.exitCode).toBeNull()
    worker.process.kill('SIGINT')
    expect((await worker.ended).code).toBe(130)
    expect(await notes()).toEqual(['start 1'])
  },
  minutes,
)

it(
  'a worker whose output nobody reads any more goes on, and still drains',
  async () => {
    const { project, env, notes, ask } = await setUp()
    const worker = await startWorker(project, env)
    worker.process.stdout?.destroy()
    worker.process.stderr?.destroy()
    // The first is logged into the closed stream; the second must run all the same.
    await ask(`await client.waitForCompletion('short', await client.add('short', { ms: 0 }))`)
    await ask(`await client.waitForCompletion('short', await client.add('short', { ms: 0 }))`)
    worker.process.kill('SIGTERM')
    expect((await worker.ended).code).toBe(0)
    expect(await notes()).toEqual(['start', 'end', 'start', 'end'])
  },
  minutes,
)

it(
  'an error outside any job drains the worker and exits 1; its neighbours finish',
  async () => {
    const { project, env, notes, ask } = await setUp()
    const worker = await startWorker(project, env)
    await ask(`await client.add('short', { ms: 2000 })`)
    await expect.poll(notes).toEqual(['start'])
    await ask(`await client.add('stray')`)
    const { code, stdout } = await worker.ended
    expect(code).toBe(1)
    expect(stdout).toContain('an error was thrown outside any job: Error: nobody awaits this')
    expect(stdout).toContain('src/jobs.ts:32:13')
    expect(await notes()).toEqual(['start', 'end'])
  },
  minutes,
)

it(
  'a signal in the middle of the start stops it, and leaves nothing behind',
  async () => {
    const { project } = await setUp()
    const worker = project.pikku(['worker', '--provider', 'embedded'])
    await worker.printed('setting up the embedded PostgreSQL')
    worker.process.kill('SIGTERM')
    const { code, stdout, stderr } = await worker.ended
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('stopped')
    expect(stdout).not.toContain(atWork)
    expect(await serverPid(join(project.folder, '.pikku', 'data'))).toBeUndefined()
  },
  minutes,
)
