import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createUserProject } from '../support/user-project.ts'

const wiring = (queue: string, type: string) => `
import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'
wireQueueWorker({ queue: '${queue}', func: pikkuSessionlessFunc<${type}, void>(async () => {}) })
`

it('generates again after every kind of change, and outlives what is wrong', async () => {
  const project = await createUserProject({
    files: { 'src/a.ts': wiring('a', '{ first: string }') },
  })
  const path = (name: string) => join(project.folder, name)
  const client = () => readFile(path('.pikku/pikku-queue.gen.ts'), 'utf8').catch(() => '')
  const worker = () => readFile(path('.pikku/pikku-worker.embedded.gen.ts'), 'utf8')
  const within = { timeout: 30_000, interval: 50 }

  const watching = project.pikku(['generate', '--watch'])
  await watching.printed('1 queue: 4 files written, 0 unchanged (')

  await writeFile(path('src/a.ts'), wiring('a', '{ second: string }'))
  await expect.poll(client, within).toContain('second: string')

  await writeFile(path('src/a.ts'), 'wireQueueWorker({')
  await watching.printed('error PKQ101')
  await watching.printed('1 error; nothing was written (')
  expect(await client()).toContain('second: string')

  await writeFile(path('src/a.ts'), wiring('a', 'Third') + 'interface Third { third: string }')
  await expect.poll(client, within).toContain('third: string')

  await writeFile(path('src/b.ts'), wiring('b', 'boolean'))
  await expect.poll(worker, within).toContain('src/b.js')
  await rename(path('src/b.ts'), path('src/c.ts'))
  await expect.poll(worker, within).toContain('src/c.js')
  expect(await worker()).not.toContain('src/b.js')
  await rm(path('src/c.ts'))
  await expect.poll(worker, within).not.toContain('src/c.js')

  const tsconfig = await readFile(path('tsconfig.json'), 'utf8')
  await writeFile(path('tsconfig.json'), '{ "include": [')
  await watching.printed('error PKQ003')
  await writeFile(path('lib.ts'), wiring('library', 'number'))
  await writeFile(path('tsconfig.json'), tsconfig.replace('"src"', '"src","lib.ts"'))
  await expect.poll(client, within).toContain('library: {')

  await writeFile(path('pikku.config.json'), '{ "providers": ["pg-boss"] }')
  const pgBoss = () => readFile(path('.pikku/pikku-worker.pg-boss.gen.ts'), 'utf8').catch(() => '')
  await expect.poll(pgBoss, within).toContain('src/a.js')

  expect(watching.process.exitCode).toBeNull()
}, 120_000)

it('outlives what cannot be watched, and says what that is', async () => {
  const project = await createUserProject({ files: { 'src/a.ts': wiring('a', 'string') } })
  const path = (name: string) => join(project.folder, name)
  await symlink('loop', path('src/loop'))
  const watching = project.pikku(['generate', '--watch'])
  await watching.printed('warning PKQ013: not all files are watched: ELOOP')
  await watching.printed('1 queue: 4 files written, 0 unchanged (')
  await writeFile(path('src/a.ts'), wiring('a', 'boolean'))
  const client = () => readFile(path('.pikku/pikku-queue.gen.ts'), 'utf8')
  await expect.poll(client, { timeout: 30_000 }).toContain('input: boolean')
})

/** A workspace whose project is in `app`, which imports what is given, and `pikku generate --watch` there. */
async function watchedWorkspace(files: Record<string, string>, imports: string) {
  const pikku = new URL('../../bin/pikku.js', import.meta.url).href
  const project = await createUserProject({
    files: {
      'app/package.json': '{ "type": "module", "imports": { "#pikku/*": "./.pikku/*" } }',
      'app/tsconfig.json': '{ "extends": "../base/tsconfig.json", "include": ["src"] }',
      'app/src/a.ts': `${imports}${wiring('a', 'It')}`,
      'base/tsconfig.json': '{ "compilerOptions": { "strict": true, "module": "NodeNext" } }',
      'in-app.mjs': `process.chdir('app')\nprocess.argv = ['node', 'pikku', 'generate', '--watch']\nawait import('${pikku}')`,
      ...files,
    },
  })
  const path = (name: string) => join(project.folder, name)
  const client = () => readFile(path('app/.pikku/pikku-queue.gen.ts'), 'utf8').catch(() => '')
  return {
    path,
    write: (written: Record<string, string>) => project.write(written),
    start: () => project.node(['in-app.mjs']),
    generated: (text: string) => expect.poll(client, { timeout: 30_000 }).toContain(text),
  }
}

it('sees what lies outside of the project: types that it imports, a tsconfig that it extends', async () => {
  const { write, start, generated, path } = await watchedWorkspace(
    { 'shared/index.d.ts': 'export type It = "first"' },
    `import type { It } from '../../shared/index.js'`,
  )
  const watching = start()
  await watching.printed('1 queue: 4 files written, 0 unchanged (')
  await write({ 'shared/index.d.ts': 'export type It = "second"' })
  await generated('"second"')
  for (const it of ['"third"', '"fourth"']) {
    await rm(path('shared/index.d.ts'))
    await write({ 'shared/index.d.ts': `export type It = ${it}` })
    await generated(it)
  }
  await write({ 'base/tsconfig.json': '{ "compilerOptions": { "nope": true } }' })
  await watching.printed('error PKQ003')
})

it('sees what was not there, wherever it was looked for, once it is', async () => {
  const { write, start, generated, path } = await watchedWorkspace(
    {},
    `import type { It } from '../../shared/types/index.js'`,
  )
  await rm(path('base'), { recursive: true })
  const watching = start()
  await watching.printed('error PKQ003')
  await write({ 'base/tsconfig.json': '{ "compilerOptions": { "strict": true } }' })
  await watching.printed('error PKQ206')
  await write({ 'shared/types/index.ts': 'export type It = "first"' })
  await generated('"first"')
})

it('sees that a package of the workspace is linked, is led elsewhere, and lacks a file no more', async () => {
  const manifest = '{ "type": "module", "exports": "./src/index.ts" }'
  const { write, start, generated, path } = await watchedWorkspace(
    {
      'one/package.json': manifest,
      'one/src/index.ts': 'export type It = "first"',
      'two/package.json': manifest,
      'two/src/index.ts': 'export type It = "second"',
      'app/node_modules/.package-lock.json': '{}',
    },
    `import type { It } from '@here/shared'`,
  )
  const lead = async (target: string) => {
    await symlink(target, path('app/next'))
    await rename(path('app/next'), path('app/node_modules/@here/shared'))
  }
  const watching = start()
  await watching.printed('error PKQ206')
  await mkdir(path('app/node_modules/@here'))
  await lead('../../../one')
  await generated('"first"')
  await lead('../../../two')
  await generated('"second"')
  await write({ 'two/package.json': manifest.replace('index', 'other') })
  const errors = () => watching.soFar().split('error PKQ206').length - 1
  await expect.poll(errors, { timeout: 30_000 }).toBe(2)
  await write({ 'two/src/other.ts': 'export type It = "third"' })
  await generated('"third"')
})

it('cannot be had with --check or --json', async () => {
  const project = await createUserProject({ files: { 'src/a.ts': '' } })
  for (const flag of ['--check', '--json']) {
    const { code, stderr } = await project.pikku(['generate', '--watch', flag]).ended
    expect(stderr).toContain(`option '-w, --watch' cannot be used with option '${flag}'`)
    expect(code).toBe(2)
  }
})
