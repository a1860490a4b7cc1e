import { execFile } from 'node:child_process'
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { killServer, serverPid } from '../support/engine-folder.ts'
import { fixtures } from '../support/project.ts'
import { repository } from '../support/user-project.ts'

const minutes = 60_000

/** What generated code has to compile with. */
const compilers = ['5.9.0', '6.0.0', '7.0.0']

const wiring = `
import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'

export const double = pikkuSessionlessFunc<{ n: number; at: Date }, { n: number; at: Date }>({
  func: async (_services, { n, at }) => ({ n: n * 2, at: new Date(at.getTime() + 1) }),
  auth: false,
})
wireQueueWorker({ queue: 'double', func: double })
`

const producer = `
import { createQueueClient } from '#pikku/pikku-queue.gen.ts'

const client = await createQueueClient()
const id = await client.add('double', { n: 21, at: new Date(5) })
const { n, at } = await client.waitForCompletion('double', id)
console.log(n, at instanceof Date, at.getTime())
await client.close()
`

const tsconfig = (include: string) =>
  JSON.stringify({
    compilerOptions: {
      target: 'ES2023',
      lib: ['ES2023', 'ESNext.Disposable'],
      module: 'NodeNext',
      types: ['node'],
      strict: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      verbatimModuleSyntax: true,
      isolatedModules: true,
      erasableSyntaxOnly: true,
      allowImportingTsExtensions: true,
      noEmit: true,
    },
    include: [include],
  })

/** Starts the worker, runs the producer beside it, stops the worker; prints both. */
const session = `
import { spawn } from 'node:child_process'
import { once } from 'node:events'

const worker = spawn('npx', ['pikku', 'worker'], { stdio: ['ignore', 'pipe', 'inherit'], detached: true })
const ended = once(worker, 'close')
for await (const text of worker.stdout) {
  process.stdout.write(text)
  if (String(text).includes('waiting for jobs')) break
}
const producer = spawn('node', ['producer.ts'], { stdio: 'inherit' })
const [produced] = await once(producer, 'close')
process.kill(-worker.pid, 'SIGTERM')
const [worked] = await ended
process.exit(produced || worked)
`

/** What a client does that was copied to where there is no provider. */
const show = `
const { contracts, createQueueClient } = await import('./pikku-queue.gen.ts')
console.log(Object.keys(contracts.queues))
const client = await createQueueClient({ provider: 'bullmq', connection: 'redis://127.0.0.1:1' })
await client.add('double', { n: 1, at: new Date() }).catch((error) => console.log(error.code))
`

/** The tests run under npm, whose settings an inner npm would take for its own. */
const withoutNpm = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('npm_')))

it(
  'the packed package, installed into an empty folder, generates, runs and compiles',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pikku-tarball-'))
    await chmod(folder, 0o755)
    onTestFinished(async () => {
      const data = join(folder, '.pikku', 'data')
      if ((await serverPid(data)) !== undefined) await killServer(data)
      await rm(folder, { recursive: true, force: true })
    })
    const run = async (command: string, args: string[], cwd = folder) => {
      const { stdout } = await promisify(execFile)(command, args, {
        cwd,
        env: { ...withoutNpm(process.env), DATABASE_URL: '', NO_COLOR: '1' },
        // Long, and yet an end: a command that hangs fails here with what it printed.
        timeout: 4 * minutes,
      })
      return stdout
    }

    const packed: unknown = JSON.parse(
      await run(
        'npm',
        ['pack', '--ignore-scripts', '--json', '--pack-destination', folder],
        repository,
      ),
    )
    const [{ filename, files }] = packed as [{ filename: string; files: { path: string }[] }]
    const folders = new Set(files.map(({ path }) => path.split('/')[0]))
    expect([...folders].sort()).toEqual([
      'ARCHITECTURE.md',
      'CHANGELOG.md',
      'CONTRIBUTING.md',
      'LICENSE',
      'README.md',
      'bin',
      'config.schema.json',
      'dist',
      'docs',
      'package.json',
      'templates',
    ])

    const { peerDependencies } = JSON.parse(
      await readFile(join(repository, 'package.json'), 'utf8'),
    ) as { peerDependencies: Record<string, string> }
    const peers = Object.entries(peerDependencies).map(([name, range]) => `${name}@${range}`)
    const written = {
      'package.json': JSON.stringify({ type: 'module', imports: { '#pikku/*': './.pikku/*' } }),
      'tsconfig.json': tsconfig('*.ts'),
      'double.ts': wiring,
      'producer.ts': producer,
      'session.mjs': session,
    }
    for (const [name, text] of Object.entries(written)) await writeFile(join(folder, name), text)
    await run('npm', [
      'install',
      '--no-audit',
      '--no-fund',
      '--prefer-offline',
      `./${filename}`,
      ...peers,
      '@types/node@24',
      ...compilers.map((version) => `typescript-${version}@npm:typescript@~${version}`),
    ])

    expect(await run('npx', ['pikku', 'generate'])).toBe('1 queue: 4 files written, 0 unchanged\n')
    const output = await run('node', ['session.mjs'])
    expect(output).toContain('queue double: 10 at a time, 3 attempts, exponential backoff')
    expect(output).toContain('\n42 true 6\n')

    // Its sources expect the compile errors of what a provider cannot do.
    const typed = join(folder, 'typed')
    await cp(join(fixtures, 'typed-clients'), typed, { recursive: true })
    await rm(join(typed, 'src', 'configured-sqs.ts'))
    await writeFile(join(typed, 'package.json'), written['package.json'])
    await writeFile(join(typed, 'tsconfig.json'), tsconfig('src'))
    await run('npx', ['pikku', 'generate'], typed)

    // The client alone, where there is nothing but the package: no types of Node, no providers, no newer lib.
    const alone = join(folder, '..', `${basename(folder)}-alone`)
    await mkdir(alone)
    onTestFinished(() => rm(alone, { recursive: true, force: true }))
    await cp(join(folder, '.pikku', 'pikku-queue.gen.ts'), join(alone, 'pikku-queue.gen.ts'))
    await writeFile(join(alone, 'package.json'), '{ "type": "module" }')
    const compilerOptions = { module: 'NodeNext', target: 'ES2022', types: [], strict: true }
    await writeFile(
      join(alone, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: { ...compilerOptions, noEmit: true } }),
    )
    const install = ['install', '--no-audit', '--no-fund', '--prefer-offline']
    await run('npm', [...install, join(folder, filename)], alone)
    await writeFile(join(alone, 'show.mjs'), show)
    expect(await run('node', ['show.mjs'], alone)).toBe("[ 'double' ]\nPKQ603\n")

    for (const version of compilers) {
      const tsc = join('node_modules', `typescript-${version}`, 'bin', 'tsc')
      expect(await run('node', [tsc, '-p', alone]), `alone, TypeScript ${version}`).toBe('')
      expect(await run('node', [tsc, '-p', '.']), `TypeScript ${version}`).toBe('')
      expect(await run('node', [tsc, '-p', 'typed']), `typed, TypeScript ${version}`).toBe('')
    }
  },
  6 * minutes,
)
