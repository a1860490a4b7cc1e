import { expect, it } from 'vitest'
import { createDatabase } from '../support/database.ts'
import { filesIn } from '../support/project.ts'
import { redisUrl } from '../support/redis.ts'
import { atWork, createUserProject } from '../support/user-project.ts'

const source = `
import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'
wireQueueWorker({ queue: 'left-nothing', func: pikkuSessionlessFunc<string>(async () => {}) })
`

it('build, worker and dev leave nothing that generate --check or doctor would call stale', async () => {
  const project = await createUserProject({ files: { 'src/jobs.ts': source } })
  const [redis, postgres] = [{ REDIS_URL: redisUrl() }, { DATABASE_URL: await createDatabase() }]
  const expectFresh = async (after: string) => {
    const check = await project.pikku(['generate', '--check']).ended
    expect(check, after).toMatchObject({ code: 0, stderr: '' })
  }
  for (const args of [
    ['--provider', 'bullmq'],
    ['--provider', 'pg-boss', '--out-file', 'out/worker.mjs'],
    ['--target', 'lambda'],
  ]) {
    expect(await project.pikku(['build', ...args]).ended).toMatchObject({ code: 0, stderr: '' })
    await expectFresh(`build ${args.join(' ')}`)
  }
  for (const [args, env] of [
    [['worker', '--provider', 'pg-boss'], postgres],
    [['worker'], redis],
    [['dev', '--no-dashboard'], redis],
  ] as const) {
    const running = project.pikku([...args], env)
    await running.printed(atWork)
    running.process.kill('SIGTERM')
    expect((await running.ended).code).toBe(0)
    await expectFresh(args.join(' '))
  }
  const doctor = await project.pikku(['doctor'], redis).ended
  expect(doctor.stdout).toContain('ok       generated files are up to date\n')
  expect(await project.tsc().ended).toMatchObject({ code: 0, stdout: '' })
  const names = [...(await filesIn(project.folder)).keys()]
  expect(names.filter((name) => /^\.pikku\/[^/]+$/.test(name))).toEqual([
    '.pikku/pikku-contracts.gen.json',
    '.pikku/pikku-queue.gen.ts',
    '.pikku/pikku-types.gen.ts',
    '.pikku/pikku-worker.embedded.gen.ts',
  ])
}, 240_000)
