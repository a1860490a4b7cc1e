import { exec } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { blocksOf, filesOf } from '../support/code-page.ts'
import { createUserProject, repository, type UserProject } from '../support/user-project.ts'

const timeout = 240_000

const page = readFileSync(join(repository, 'docs', 'testing.md'), 'utf8')
/** The files of the page: a project, and its tests for Vitest and for node:test. */
const files = filesOf(blocksOf(page))
const isFor = (runner: string) => (path: string) =>
  path.startsWith('src/') || files[path]?.includes(`from '${runner}'`)
const only = (runner: string) =>
  Object.fromEntries(Object.entries(files).filter(([path]) => isFor(runner)(path)))

const tsconfig = (more: Record<string, unknown> = {}) =>
  JSON.stringify({
    compilerOptions: {
      ...{ target: 'ES2023', module: 'NodeNext', types: ['node'], noEmit: true },
      ...{ strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true },
      ...{ verbatimModuleSyntax: true, skipLibCheck: true },
      ...more,
    },
    include: ['src', 'test'],
  })

/** Generates, and has the compiler look at it all. */
async function prepare(project: UserProject): Promise<void> {
  expect(await project.pikku(['generate']).ended).toMatchObject({ code: 0, stderr: '' })
  expect(await project.tsc().ended).toMatchObject({ code: 0, stdout: '' })
}

it('the tests of the docs compile and run under Vitest', { timeout }, async () => {
  const tests = only('vitest')
  const project = await createUserProject({ files: { ...tests, 'tsconfig.json': tsconfig() } })
  const vitest = join(repository, 'node_modules', 'vitest')
  await symlink(vitest, join(project.folder, 'node_modules', 'vitest'))
  await prepare(project)
  const run = await project.node([join(vitest, 'vitest.mjs'), 'run', '--reporter=tap-flat']).ended
  expect(run, run.stdout).toMatchObject({ code: 0 })
  const written = Object.values(tests).join('').match(/^it\(/gm)
  expect(run.stdout.match(/^ok /gm)).toHaveLength(written?.length ?? 0)
})

it(
  'the tests of the docs compile and run under node:test, which runs TypeScript by itself',
  { timeout },
  async () => {
    // Node wants to be told the file that there is.
    const tests = Object.entries(only('node:test')).map(([path, text]) => [
      path,
      text.replace(/('(?:#|\.\.?\/).+)\.js'/g, "$1.ts'"),
    ])
    const project = await createUserProject({
      files: {
        ...Object.fromEntries(tests),
        'tsconfig.json': tsconfig({ allowImportingTsExtensions: true }),
      },
    })
    await prepare(project)
    const run = await project.node(['--test', '--test-reporter=tap', 'test/*.test.ts']).ended
    expect(run, run.stdout).toMatchObject({ code: 0 })
    expect(run.stdout).toMatch(/^# tests 1\n[^]*^# pass 1\n# fail 0$/m)
  },
)

/** What the page has a reader type under a heading. */
function commandsUnder(heading: string): string[] {
  const [, section = ''] = page.split(`\n## ${heading}\n`)
  const [first] = blocksOf(section.split('\n## ')[0] ?? '').filter((it) => it.language === 'sh')
  return first?.text.trim().split('\n') ?? []
}

/** Types a command in the project's folder, without what npm sets for its scripts. */
async function type(project: UserProject, command: string): Promise<string> {
  const own = Object.entries(process.env).filter(([name]) => !/^npm_|^VITEST/.test(name))
  const env = { ...Object.fromEntries(own), NO_COLOR: '1', CI: '1', NODE_OPTIONS: '' }
  const { stdout, stderr } = await promisify(exec)(command, { cwd: project.folder, env })
  return stdout + stderr
}

/** A project in which the page's commands have installed what they say, and the package is there. */
async function projectAsTyped(
  tests: Record<string, string>,
  install: string,
): Promise<UserProject> {
  const project = await createUserProject({
    files: { ...tests, 'tsconfig.json': tsconfig() },
    installed: false,
  })
  await type(project, `${install} --prefer-offline --no-audit --no-fund`)
  const modules = join(project.folder, 'node_modules')
  await symlink(repository, join(modules, 'pikku-queue'))
  await mkdir(join(modules, '@types'), { recursive: true })
  const nodeTypes = join('@types', 'node')
  await symlink(join(repository, 'node_modules', nodeTypes), join(modules, nodeTypes)).catch(
    // It came along.
    (error: unknown) => expect(error).toMatchObject({ code: 'EEXIST' }),
  )
  await prepare(project)
  return project
}

describe('what the docs have one type', { timeout }, () => {
  it('installs tsx and runs the tests under node:test', async () => {
    const [install = '', run = '', ...others] = commandsUnder('node:test')
    expect(others).toEqual([])
    const project = await projectAsTyped(only('node:test'), install)
    expect(await type(project, run)).toMatch(/tests 1\n[^]*pass 1\n[^]*fail 0\n/)
  })

  it('installs Jest and runs the tests under it', async () => {
    const [install = '', run = '', ...others] = commandsUnder('Jest')
    expect(others).toEqual([])
    const tests = Object.entries(only('vitest')).map(([path, text]): [string, string] => [
      path,
      text.replace("from 'vitest'", "from '@jest/globals'"),
    ])
    const config = { 'jest.config.js': files['jest.config.js'] ?? '' }
    const project = await projectAsTyped({ ...Object.fromEntries(tests), ...config }, install)
    const written = Object.values(only('vitest')).join('').match(/^it\(/gm)
    expect(await type(project, run)).toMatch(
      new RegExp(`^Tests: +${written?.length ?? 0} passed, `, 'm'),
    )
  })
})
