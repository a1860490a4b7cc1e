import { mkdir, rename, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { fileNames } from '../../src/cli/file-names.ts'
import { ProjectScanner } from '../../src/cli/scan/scan-project.ts'
import { projectOf, runGenerate } from '../support/project.ts'

const imports = `import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'\n`
const manifest = (name: string, entry: string) =>
  JSON.stringify({
    name,
    type: 'module',
    imports: { '#pikku/*': './.pikku/*' },
    exports: { '.': entry },
  })
const tsconfig = (options: object = {}, include = ['src']) =>
  JSON.stringify({
    compilerOptions: {
      module: 'NodeNext',
      target: 'ES2023',
      lib: ['ES2023'],
      types: [],
      strict: true,
      noEmit: true,
      ...options,
    },
    include,
  })

/** A project in `app`, with whatever else lies beside it. */
async function workspace(files: Record<string, string>, links: Record<string, string> = {}) {
  const root = await projectOf({
    'app/package.json': manifest('app', './src/main.ts'),
    'app/tsconfig.json': tsconfig(),
    ...files,
  })
  for (const [link, target] of Object.entries(links)) {
    await mkdir(dirname(join(root, link)), { recursive: true })
    await symlink(join(root, target), join(root, link))
  }
  const app = join(root, 'app')
  const scanner = () =>
    new ProjectScanner({ root: app, tsconfig: 'tsconfig.json', outDir: '.pikku' })
  return { root, app, scanner }
}

const inputs = ({ model }: ReturnType<ProjectScanner['scan']>) =>
  model?.queues.map(({ name, input }) => [name, input])

it('sources of packages that are linked to linked packages count', async () => {
  const { scanner } = await workspace(
    {
      'app/src/main.ts': `import 'shared'\nexport {}`,
      'shared/package.json': manifest('shared', './index.ts'),
      'shared/index.ts': `import 'core'\nexport {}`,
      'core/package.json': manifest('core', './index.ts'),
      'core/index.ts': `import { pikkuSessionlessFunc, wireQueueWorker } from '../app/.pikku/pikku-types.gen.js'
wireQueueWorker({ queue: 'core', func: pikkuSessionlessFunc<string>(async () => {}) })`,
    },
    { 'app/node_modules/shared': 'shared', 'shared/node_modules/core': 'core' },
  )
  expect(inputs(scanner().scan())).toEqual([['core', { kind: 'string' }]])
})

it('where a neighbouring package leads to is not remembered for longer than it is so', async () => {
  const { root, scanner } = await workspace(
    {
      'app/src/main.ts': `${imports}import type { It } from 'shared'
wireQueueWorker({ queue: 'a', func: pikkuSessionlessFunc<It>(async () => {}) })`,
      'shared/package.json': manifest('shared', './a.ts'),
      'shared/a.ts': `export type It = 'a'`,
      'shared/b.ts': `export type It = 'b'`,
    },
    { 'app/node_modules/shared': 'shared' },
  )
  const live = scanner()
  const { memory, read } = live.scan()
  expect([...read().keys()]).toEqual(expect.arrayContaining(['../shared/package.json']))
  await writeFile(join(root, 'shared/package.json'), manifest('shared', './b.ts'))
  const expected = [['a', { kind: 'literal', value: 'b' }]]
  expect(inputs(scanner().scan(memory))).toEqual(expected)
  live.changed([join(root, 'shared/package.json')])
  expect(inputs(live.scan(memory))).toEqual(expected)
})

it('declarations of a type root that nothing imports count', async () => {
  const { app, scanner } = await workspace({
    'app/tsconfig.json': tsconfig({ types: ['house'], typeRoots: ['./typings'] }),
    'app/typings/house/index.d.ts': `interface House { rooms: 1 }`,
    'app/src/main.ts': `${imports}wireQueueWorker({ queue: 'a', func: pikkuSessionlessFunc<House['rooms']>(async () => {}) })`,
  })
  const { memory } = scanner().scan()
  await writeFile(join(app, 'typings/house/index.d.ts'), `interface House { rooms: 2 }`)
  expect(inputs(scanner().scan(memory))).toEqual([['a', { kind: 'literal', value: 2 }]])
})

it('a wiring in JavaScript is found, whether or not a function is passed on', async () => {
  const files = {
    'app/tsconfig.json': tsconfig({ allowJs: true }),
    'app/src/func.ts': `${imports}export const func = pikkuSessionlessFunc<string>(async () => {})`,
    'app/src/main.js': `import { wireQueueWorker } from '#pikku/pikku-types.gen.js'
import { func } from './func.js'
wireQueueWorker({ queue: 'js', func })`,
  }
  for (const more of [{}, { 'app/src/wire.ts': `${imports}export const wire = wireQueueWorker` }]) {
    const { scanner } = await workspace({ ...files, ...more })
    expect(inputs(scanner().scan())).toEqual([['js', { kind: 'string' }]])
  }
})

it('a file that is new in a linked folder is seen, and links in a circle end', async () => {
  const { root, app } = await workspace(
    { 'app/src/main.ts': '', 'shared/a.ts': '' },
    { 'app/src/linked': 'shared', 'shared/round': 'app/src' },
  )
  const names = () => fileNames(app, () => false)
  const before = names()
  expect(names()).toEqual(before)
  await writeFile(join(root, 'shared/b.ts'), '')
  expect(names()).not.toEqual(before)
})

const bundled = (options: object = {}) =>
  tsconfig({ module: 'ESNext', moduleResolution: 'Bundler', jsx: 'preserve', ...options })
const wiring = (queue: string, types = '../app/.pikku/pikku-types.gen.js') =>
  `import { pikkuSessionlessFunc, wireQueueWorker } from '${types}'
wireQueueWorker({ queue: '${queue}', func: pikkuSessionlessFunc<string>(async () => {}) })`
const named = (from: string) => `${imports}import { queue } from '${from}'
wireQueueWorker({ queue, func: pikkuSessionlessFunc<string>(async () => {}) })`
const alone = (target: string) =>
  JSON.stringify({ type: 'module', imports: { '#pikku/*': './app/.pikku/*', '#queue': target } })

it.each([
  {
    what: 'a file that is new in a folder of another project that it includes',
    files: {
      'app/tsconfig.json': tsconfig({}, ['src', '../shared/**/*']),
      'app/src/main.ts': wiring('main', '#pikku/pikku-types.gen.js'),
      'shared/deep/a.ts': '',
    },
    edit: { 'shared/deep/b.ts': wiring('new', '../../app/.pikku/pikku-types.gen.js') },
    queues: [['main'], ['main', 'new']],
  },
  {
    what: 'a file that is found before another',
    files: {
      'app/tsconfig.json': bundled(),
      'app/src/main.ts': named('../../shared/queue'),
      'shared/queue.tsx': `export const queue = 'tsx'`,
    },
    edit: { 'shared/queue.ts': `export const queue = 'ts'` },
    queues: [['tsx'], ['ts']],
  },
  {
    what: 'a file that was missing',
    files: {
      'app/src/main.ts': `import '../../shared/jobs.js'\n${wiring('main', '#pikku/pikku-types.gen.js')}`,
    },
    edit: { 'shared/jobs.ts': wiring('jobs') },
    queues: [['main'], ['jobs', 'main']],
  },
  {
    what: 'the package.json of a package whose sources have one of their own',
    files: {
      'app/src/main.ts': named('shared'),
      'shared/package.json': manifest('shared', './src/a.ts'),
      'shared/src/package.json': JSON.stringify({ type: 'module' }),
      'shared/src/a.ts': `export const queue = 'a'`,
      'shared/src/b.ts': `export const queue = 'b'`,
    },
    links: { 'app/node_modules/shared': 'shared' },
    edit: { 'shared/package.json': manifest('shared', './src/b.ts') },
    queues: [['a'], ['b']],
  },
])('the next run sees $what', async ({ files, links, edit, queues }) => {
  const { root, app } = await workspace(files, links)
  await expectQueues(root, app, edit, queues)
})

it('the next run sees the package.json above a project without one', async () => {
  const root = await projectOf({
    'app/pikku.config.json': '{}',
    'app/tsconfig.json': tsconfig(),
    'app/src/main.ts': named('#queue'),
    'app/src/a.ts': `export const queue = 'a'`,
    'app/src/b.ts': `export const queue = 'b'`,
    'package.json': alone('./app/src/a.ts'),
  })
  const edit = { 'package.json': alone('./app/src/b.ts') }
  await expectQueues(root, join(root, 'app'), edit, [['a'], ['b']])
})

it('the next run sees where a package is linked to, and that it is linked, whatever its files say', async () => {
  const shared = (name: string) => ({
    [`${name}/package.json`]: manifest('shared', './index.ts'),
    [`${name}/index.ts`]: `export * from './queue.js'`,
    [`${name}/queue.ts`]: `export const queue = '${name}'`,
  })
  const files = { ...shared('one'), ...shared('two') }
  const link = 'app/node_modules/shared'
  const { root, app } = await workspace(
    {
      ...files,
      'app/src/main.ts': named('shared'),
      'app/src/side-effect.ts': `import 'effect'`,
      'effect/package.json': manifest('effect', './index.ts'),
      'effect/index.ts': wiring('effect'),
    },
    { [link]: 'one' },
  )
  const lead = (name: string, target: string) => async () => {
    await symlink(join(root, target), join(root, 'new'))
    await rename(join(root, 'new'), join(root, name))
  }
  await expectQueues(root, app, lead(link, 'two'), [['one'], ['two']])
  const linked = lead('app/node_modules/effect', 'effect')
  await expectQueues(root, app, linked, [['two'], ['effect', 'two']])
})

async function expectQueues(
  root: string,
  app: string,
  edit: Record<string, string> | (() => Promise<void>),
  [before, after]: string[][],
) {
  const queues = async () => {
    const { exitCode, stdout } = await runGenerate(app, { json: true })
    expect(exitCode).toBe(0)
    const report = JSON.parse(stdout) as { queues: { queue: string }[] }
    return report.queues.map(({ queue }) => queue)
  }
  expect(await queues()).toEqual(before)
  if (typeof edit === 'function') await edit()
  else {
    for (const [path, text] of Object.entries(edit)) {
      await mkdir(dirname(join(root, path)), { recursive: true })
      await writeFile(join(root, path), text)
    }
  }
  expect(await queues()).toEqual(after)
}
