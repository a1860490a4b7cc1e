import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ProjectScanner } from '../../src/cli/scan/scan-project.ts'
import { projectOf } from '../support/project.ts'

const imports = `import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'\n`

/** The files that the contract of the project's one queue was found to depend on. */
async function dependencies(files: Record<string, string>): Promise<string[]> {
  const root = await projectOf(files)
  const { memory, diagnostics } = new ProjectScanner({
    root,
    tsconfig: 'tsconfig.json',
    outDir: '.pikku',
  }).scan()
  expect(diagnostics).toEqual([])
  const unit = memory.units.find(({ path }) => path === 'src/main.ts')
  return Object.keys(unit?.dependencies ?? {}).sort()
}

const services = {
  'src/services.ts': `import { db } from './db.js'\nexport const createSingletonServices = async () => ({ db })`,
  'src/db.ts': `export const db = { find: () => ({ found: 1 }) }`,
}
const wire = `wireQueueWorker({ queue: 'a', func })`

describe('a contract that is written out depends on its declarations alone', () => {
  it.each<[string, string, Record<string, string>]>([
    [
      'type arguments, whatever the function does',
      `import type { Order } from './order.js'\nimport { db } from './db.js'
const func = pikkuSessionlessFunc<Order, void>({ func: async () => { db.find() } })\n${wire}`,
      { 'src/order.ts': 'export interface Order { id: string }' },
    ],
    [
      'annotations of a function',
      `import type { Order } from './order.js'
const func = pikkuSessionlessFunc({ func: async ({ db }, order: Order): Promise<Order> => order })\n${wire}`,
      { 'src/order.ts': 'export interface Order { id: string }' },
    ],
    [
      'barrels, defaults and constants on the way',
      `import func from './func.js'\nimport * as names from './names.js'
wireQueueWorker({ queue: names.queue, func, middleware: [] })`,
      {
        'src/func.ts': `${imports}import type { A } from './barrel.js'\nconst func = pikkuSessionlessFunc<A, import('./other.js').B>(async () => ({ b: 1 }))\nexport default func`,
        'src/barrel.ts': `export * from './a.js'`,
        'src/a.ts': 'export type A = Partial<Record<"a", Date>>',
        'src/other.ts': 'export interface B { b: number }',
        'src/names.ts': `export * from './queue.js'`,
        'src/queue.ts': `export const queue = 'queue'`,
      },
    ],
  ])('%s', async (_case, source, files) => {
    const all = { ...services, ...files, 'src/main.ts': imports + source }
    expect(await dependencies(all)).toEqual(['src/main.ts', ...Object.keys(files)].sort())
  })
})

describe('a contract that is not depends on whatever its file imports, services included', () => {
  it.each<[string, string, Record<string, string>]>([
    [
      'an inferred result',
      `const func = pikkuSessionlessFunc(async ({ db }) => db.find())\n${wire}`,
      {},
    ],
    [
      'a helper around the function',
      `const same = <T>(it: T) => it\nconst func = same(pikkuSessionlessFunc<string, void>(async () => {}))\n${wire}`,
      {},
    ],
    [
      'a type of a library',
      `const func = pikkuSessionlessFunc<InstanceType<typeof Date>, void>(async () => {})\n${wire}`,
      {},
    ],
    [
      'a constant with a type of its own',
      `const func: { func: (services: never, data: string) => void } =
  pikkuSessionlessFunc<string, void>(async () => {})\n${wire}`,
      {},
    ],
    [
      'the type of a value that is worked out',
      `const all = Object.values({ a: 'x', b: 'y' } as const)
const func = pikkuSessionlessFunc<{ one: (typeof all)[number] }, void>(async () => {})\n${wire}`,
      {},
    ],
    [
      'names inside of a function',
      `const queue = 'top'
const func = pikkuSessionlessFunc<string, void>(async () => {})
export function setUp() { const queue = 'inner'; wireQueueWorker({ queue, func }) }`,
      {},
    ],
    [
      'a global that the project gives another meaning',
      `const func = pikkuSessionlessFunc<Partial<string[]>, void>(async () => {})\n${wire}`,
      { 'src/globals.d.ts': 'declare global { interface Partial<T> { all: T } }\nexport {}' },
    ],
    [
      'a source that another one adds to',
      `import type { Order } from './order.js'
const func = pikkuSessionlessFunc<Order, void>(async () => {})\n${wire}`,
      {
        'src/order.ts': 'export interface Order { id: string }',
        'src/more.ts': `import './order.js'\ndeclare module './order.js' { interface Order { more: string } }`,
      },
    ],
  ])('%s', async (_case, source, files) => {
    const all = { ...services, ...files, 'src/main.ts': imports + source }
    expect(await dependencies(all)).toEqual(
      expect.arrayContaining(['src/db.ts', 'src/services.ts']),
    )
  })
})

