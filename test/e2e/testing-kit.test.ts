import { readFileSync } from 'node:fs'
import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { blocksOf, filesOf } from '../support/code-page.ts'
import { createUserProject, repository, type UserProject } from '../support/user-project.ts'

const timeout = 120_000

/** The files of the page: a project, and its tests for Vitest and for node:test. */
const files = filesOf(blocksOf(readFileSync(join(repository, 'docs', 'testing.md'), 'utf8')))
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
