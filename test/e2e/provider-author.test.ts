import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { blocksOf, filesOf } from '../support/code-page.ts'
import { dropPrefix, newPrefix, redisUrl } from '../support/redis.ts'
import { repository } from '../support/user-project.ts'

const minutes = 60_000

/** Somebody else's provider; a real one, and no part of the package's own tests. */
const provider = `
import { type Capabilities, capabilities as known, type CreateProvider } from 'pikku-queue'
import { createProvider as onBullmq } from 'pikku-queue/bullmq'

export const capabilities: Capabilities = known.bullmq
const prefix = process.env['MY_PREFIX'] ?? ''
export const createProvider: CreateProvider<string> = ({ connection: url = '', ...options }) =>
  onBullmq({ ...options, connection: { url, prefix } })
`

const tsconfig = {
  compilerOptions: {
    ...{ target: 'ES2023', module: 'NodeNext', types: ['node'], noEmit: true },
    ...{ strict: true, exactOptionalPropertyTypes: true, verbatimModuleSyntax: true },
    skipLibCheck: true,
  },
  include: ['src', 'test'],
}

/** The tests run under npm and Vitest, whose settings an inner one would take for its own. */
const inherited = Object.entries(process.env).filter(([name]) => !/^npm_|^VITEST/.test(name))

it(
  'whoever writes a provider runs the suite from the packed package, as the docs say',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pikku-provider-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const prefix = newPrefix()
    onTestFinished(() => dropPrefix(prefix))
    const own = { NO_COLOR: '1', MY_SERVER: redisUrl(), MY_PREFIX: prefix }
    const run = async (command: string, args: string[], cwd = folder) => {
      const ended = promisify(execFile)(command, args, {
        cwd,
        env: { ...Object.fromEntries(inherited), ...own },
        maxBuffer: 64 * 1024 * 1024,
        timeout: 4 * minutes,
      })
      // What the compiler and Vitest complain of is on their standard output.
      const { stdout } = await ended.catch((error: unknown) => {
        throw new Error(String(Reflect.get(Object(error), 'stdout')), { cause: error })
      })
      return stdout
    }
    const page = await readFile(join(repository, 'docs', 'writing-a-provider.md'), 'utf8')
    const files = {
      ...filesOf(blocksOf(page)),
      'src/provider.ts': provider,
      'package.json': JSON.stringify({ type: 'module' }),
      'tsconfig.json': JSON.stringify(tsconfig),
    }
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), text)
    }
    const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder]
    const [packed] = JSON.parse(await run('npm', pack, repository)) as [{ filename: string }]
    const { devDependencies } = JSON.parse(
      await readFile(join(repository, 'package.json'), 'utf8'),
    ) as { devDependencies: Record<string, string> }
    const packages = ['bullmq', 'ioredis', 'vitest', 'typescript', '@types/node']
    await run('npm', [
      ...['install', '--no-audit', '--no-fund', '--prefer-offline', `./${packed.filename}`],
      ...packages.map((name) => `${name}@${devDependencies[name]}`),
    ])

    expect(await run('npx', ['tsc', '-p', '.'])).toBe('')
    const output = await run('npx', ['vitest', 'run', '--reporter=tap-flat'])
    expect(output).not.toMatch(/^not ok /m)
    // None is left out.
    expect(output.match(/^ok /gm)?.length).toBeGreaterThan(100)
    expect(output).toContain('is seen live by another process')
  },
  6 * minutes,
)
