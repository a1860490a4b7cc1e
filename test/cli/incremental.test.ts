import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { renderProject } from '../../src/cli/render/render-project.ts'
import { ProjectScanner, type Scan } from '../../src/cli/scan/scan-project.ts'
import { projectOf } from '../support/project.ts'

const imports = `import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'\n`

/** What each file may hold; undefined: it is not there. */
const variants: Record<string, (string | undefined)[]> = {
  'src/types/address.ts': [
    'export interface Address { street: string }',
    'export interface Address { street: string; zip?: number }',
    '/** Where to. */\nexport interface Address { street: string }',
    'export type Address = { street: string } | null',
    'export interface Address { street: string',
    'export interface Address { call(): void }',
    '/** @minLength 2 */ export type Address = string',
  ],
  'src/types/order.ts': [
    `import type { Address } from './address.js'\nexport interface Order { id: string; to: Address }`,
    `import type { Address } from './index.js'\nexport interface Order { id: bigint; to: Address[] }`,
    `export interface Order { id: string; self?: Order }\ninterface Address { own: true }`,
    `type Address = string\nexport interface Order { to: Address }`,
  ],
  'src/types/index.ts': [
    `export * from './order.js'\nexport * from './address.js'`,
    `export type { Order } from './order.js'\nexport interface Address { elsewhere: boolean }`,
  ],
  'src/names.ts': [
    `export const names = { a: 'first', b: 'second' } as const`,
    `export const names = { a: 'primo', b: 'second' } as const`,
    `export const names = { a: process.env.NAME, b: 'second' }`,
    `export enum names { a = 'one', b = 'two' }`,
  ],
  'src/ship.ts': [
    `${imports}import type { Order } from './types/index.js'
export const ship = pikkuSessionlessFunc<Order, { ok: boolean }>({ func: async () => ({ ok: true }), auth: false })`,
    `${imports}import type { Order } from './types/order.js'
/** Ships. */
export const ship = pikkuSessionlessFunc({ func: async (_s, order: Order): Promise<Order> => order, docs: { summary: 'Ships' } })`,
    `${imports}import type { Order } from './types/order.js'
export const ship = pikkuSessionlessFunc({ func: async ({ store }, order: Order) => store.save(order.to) })`,
    `${imports}export const ship = pikkuSessionlessFunc<string, void>(async () => {})`,
    `export const ship = 5`,
    undefined,
  ],
  'src/a.queue.ts': [
    `${imports}import { names } from './names.js'\nimport { ship } from './ship.js'
wireQueueWorker({ queue: names.a, func: ship, config: { batchSize: 5 * 2 } })`,
    `import * as pikku from '#pikku/pikku-types.gen.js'\nimport { ship as func } from './ship.js'
pikku.wireQueueWorker({ queue: 'a', func, config: { lockDuration: 1000 } })`,
    `// nothing here`,
    `${imports}wireQueueWorker({`,
    undefined,
  ],
  'src/b.queue.ts': [
    `${imports}import type { Address } from './types/address.js'\nimport { names } from './names.js'
wireQueueWorker({ queue: names.b, func: pikkuSessionlessFunc<Address, Address>(async (_s, it) => it) })`,
    `import { wire } from './passed-on.js'\nimport { ship } from './ship.js'\nwire({ queue: 'b', func: ship })`,
    `${imports}import type { Address } from './types/index.js'
wireQueueWorker({ queue: 'b', func: pikkuSessionlessFunc<{ at: Address; store: Map<string, Date> }>(async () => {}) })`,
    `${imports}import type { Address } from './types/address.js'\nimport type { Order } from './types/order.js'
interface Page<T> { first: T; next?: Page<T> }
wireQueueWorker({ queue: 'b', func: pikkuSessionlessFunc<Page<Address>, Page<Order['to']>>(async (_s, it) => it) })`,
    undefined,
  ],
  'src/passed-on.ts': [
    undefined,
    undefined,
    undefined,
    `export { wireQueueWorker as wire } from '#pikku/pikku-types.gen.js'`,
  ],
  'src/services.ts': [
    `export const createSingletonServices = async () => ({ store: { save: (at: unknown) => ({ at: 1 }) } })`,
    `import type { Address } from './types/address.js'
export const createSingletonServices = async () => ({ store: { save: (at: Address): Address => at } })`,
    undefined,
  ],
  'src/globals.d.ts': [undefined, 'interface Address { global: 1 }', 'type Date = string'],
  'src/plain.ts': [`export const plain = 1`, `export const plain = 2`],
}

type Files = Map<string, string | undefined>
const paths = Object.keys(variants)
const anyEdit = fc
  .nat(paths.length - 1)
  .chain((at) => fc.nat((variants[paths[at] ?? '']?.length ?? 1) - 1).map((to) => ({ at, to })))

/** All that a scan leads to, as it would be written and printed. */
function outcomeOf({ model, diagnostics }: Scan) {
  const options = {
    outDir: '.pikku',
    provider: undefined,
    providers: ['embedded'] as const,
    connection: {},
  }
  return { files: model && renderProject(model, options), diagnostics }
}

it('what a scan takes over from earlier ones is what it would find itself', async () => {
  const root = await projectOf({})
  const options = { root, tsconfig: 'tsconfig.json', outDir: '.pikku' }
  const write = async (path: string, text: string | undefined) => {
    await mkdir(dirname(join(root, path)), { recursive: true })
    if (text === undefined) await rm(join(root, path), { force: true })
    else await writeFile(join(root, path), text)
  }
  const files: Files = new Map()
  for (const path of paths) {
    files.set(path, variants[path]?.[0])
    await write(path, variants[path]?.[0])
  }
  let live = new ProjectScanner(options)
  let memory = live.scan().memory
  const seen = { taken: 0, broken: 0 }

  const edits = fc.sample(anyEdit, { numRuns: 150, seed: 20261124 })
  for (const [edit, { at, to }] of edits.entries()) {
    const path = paths[at] ?? ''
    const before = files.get(path)
    const text = variants[path]?.[to]
    if (text === before) continue
    files.set(path, text)
    await write(path, text)
    if (text === undefined || before === undefined) {
      live = new ProjectScanner(options)
      memory = { ground: '', units: [] }
    } else live.changed([join(root, path)])

    const scan = live.scan(memory)
    const scratch = new ProjectScanner(options).scan()
    expect(outcomeOf(scan), `after ${path} became:\n${text}`).toEqual(outcomeOf(scratch))
    seen.taken += scan.memory.units.filter((unit) => memory.units.includes(unit)).length
    seen.broken += scan.model ? 0 : 1
    if (edit % 3 === 0) {
      const whole = new ProjectScanner({ ...options, isNarrow: false }).scan()
      expect(outcomeOf(scratch), `narrow, after ${path} became:\n${text}`).toEqual(outcomeOf(whole))
    }
    // As the next run reads it from disk.
    memory = JSON.parse(JSON.stringify(scan.memory))
  }
  expect(seen.taken).toBeGreaterThan(30)
  expect(seen.broken).toBeGreaterThan(3)
}, 180_000)
