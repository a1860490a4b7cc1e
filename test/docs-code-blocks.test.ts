import { existsSync, globSync, readFileSync } from 'node:fs'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { createProgram } from '../src/cli/program.ts'
import { type Block, blocksOf, filesOf } from './support/code-page.ts'
import { projectOf, runGenerate } from './support/project.ts'
import { typeErrors } from './support/type-check.ts'
import { repository } from './support/user-project.ts'

const run = ['docs/testing.md', 'docs/writing-a-provider.md']

/**
 * What is in the blocks of the pages. Those of docs/codes and of the pages in `run` are not looked at:
 * their examples are run, each by its own test.
 */
const pages = globSync(['README.md', 'CONTRIBUTING.md', 'docs/**/*.md'], { cwd: repository })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => !path.startsWith('docs/codes/') && !run.includes(path))
  .sort()
  .map((path) => {
    const blocks = blocksOf(readFileSync(join(repository, path), 'utf8'))
    const of = (language: string) => blocks.filter((block) => block.language === language)
    const shell = of('sh')
    const others = blocks.map(({ language }) => language).filter((it) => !/^(ts|json|sh)$/.test(it))
    const commands = shell.flatMap(commandsIn)
    return { path, typescript: of('ts'), json: of('json'), shell, commands, others }
  })

/** The tests that look at blocks of other languages. */
const otherTests: Record<string, string> = {
  'docs/commands/build.md': 'e2e/docs-output',
  'docs/commands/dev.md': 'e2e/docs-output',
  'docs/commands/doctor.md': 'e2e/docs-output',
  'docs/operations.md': 'e2e/docs-tracing',
  'docs/payloads.md': 'docs-payloads',
  'docs/recipes/docker.md': 'e2e/recipes',
  'docs/recipes/kubernetes.md': 'docs-kubernetes',
  'docs/recipes/lambda.md': 'docs-lambda',
  // Which folders there are; below it they are made.
  'docs/recipes/monorepo.md': 'docs-code-blocks',
}

it('no block is left that nobody looks at', () => {
  const withOthers = pages.flatMap(({ path, others }) => (others.length > 0 ? [path] : []))
  expect(withOthers).toEqual(Object.keys(otherTests))
  for (const test of Object.values(otherTests)) {
    expect(existsSync(join(repository, 'test', `${test}.test.ts`)), test).toBe(true)
  }
})

/** What a page's blocks take for granted. */
const preludes: Record<string, string> = {
  'docs/client.md': `
    declare const db: import('drizzle-orm/node-postgres').NodePgDatabase
    declare const orders: any
    declare const order: { id: string }`,
  'docs/options.md': `
    type WorkerConfig = import('pikku-queue').WorkerConfig
    type JobOptions = import('pikku-queue').JobOptions
    type Database = import('drizzle-orm/node-postgres').NodePgDatabase
    declare const tx: Parameters<Parameters<Database['transaction']>[0]>[0]`,
  'docs/recipes/from-bullmq.md': `declare const send: (to: string) => Promise<void>`,
  'docs/recipes/from-pg-boss.md': `declare const send: (to: string) => Promise<void>`,
}

const tsconfig = JSON.stringify({
  compilerOptions: {
    target: 'ES2023',
    lib: ['ES2023', 'ESNext.Disposable'],
    types: ['node'],
    module: 'NodeNext',
    strict: true,
    exactOptionalPropertyTypes: true,
    verbatimModuleSyntax: true,
    skipLibCheck: true,
    noEmit: true,
    paths: { 'pikku-queue/testing': [join(repository, 'src/runtime/testing/index.ts')] },
  },
  include: ['src'],
})

const monorepo = 'docs/recipes/monorepo.md'

