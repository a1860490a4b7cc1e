import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { takeSnapshot, validStamp } from '../../src/cli/cache/stamp.ts'
import { readConfig } from '../../src/cli/config/read-config.ts'
import { stampSubject } from '../../src/cli/pipeline.ts'
import { runGenerate } from '../support/project.ts'
import { createUserProject, type UserProject } from '../support/user-project.ts'

const wiring = (config = '') => `
import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'
import type { Greeting } from './greeting.js'
wireQueueWorker({ queue: 'greet', func: pikkuSessionlessFunc<Greeting, void>(async () => {}), ${config} })
`
const files = {
  'src/greet.ts': wiring(),
  'src/greeting.ts': 'export interface Greeting { name: string }\n',
  'src/aside.ts': 'export const aside = 1\n',
}

/** Fails whatever loads a file of that name. */
const without = (name: string) =>
  `data:text/javascript,${encodeURIComponent(`
import { createRequire } from 'node:module'
process.on('exit', () => {
  const loaded = Object.keys(createRequire('/').cache)
  if (!loaded.some((path) => path.endsWith('/${name}'))) return
  console.error('${name} was loaded')
  process.exitCode = 3
})`)}`

const pikku = new URL('../../bin/pikku.js', import.meta.url).pathname

async function generated(source = files): Promise<UserProject> {
  const project = await createUserProject({ files: source })
  expect(await runGenerate(project.folder)).toMatchObject({ exitCode: 0 })
  return project
}

/** Whether a run would have nothing to do. */
function isFresh({ folder }: UserProject): boolean {
  const { config } = readConfig(folder)
  if (!config) throw new Error('the project has no config')
  const subject = stampSubject(config)
  return validStamp(subject, takeSnapshot(subject)) !== null
}

const generateWithoutCompiler = (project: UserProject, ...flags: string[]) =>
  project.node(['--import', without('typescript.js'), pikku, 'generate', ...flags]).ended

it('keeps what the compiler and the command were compiled to, where Node keeps the like', async () => {
  const project = await createUserProject({ files })
  const NODE_COMPILE_CACHE = join(project.folder, 'compiled')
  const generate = () => project.node([pikku, 'generate'], { NODE_COMPILE_CACHE }).ended
  const kept = async () => {
    const names = await readdir(NODE_COMPILE_CACHE, { recursive: true })
    const ours = names.filter((name) => basename(name).startsWith('pikku-'))
    const all = await Promise.all(ours.map((name) => stat(join(NODE_COMPILE_CACHE, name))))
    return all.map(({ size, ino, mtimeMs }) => ({ size, ino, mtimeMs }))
  }
  expect(await generate()).toMatchObject({ code: 0 })
  const first = await kept()
  expect(first.filter(({ size }) => size > 1_000_000)).toHaveLength(1)
  // The command, what scans and renders, and the compiler.
  expect(first).toHaveLength(3)
  await project.write({ 'src/greet.ts': wiring('config: { lockDuration: 30000 }') })
  expect(await generate()).toMatchObject({ code: 0 })
  expect(await kept()).toEqual(first)
})

it('loads all libraries of the compiler for what needs them', async () => {
  const greeting = 'export type Greeting = Pick<{ name: string }, "name">\n'
  const project = await createUserProject({ files: { ...files, 'src/greeting.ts': greeting } })
  const generate = () =>
    project.node(['--import', without('ts-morph-common.js'), pikku, 'generate']).ended
  expect(await generate()).toMatchObject({ code: 0, stdout: expect.stringContaining('4 files') })
  await project.write({ 'src/greeting.ts': 'export type Greeting = Parameters<typeof atob>\n' })
  expect(await generate()).toMatchObject({ code: 3 })
})

describe('when nothing has changed', () => {
  it('says so without loading the compiler, and keeps telling what is true', async () => {
    const warned = wiring('config: { lockDuration: 30000 }')
    const project = await createUserProject({ files: { ...files, 'src/greet.ts': warned } })
    expect(await generateWithoutCompiler(project)).toMatchObject({ code: 3 })
    const again = await generateWithoutCompiler(project)
    expect(again).toMatchObject({ code: 0, stdout: '1 queue: 0 files written, 4 unchanged\n' })
    expect(again.stderr).toContain('warning PKQ306: "lockDuration" of queue "greet" does nothing')

    const { stdout } = await generateWithoutCompiler(project, '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      queues: [{ queue: 'greet', function: '(inline)', file: 'src/greet.ts', line: 4 }],
      diagnostics: [{ code: 'PKQ306', severity: 'warning' }],
    })
    expect(await generateWithoutCompiler(project, '--check')).toMatchObject({ code: 0 })
  })

  it('goes by what files hold, not by their time', async () => {
    const project = await generated()
    for (const path of Object.keys(files)) {
      await utimes(join(project.folder, path), new Date(0), new Date(0))
    }
    expect(await generateWithoutCompiler(project)).toMatchObject({ code: 0 })
  })
})

it('the worker file of a former provider still goes', async () => {
  const project = await generated()
  const path = join(project.folder, '.pikku', 'pikku-worker.embedded.gen.ts')
  await writeFile(path.replace('embedded', 'pg-boss'), await readFile(path, 'utf8'))
  expect(await runGenerate(project.folder)).toMatchObject({
    stdout: '1 queue: 0 files written, 1 removed, 4 unchanged\n',
  })
})

