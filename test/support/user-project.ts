import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { killServer, serverPid } from './engine-folder.ts'

export const repository = fileURLToPath(new URL('../../', import.meta.url))

/** A user's project in a temporary folder, using the built package through its command line. */
export interface UserProject {
  readonly folder: string
  write(files: Record<string, string>): Promise<void>
  /** Has packages there that it was made without, as a package manager would. */
  install(names: readonly string[]): Promise<void>
  /** Starts `pikku …`. */
  pikku(args: string[], env?: NodeJS.ProcessEnv): Running
  /** Starts `node …`. */
  node(args: string[], env?: NodeJS.ProcessEnv): Running
  /** Starts the compiler on the project. */
  tsc(): Running
}

export interface Running {
  readonly process: ChildProcess
  readonly ended: Promise<Ended>
  /** Resolves when it has printed the text; rejects with all it printed when it ends without. */
  printed(text: string): Promise<void>
  /** All that it has printed until now. */
  soFar(): string
}

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

export interface ProjectSource {
  files?: Record<string, string>
  /** Name of a fixture; `files` go over its own. */
  fixture?: string
  /** False: nothing is installed. */
  installed?: boolean
  /** Names of packages that are not there: then the package is a copy, which finds those beside it alone. */
  without?: readonly string[]
}

const packageJson = JSON.stringify({
  name: 'user-project',
  private: true,
  type: 'module',
  imports: { '#pikku/*': './.pikku/*' },
})

const tsconfig = JSON.stringify({
  compilerOptions: {
    target: 'ES2023',
    module: 'NodeNext',
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    verbatimModuleSyntax: true,
    types: ['node'],
    noEmit: true,
  },
  include: ['src'],
})

/** Makes a project. All that it started and left is stopped and removed when the test has finished. */
export async function createUserProject(source: ProjectSource): Promise<UserProject> {
  const folder = await mkdtemp(join(tmpdir(), 'pikku-user-'))
  // PostgreSQL, when it cannot run as root, has to reach its data.
  await chmod(folder, 0o755)
  const started: Running[] = []
  onTestFinished(async () => {
    for (const running of started) running.process.kill('SIGKILL')
    await Promise.all(started.map(({ ended }) => ended))
    const data = join(folder, '.pikku', 'data')
    if ((await serverPid(data)) !== undefined) await killServer(data)
    await rm(folder, { recursive: true, force: true })
  })
  const run = (args: string[], env: NodeJS.ProcessEnv = {}) => {
    const running = start(folder, args, env)
    started.push(running)
    return running
  }
  const project: UserProject = {
    folder,
    async write(files) {
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder, path)), { recursive: true })
        await writeFile(join(folder, path), text)
      }
    },
    async install(names) {
      for (const name of names) await link(join(folder, 'node_modules'), name)
      await project.write({ 'package-lock.json': JSON.stringify({ names }) })
    },
    pikku(args, env) {
      const own = source.without ? join(folder, 'node_modules', 'pikku-queue') : repository
      return run([join(own, 'bin', 'pikku.js'), ...args], env)
    },
    node: run,
    tsc: () => run([join(repository, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', '.']),
  }
  await fill(project, source)
  return project
}

async function fill(project: UserProject, source: ProjectSource): Promise<void> {
  const { files = {}, fixture, installed = true, without } = source
  await project.write({ 'package.json': packageJson, 'tsconfig.json': tsconfig })
  if (fixture !== undefined) {
    const from = join(repository, 'test', 'fixtures', fixture)
    const expected = join(from, 'expected')
    await cp(from, project.folder, { recursive: true, filter: (path) => path !== expected })
  }
  await project.write(files)
  if (!installed) return
  const modules = join(project.folder, 'node_modules')
  await mkdir(modules)
  if (without) {
    await copyPackage(modules, without)
    return
  }
  await symlink(repository, join(modules, 'pikku-queue'))
  await symlink(join(repository, 'node_modules', '@types'), join(modules, '@types'))
}

async function copyPackage(modules: string, without: readonly string[]): Promise<void> {
  const own = join(modules, 'pikku-queue')
  for (const name of ['package.json', 'bin', 'dist', 'templates']) {
    await cp(join(repository, name), join(own, name), { recursive: true })
  }
  const kept = (await readdir(join(repository, 'node_modules'))).filter(
    (name) => !name.startsWith('.') && name !== 'pikku-queue' && !without.includes(name),
  )
  for (const name of kept) await link(modules, name)
}

const link = (modules: string, name: string): Promise<void> =>
  symlink(join(repository, 'node_modules', name), join(modules, name))

const pointers = ['DATABASE_URL', 'REDIS_URL', 'SQS_ENDPOINT', 'SQS_QUEUE_URL_PREFIX']

function start(folder: string, args: string[], env: NodeJS.ProcessEnv): Running {
  // What the tests' own environment points at is none of the project's business.
  const inherited = Object.entries(process.env).filter(([name]) => !pointers.includes(name))
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { ...Object.fromEntries(inherited), NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  let look = () => {}
  child.stdout.on('data', (text: Buffer) => {
    stdout += text.toString()
    look()
  })
  child.stderr.on('data', (text: Buffer) => {
    stderr += text.toString()
    look()
  })
  const ended = once(child, 'close').then(() => ({ code: child.exitCode, stdout, stderr }))
  return {
    process: child,
    ended,
    soFar: () => stdout + stderr,
    printed(text) {
      const seen = new Promise<void>((resolve) => {
        look = () => {
          if ((stdout + stderr).includes(text)) resolve()
        }
        look()
      })
      const tooEarly = ended.then(({ code }) => {
        if ((stdout + stderr).includes(text)) return
        throw new Error(`ended with ${String(code)} before "${text}":\n${stdout}${stderr}`)
      })
      return Promise.race([seen, tooEarly])
    },
  }
}

/** What a worker prints once it is at work. */
export const atWork = 'waiting for jobs'
