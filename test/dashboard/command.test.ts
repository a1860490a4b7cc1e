import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it } from 'vitest'
import { cannotListen, openToOthers } from '../../src/dashboard/server.ts'
import { reportFailure } from '../../src/cli/report.ts'
import { readPages } from '../support/code-page.ts'
import { projectOf } from '../support/project.ts'
import { redisUrl } from '../support/redis.ts'
import { repository } from '../support/user-project.ts'
import { shopContracts } from './stage.ts'

const contracts = { '.pikku/pikku-contracts.gen.json': JSON.stringify(shopContracts()) }
const project = (over: Record<string, string> = contracts) => projectOf(over)

function start(cwd: string, args: string[], env: NodeJS.ProcessEnv = {}) {
  const main = join(repository, 'src/cli/main.ts')
  const child = spawn(process.execPath, [main, 'dashboard', ...args], {
    cwd,
    env: { ...process.env, REDIS_URL: redisUrl(), PIKKU_DASHBOARD_PASSWORD: '', ...env },
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk) => (stdout += String(chunk)))
  child.stderr.on('data', (chunk) => (stderr += String(chunk)))
  const ended = once(child, 'close').then(([code]: unknown[]) => ({ code, stdout, stderr }))
  return { child, ended }
}

const run = (cwd: string, args: string[], env?: NodeJS.ProcessEnv) => start(cwd, args, env).ended

describe('pikku dashboard', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('serves until %s, and exits 0', async (signal) => {
    const { child, ended } = start(await project(), ['--port', '0', '--provider', 'bullmq'], {
      PIKKU_DASHBOARD_PASSWORD: 'secret',
    })
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
    expect(line).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/ shows the queues on BullMQ \(Redis\)$/)
    const [url = ''] = line.split(' ')
    expect((await fetch(url)).status).toBe(401)
    const authorization = `Basic ${Buffer.from('pikku:secret').toString('base64')}`
    expect((await fetch(new URL('api/queues', url), { headers: { authorization } })).status).toBe(
      200,
    )
    // Whatever folder it was started in.
    const page = await (await fetch(url, { headers: { authorization } })).text()
    const script = /static\/js\/main[^"]+/.exec(page)?.[0] ?? 'none'
    expect((await fetch(new URL(script, url), { headers: { authorization } })).status).toBe(200)
    // npm passes on what the terminal has sent already: up to the very end of the process.
    const isThere = () => child.exitCode === null && child.signalCode === null
    for (const since = performance.now(); isThere() && performance.now() - since < 250;) {
      child.kill(signal)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(await ended).toMatchObject({ code: 0, stderr: '' })
  })

  it('says that nothing was generated, as the page of PKQ020 does', async () => {
    const { code, stderr } = await run(await project({}), [])
    expect({ code, stderr: stderr.trimEnd() }).toEqual({
      code: 1,
      stderr: pageOf('PKQ020').printed,
    })
  })

  it.each<[string, string[], string]>([
    ['an address that others reach', ['--host', '0.0.0.0'], 'PKQ701'],
    ['a user without a password', ['--user', 'ops'], 'PIKKU_DASHBOARD_PASSWORD'],
    ['a port that is none', ['--port', '70000'], 'from 0'],
    ['a path that is none', ['--redact', 'a..b'], '"a..b"'],
    ['a provider that is none', ['--provider', 'kafka'], 'no such provider'],
  ])('takes %s for wrong usage', async (_what, args, said) => {
    const { code, stderr } = await run(await project(), args)
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(said) as string })
  })

  it('says that there is no server, and exits 1', async () => {
    const { code, stderr } = await run(await project(), ['--port', '0', '--provider', 'bullmq'], {
      REDIS_URL: 'redis://:geheim@127.0.0.1:1',
    })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^error PKQ601: /)
    expect(stderr).not.toContain('geheim')
  })

  it('has help with examples', async () => {
    const { code, stdout } = await run(await project(), ['--help'])
    expect(code).toBe(0)
    expect(stdout).toContain('Examples:')
    expect(stdout).toContain('Exit codes: 0')
  })
})

function pageOf(code: string) {
  const page = readPages().find((it) => it.code === code)
  if (!page) throw new Error(`there is no page of ${code}`)
  return { printed: page.printed?.trimEnd() }
}

it.each([
  ['PKQ701', openToOthers('0.0.0.0')],
  ['PKQ702', cannotListen('127.0.0.1', 3100, Object.assign(new Error(), { code: 'EADDRINUSE' }))],
])('what the page says of %s', (code, error) => {
  let said = ''
  reportFailure(error, { write: (text) => (said += text) })
  expect(said.trimEnd()).toBe(pageOf(code).printed)
})