describe('what has changed is seen', () => {
  const changes: [string, (project: UserProject) => Promise<unknown>][] = [
    [
      'a type that a payload refers to',
      (project) =>
        project.write({ 'src/greeting.ts': 'export interface Greeting { to: string }\n' }),
    ],
    ['a wiring', (project) => project.write({ 'src/greet.ts': wiring("tags: ['a']") })],
    ['a new file', (project) => project.write({ 'src/new.ts': 'export {}\n' })],
    ['a file that is gone', ({ folder }) => rm(join(folder, 'src/aside.ts'))],
    [
      'a file that has another name',
      ({ folder }) => rename(join(folder, 'src/aside.ts'), join(folder, 'src/away.ts')),
    ],
    [
      'package.json',
      async ({ folder }) => {
        const path = join(folder, 'package.json')
        await writeFile(path, `${await readFile(path, 'utf8')}\n`)
      },
    ],
    [
      'what tsconfig.json includes',
      ({ folder }) => writeFile(join(folder, 'tsconfig.json'), '{ "include": ["src/*.ts"] }'),
    ],
    [
      'pikku.config.json',
      (project) => project.write({ 'pikku.config.json': '{ "provider": "pg-boss" }' }),
    ],
    [
      'what is installed',
      ({ folder }) => writeFile(join(folder, 'node_modules', '.package-lock.json'), '{}'),
    ],
    [
      'a generated file',
      (project) => project.write({ '.pikku/pikku-queue.gen.ts': '// edited by hand\n' }),
    ],
    [
      'a generated file that is gone',
      ({ folder }) => rm(join(folder, '.pikku/pikku-types.gen.ts')),
    ],
    [
      'a damaged memory of the last run',
      (project) => project.write({ '.pikku/cache/generate.json': '{ "key": ' }),
    ],
    [
      'a memory that is none',
      async ({ folder }) => {
        const path = join(folder, '.pikku', 'cache', 'generate.json')
        await rm(path)
        await mkdir(path)
      },
    ],
  ]

  it.each(changes)('%s', async (_what, change) => {
    const project = await generated()
    expect(isFresh(project)).toBe(true)
    await change(project)
    expect(isFresh(project)).toBe(false)
  })

  it('and what is generated then is what a first run would generate', async () => {
    const project = await generated()
    const changed = { ...files, 'src/greeting.ts': 'export interface Greeting { to: Date }\n' }
    await project.write(changed)
    expect(await runGenerate(project.folder)).toMatchObject({
      exitCode: 0,
      stdout: '1 queue: 2 files written, 2 unchanged\n',
    })
    const fresh = await generated(changed)
    const client = join('.pikku', 'pikku-queue.gen.ts')
    expect(await readFile(join(project.folder, client), 'utf8')).toBe(
      await readFile(join(fresh.folder, client), 'utf8'),
    )
  })
})

it('a run with errors is not remembered', async () => {
  const project = await generated()
  await project.write({ 'src/greet.ts': `${wiring()}\nconst = 5\n` })
  expect(await runGenerate(project.folder)).toMatchObject({ exitCode: 1 })
  expect(await runGenerate(project.folder)).toMatchObject({ exitCode: 1 })
  await project.write(files)
  // Back to what the last good run saw.
  expect(isFresh(project)).toBe(true)
})

describe('what is above the project counts', () => {
  const manifestFor = (folder: string) =>
    JSON.stringify({ type: 'module', imports: { '#pikku/*': `./${folder}.pikku/*` } })

  it.each<[string, Record<string, string>, [path: string, text: string]]>([
    [
      'what is installed there',
      { 'packages/app/package.json': manifestFor('') },
      ['pnpm-lock.yaml', 'lockfileVersion: 9'],
    ],
    [
      'a package.json that is edited',
      { 'package.json': manifestFor('packages/app/') },
      ['package.json', `${manifestFor('packages/app/')}\n`],
    ],
    [
      'a package.json that is nearer',
      { 'package.json': manifestFor('packages/app/') },
      ['packages/package.json', manifestFor('app/')],
    ],
  ])('%s', async (_what, manifests, [path, text]) => {
    const project = await createUserProject({ files: {} })
    const own = {
      ...files,
      // An import by the imports map would have looked for a package.json on its way.
      'src/greet.ts': wiring().replace('#pikku/', '../.pikku/'),
      'tsconfig.json': '{ "include": ["src"] }',
      'pikku.config.json': '{}',
    }
    for (const [name, content] of Object.entries(own)) {
      await project.write({ [`packages/app/${name}`]: content })
    }
    await project.write(manifests)
    const app = join(project.folder, 'packages', 'app')
    expect(await runGenerate(app)).toMatchObject({ exitCode: 0 })
    expect(isFresh({ ...project, folder: app })).toBe(true)
    await project.write({ [path]: text })
    expect(isFresh({ ...project, folder: app })).toBe(false)
  })
})

it('a byte order mark is no change', async () => {
  const project = await generated({ ...files, 'src/greet.ts': `\ufeff${wiring()}` })
  expect(isFresh(project)).toBe(true)
})

it('a source in UTF-16 is read, as the compiler does', async () => {
  const project = await createUserProject({ files })
  await writeFile(join(project.folder, 'src/greet.ts'), `\ufeff${wiring()}`, 'utf16le')
  expect(await runGenerate(project.folder)).toMatchObject({
    exitCode: 0,
    stdout: '1 queue: 4 files written, 0 unchanged\n',
  })
})