describe('the TypeScript compiles', () => {
  const withCode = pages.filter(
    ({ path, typescript }) => typescript.length > 0 && path !== monorepo,
  )

  it.each(withCode)('of $path', async ({ path, typescript }) => {
    const files = Object.fromEntries(typescript.map((block, n) => [fileOf(block, n), block.text]))
    expect(Object.keys(files)).toHaveLength(typescript.length)
    const root = await projectOf({ 'tsconfig.json': tsconfig })
    await link(root)
    await write(root, { ...files, 'src/prelude.d.ts': preludes[path] ?? '' })
    expect(await runGenerate(root)).toMatchObject({ exitCode: 0 })
    expect(typeErrors(root)).toEqual([])
  })

  it(`of ${monorepo}, as the packages that they are`, async () => {
    const { typescript = [], json = [] } = pages.find(({ path }) => path === monorepo) ?? {}
    const root = await projectOf({
      ...filesOf([...typescript, ...json]),
      'packages/jobs/tsconfig.json': tsconfig,
      'apps/web/tsconfig.json': tsconfig,
    })
    await link(root)
    const scope = join(root, 'apps/web/node_modules/@acme')
    await mkdir(scope, { recursive: true })
    await symlink(join(root, 'packages/jobs'), join(scope, 'jobs'))
    const run = await runGenerate(join(root, 'packages/jobs'))
    expect(run).toMatchObject({ exitCode: 0, stderr: '' })
    expect(typeErrors(join(root, 'packages/jobs'))).toEqual([])
    expect(typeErrors(join(root, 'apps/web'))).toEqual([])
  })
})

it('the JSON is of a file, and configurations fit their schema', () => {
  const schema = readFileSync(join(repository, 'config.schema.json'), 'utf8')
  const fits = new Ajv2020().compile(JSON.parse(schema) as object)
  for (const { text, file = '' } of pages.flatMap(({ json }) => json)) {
    expect(file, text).toMatch(/(^|\/)(package|pikku\.config)\.json$/)
    const value: unknown = JSON.parse(text)
    if (file.endsWith('pikku.config.json')) expect(fits(value), text).toBe(true)
  }
})

it('the scripts and the tests that are to be run are there', () => {
  const shell = pages.flatMap((page) => page.shell.map(({ text }) => text)).join('')
  const namesAfter = (command: string) =>
    [...shell.matchAll(new RegExp(`${command} ([\\w:/.-]+)`, 'g'))].map(([, name = '']) => name)
  const { scripts } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  const [ran, tests] = [namesAfter('npm run'), namesAfter('vitest run')]
  expect(ran.filter((name) => !(name in scripts))).toEqual([])
  expect(tests.filter((path) => !existsSync(join(repository, path)))).toEqual([])
  expect(Math.min(ran.length, tests.length)).toBeGreaterThan(1)
})

describe('the commands have the flags that they are given', () => {
  const program = createProgram()
  it.each(pages.filter(({ commands }) => commands.length > 0))('in $path', ({ commands }) => {
    expect(commands.flatMap((words) => problemsOf(words, program))).toEqual([])
  })
})

/** A file's name is the block's title, or its first line; else it is one of its own. */
function fileOf({ file, text }: Block, n: number): string {
  const [, named] = /^\/\/ (?:\w+: )?(src\/\S+\.ts)/.exec(text) ?? []
  return file ?? named ?? `src/block-${n}.ts`
}

async function write(root: string, files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    const isModule = path.endsWith('.d.ts') || /^(?:import|export)\b/m.test(text)
    await writeFile(join(root, path), isModule ? text : `${text}export {}\n`)
  }
}

async function link(root: string): Promise<void> {
  await symlink(join(repository, 'node_modules'), join(root, 'node_modules'))
}

/** The words after `pikku` of each line that runs it. */
function commandsIn({ text }: Block): string[][] {
  return text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .flatMap((line) => {
      const [, words] = /(?:npx |^(?:\w+=\S+ )*)pikku(?:-queue)? ([^#|&]*)/.exec(line) ?? []
      return words === undefined ? [] : [words.trim().split(/\s+/)]
    })
}

function problemsOf(words: readonly string[], program: Command): string[] {
  let command = program
  let at = 0
  for (; at < words.length; at += 1) {
    const next = command.commands.find((it) => it.name() === words[at])
    if (!next) break
    command = next
  }
  if (command === program) return [`pikku ${words.join(' ')}: no such command`]
  const known = new Set(['--help', '-h', ...command.options.flatMap((it) => [it.long, it.short])])
  return words
    .slice(at)
    .filter((word) => word.startsWith('-'))
    .map((word) => word.split('=')[0] ?? '')
    .filter((flag) => !known.has(flag))
    .map((flag) => `pikku ${words.join(' ')}: no ${flag}`)
}
