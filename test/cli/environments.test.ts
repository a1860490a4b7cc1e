import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { repository } from '../support/user-project.ts'
import { filesIn, projectOf, runGenerate } from '../support/project.ts'
import { typeErrors } from '../support/type-check.ts'

const imports = `import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'\n`
const wire = (func: string) =>
  `wireQueueWorker({ queue: 'a', func: pikkuSessionlessFunc${func} })\n`

const tsconfig = (options: object) =>
  JSON.stringify({
    compilerOptions: {
      target: 'ES2023',
      types: [],
      module: 'NodeNext',
      strict: true,
      noEmit: true,
      ...options,
    },
    include: ['src'],
  })

/** Generates and returns the client and the worker; nothing may be complained of. */
async function generated(root: string) {
  expect(await runGenerate(root)).toMatchObject({ exitCode: 0, stderr: '' })
  const files = await filesIn(join(root, '.pikku'))
  const text = (name: string) => files.get(name) ?? ''
  return {
    client: text('pikku-queue.gen.ts'),
    types: text('pikku-types.gen.ts'),
    worker: text('pikku-worker.embedded.gen.ts'),
  }
}

/** Links the folder as a package manager links the packages of a workspace. */
async function link(root: string, name: string, folder: string): Promise<void> {
  const path = join(root, 'node_modules', name)
  await mkdir(join(path, '..'), { recursive: true })
  await symlink(join(root, folder), path)
}

describe('types of packages', () => {
  const source = `import type { Item } from 'the-package'\n${imports}${wire('<Item>(async () => {})')}`

  it('are found where the package is for ESM only', async () => {
    const root = await projectOf({
      'src/main.ts': source,
      'node_modules/the-package/package.json': JSON.stringify({
        name: 'the-package',
        type: 'module',
        exports: { '.': { import: { types: './index.d.ts', default: './index.js' } } },
      }),
      'node_modules/the-package/index.d.ts': 'export interface Item { id: string }\n',
      'tsconfig.json': tsconfig({}),
    })
    expect((await generated(root)).client).toContain('export type Item = {\n  id: string\n}')
  })

  it('keep their descriptions and constraints', async () => {
    const root = await projectOf({
      'src/main.ts': source,
      'node_modules/the-package/package.json': '{ "name": "the-package", "types": "index.d.ts" }',
      'node_modules/the-package/index.d.ts':
        'export interface Item {\n  /**\n   * How many.\n   * @minimum 1\n   */\n  count: number\n}\n',
      'tsconfig.json': tsconfig({}),
    })
    const { client } = await generated(root)
    expect(client).toContain('   * How many.\n   * @minimum 1')
    expect(client).toContain('"minimum":1')
  })

  it('are looked for beside a tsconfig.json that lies elsewhere', async () => {
    const root = await projectOf({
      'src/main.ts': `${imports}${wire('<GlobalItem>(async () => {})')}`,
      'config/node_modules/@types/global-item/index.d.ts': 'interface GlobalItem { id: string }\n',
      'config/tsconfig.json': tsconfig({ types: ['global-item'] }).replace('"src"', '"../src"'),
      'pikku.config.json': '{ "tsconfig": "config/tsconfig.json" }',
    })
    expect((await generated(root)).client).toContain('id: string')
  })
})

it('null and undefined are part of a contract, however strict the project is', async () => {
  const root = await projectOf({
    'src/main.ts': `${imports}${wire('<{ id: string | null; at: Date | undefined }>(async () => {})')}`,
    'tsconfig.json': tsconfig({ strict: false }),
  })
  const { client } = await generated(root)
  expect(client).toContain('id: string | null')
  expect(client).toContain('at: Date | undefined')
})

it('the generated client can be a service, from the first run on', async () => {
  const root = await projectOf({
    'src/services.ts': `import { createQueueClient, PikkuQueue } from '#pikku/pikku-queue.gen.js'
export const createSingletonServices = async () => ({ queue: await createQueueClient() })
export type Client = PikkuQueue
`,
    'src/main.ts': `${imports}${wire(`(async ({ queue }, data: { n: number }) => {
  const id = await queue.add('b', data.n)
  const result: unknown = await queue.waitForCompletion('b', id)
  const again = await queue.queues.b.add(data.n)
  return { id, again, result, counts: await queue.queues['b'].counts() }
})`)}wireQueueWorker({ queue: 'b', func: pikkuSessionlessFunc<number, string>(String) })
`,
  })
  const first = await generated(root)
  expect(first.client).toContain('id: string\n      again: string\n      result: unknown')
  expect(first.client).toContain('waiting: number')
  expect(await generated(root)).toEqual(first)
  expect(typeErrors(root)).toEqual([])
})

it('functions may be typed by the runtime itself, in sources or in a declaration file', async () => {
  const root = await projectOf({
    'src/main.ts': `${imports}import { archive } from './library.js'
import { define } from './own.js'
wireQueueWorker({ queue: 'a', func: archive })
wireQueueWorker({ queue: 'b', func: define(async (_services, data: { n: number }) => String(data.n)) })
`,
    'src/own.ts': `import { createDefinitions } from 'pikku-queue'
export const define = createDefinitions<object>().pikkuSessionlessFunc
`,
    'src/library.d.ts': `import type { QueueFunction } from 'pikku-queue'
export declare const archive: QueueFunction<{ id: string }, Date, object>
`,
    'tsconfig.json': tsconfig({
      paths: { 'pikku-queue': [join(repository, 'src/runtime/index.ts')] },
    }),
  })
  const { client } = await generated(root)
  expect(client).toContain('id: string\n    }\n    output: Date')
  expect(client).toContain('n: number\n    }\n    output: string')
})

describe('a package of the workspace', () => {
  const acme = (text: string) => ({
    'packages/jobs/package.json': JSON.stringify({
      name: '@acme/jobs',
      type: 'module',
      imports: { '#pikku/*': '../../.pikku/*' },
      exports: './src/index.ts',
    }),
    'packages/jobs/src/index.ts': text,
    'tsconfig.json': tsconfig({}),
  })
  const relative = imports.replace('#pikku', '../../../.pikku')

  it('may have wirings', async () => {
    const root = await projectOf({
      'src/main.ts': `import '@acme/jobs'\n`,
      ...acme(`${relative}${wire('<string>(async () => {})')}`),
    })
    await link(root, '@acme/jobs', 'packages/jobs')
    expect((await generated(root)).worker).toContain('import "../packages/jobs/src/index.js"')
  })

  it.each([
    ['in whole', `export * from '@acme/jobs'`],
    ['by name', `export { createConfig, createSingletonServices } from '@acme/jobs'`],
  ])('may have the services, which are passed on %s', async (_name, line) => {
    const root = await projectOf({
      'src/services.ts': `${line}\n`,
      'src/main.ts': `${imports}${wire('(({ clock, config }, _data: string) => clock.now(config))')}`,
      ...acme(`export * from './services.js'\n`),
      'packages/jobs/src/services.ts': `export const createConfig = () => ({ zone: 'UTC' })
export const createSingletonServices = () => ({
  clock: { now: (_in: { zone: string }) => new Date() },
})
`,
    })
    await link(root, '@acme/jobs', 'packages/jobs')
    const { types, client } = await generated(root)
    expect(types).toContain(
      'import type { createConfig, createSingletonServices } from "../src/services.js"',
    )
    expect(client).toContain('output: Date')
  })
})