it('a contract depends on what its file requires', async () => {
  const files = {
    'package.json': JSON.stringify({ imports: { '#pikku/*': './.pikku/*' } }),
    'src/names.ts': `export { queue } from './queue.js'`,
    'src/queue.ts': `export const queue = 'queue'`,
    'src/main.ts': `${imports}const names = require('./names.js')
wireQueueWorker({ queue: names.queue, func: pikkuSessionlessFunc<string>(async () => {}) })`,
  }
  expect(await dependencies(files)).toEqual(['src/main.ts', 'src/names.ts', 'src/queue.ts'])
})

it('a declaration that another file adds to is whole', async () => {
  const root = await projectOf({
    'src/order.ts': 'export interface Order { id: string }',
    'src/more.ts': `import './order.js'\ndeclare module './order.js' { interface Order { more: string } }`,
    'src/main.ts': `${imports}import type { Order } from './order.js'\nwireQueueWorker({ queue: 'a', func: pikkuSessionlessFunc<Order>(async () => {}) })`,
  })
  const scanner = new ProjectScanner({ root, tsconfig: 'tsconfig.json', outDir: '.pikku' })
  const order = (scan = scanner.scan()) => JSON.stringify(scan.model?.types)
  expect(order()).toContain('"name":"more"')
  await writeFile(join(root, 'src/more.ts'), 'export {}')
  scanner.changed([join(root, 'src/more.ts')])
  expect(order()).not.toContain('"name":"more"')
})

it('a contract says the same whichever way it was read', async () => {
  const root = await projectOf({
    'tsconfig.json': JSON.stringify({
      extends: './base/options.json',
      compilerOptions: {
        module: 'NodeNext',
        target: 'ES2023',
        lib: ['ES2023'],
        strict: true,
        noEmit: true,
        paths: { '@/*': ['./src/*'] },
      },
      include: ['src'],
    }),
    'base/options.json': '{ "compilerOptions": { "exactOptionalPropertyTypes": true } }',
    'src/order.ts': 'export interface Order { id: string }',
    'src/more.ts': `import '@/order.js'\ndeclare module '@/order.js' { interface Order { more: string } }`,
    'src/main.ts': `${imports}import type { Order } from '@/order.js'
const levels = [...new Set(['low', 'high'] as const)]
const queue = 'top'
type Level = (typeof levels)[number]
wireQueueWorker({ queue, func: pikkuSessionlessFunc<{ order: Order; level: Level }>(async () => {}) })
export function setUp() {
  const queue = 'inner'
  type Level = 'none'
  wireQueueWorker({ queue, func: pikkuSessionlessFunc<{ level: Level }>(async () => {}) })
}`,
  })
  const options = { root, tsconfig: 'tsconfig.json', outDir: '.pikku' }
  const scanner = new ProjectScanner(options)
  const { model, diagnostics, memory } = scanner.scan()
  expect(diagnostics).toEqual([])
  expect(model?.queues.map(({ name }) => name)).toEqual(['inner', 'top'])
  expect(JSON.stringify(model)).toContain('"name":"more"')
  const whole = new ProjectScanner({ ...options, isNarrow: false }).scan()
  expect(whole).toMatchObject({ model, diagnostics: [] })

  const options2 = '{ "compilerOptions": { "exactOptionalPropertyTypes": false } }'
  await writeFile(join(root, 'base/options.json'), options2)
  scanner.changed([join(root, 'base/options.json')])
  expect(scanner.scan(memory).memory.ground).not.toBe(memory.ground)
})

it('follows types that lead from one to the next, however many there are', async () => {
  const types = Array.from({ length: 1000 }, (_, index) => {
    return `export interface C${index} { at: Date; next?: C${(index + 1) % 1000} | Date[] }`
  })
  const found = await dependencies({
    'src/types.ts': types.join('\n'),
    'src/main.ts': `${imports}import type { C0 } from './types.js'
const func = pikkuSessionlessFunc<C0, void>(async () => {})\n${wire}`,
  })
  expect(found).toContain('src/types.ts')
})
