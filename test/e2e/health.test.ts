import { expect, it } from 'vitest'
import { createDatabase } from '../support/database.ts'
import { atWork, createUserProject } from '../support/user-project.ts'

const wiring = `
import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'

wireQueueWorker({ queue: 'email', func: pikkuSessionlessFunc<void, void>(async () => {}) })
`
const minute = 60_000

it(
  'a worker that is given a port answers probes and scrapes there, until it has stopped',
  async () => {
    const project = await createUserProject({ files: { 'src/jobs.ts': wiring } })
    const env = { DATABASE_URL: await createDatabase() }
    const worker = project.pikku(
      ['worker', '--health-port', '0', '--health-host', '127.0.0.1'],
      env,
    )
    let printed = ''
    worker.process.stdout?.on('data', (text: Buffer) => (printed += text.toString()))
    await worker.printed(atWork)
    const [, url = ''] = /health at (http:\S+): \/live \/ready \/metrics/.exec(printed) ?? []
    const ask = async (path: string) => (await fetch(url + path)).text()
    expect(await ask('/live')).toBe('live\n')
    expect(await ask('/ready')).toBe('ready\n')
    expect(await ask('/metrics')).toContain('pikku_queue_jobs{queue="email",status="waiting"} 0')
    worker.process.kill('SIGTERM')
    expect((await worker.ended).code).toBe(0)
    await expect(ask('/live')).rejects.toThrow()
  },
  minute,
)

it('a port that is none is wrong usage', async () => {
  const project = await createUserProject({ installed: false })
  const { code, stderr } = await project.pikku(['worker', '--health-port', '65536']).ended
  expect(code).toBe(2)
  expect(stderr).toContain('It takes a port, from 0 (a free one) to 65535.')
  const help = await project.pikku(['worker', '--help']).ended
  expect(help.stdout).toContain('--health-host <host>')
})
