import { expect, it } from 'vitest'
import { ProjectScanner } from '../../src/cli/scan/scan-project.ts'
import { projectOf } from '../support/project.ts'

const before = `
import * as pikku from '#pikku/pikku-types.gen.js'
import { addTagMiddleware, pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'
const func = pikkuSessionlessFunc<string>(async () => {})
declare const take: (it: unknown) => void
declare const isOn: boolean
declare const untyped: any
declare const name: string
`

/** What is warned about, as it is written there, and the queues that are found. */
async function scan(source: string, others: Record<string, string> = {}) {
  const root = await projectOf({ 'src/main.ts': before + source, ...others })
  const options = { root, tsconfig: 'tsconfig.json', outDir: '.pikku' }
  const { model, diagnostics } = new ProjectScanner(options).scan()
  const lines = (before + source).split('\n')
  return {
    lost: diagnostics.map(({ code, location }) => {
      const { line = 0, column = 0 } = location ?? {}
      return `${code} ${/^\w+/.exec(lines[line - 1]?.slice(column - 1) ?? '')?.[0]}`
    }),
    queues: model?.queues.map(({ name }) => name),
  }
}

it.each([
  `take(wireQueueWorker)`,
  `let wire = wireQueueWorker`,
  `let wire: unknown\nwire = wireQueueWorker`,
  `export const wire = isOn ? wireQueueWorker : take`,
  `export const wires = [wireQueueWorker]`,
  `export const get = () => wireQueueWorker`,
  `export function get() { return wireQueueWorker }`,
  `export class Wires { wire = wireQueueWorker }`,
  `wireQueueWorker.call(null, { queue: 'a', func })`,
  `take({ wire: wireQueueWorker })`,
  `export function* all() { yield wireQueueWorker }`,
  `export let wire: unknown = take\nwire ??= wireQueueWorker`,
  `const wire = isOn && wireQueueWorker\nwire && wire({ queue: 'a', func })`,
])('warns of what cannot be followed: %s', async (source) => {
  expect(await scan(source)).toEqual({ lost: ['PKQ119 wireQueueWorker'], queues: [] })
})

it.each([
  [`const wire = wireQueueWorker\ntake(wire)`, 'wire'],
  [`const all = { wire: wireQueueWorker }\ntake(all)`, 'all'],
  [`const all = { wire: wireQueueWorker }\ntake(all.wire)`, 'all'],
  [`const { wireQueueWorker: wire } = pikku\ntake(wire)`, 'wire'],
  [`Object.values(pikku).forEach(take)`, 'pikku'],
  [`Reflect.get(pikku, name)({ queue: 'a', func })`, 'pikku'],
  [`pikku[name]!({ queue: 'a', func })`, 'pikku'],
  [`untyped.wireQueueWorker({ queue: 'a', func })`, 'untyped'],
  [`const wire = untyped['wireQueueWorker']\nwire({ queue: 'a', func })`, 'untyped'],
  [`export const set = (it: any) => it.wireQueueWorker({ queue: 'a', func })\nset(pikku)`, 'it'],
])('warns of what is passed on by another name: %s', async (source, name) => {
  const { lost, queues } = await scan(source)
  expect(lost).toContain(`PKQ119 ${name}`)
  expect(queues).toEqual([])
})

it('warns of what another file passes on', async () => {
  const lib = `export { wireQueueWorker as wire } from '#pikku/pikku-types.gen.js'
import { wireQueueWorker } from '#pikku/pikku-types.gen.js'
export default wireQueueWorker`
  const source = `import wireIt, { wire as more } from './lib.js'\ntake(wireIt)\ntake(more)`
  expect(await scan(source, { 'src/lib.ts': lib })).toEqual({
    lost: ['PKQ119 wireIt', 'PKQ119 more'],
    queues: [],
  })
})

it('warns of a member of a module that leads out of the sources', async () => {
  const source = `import * as lib from './lib.js'\nlib.wireQueueWorker({ queue: 'a', func })`
  const others = { 'src/lib.ts': `export * from 'not-installed'` }
  expect((await scan(source, others)).lost).toEqual(['PKQ119 lib'])
})

it('warns of middleware that is registered out of sight, not of functions made there', async () => {
  const source = `take(addTagMiddleware)\ntake(pikkuSessionlessFunc)`
  expect(await scan(source)).toEqual({ lost: ['PKQ119 addTagMiddleware'], queues: [] })
})

it.each([
  `wireQueueWorker({ queue: 'a', func })`,
  `const wire = wireQueueWorker\nwire({ queue: 'a', func })`,
  `const all = { wire: wireQueueWorker } as const\nall.wire({ queue: 'a', func })`,
  `const { wireQueueWorker: wire } = pikku\nwire({ queue: 'a', func })`,
  `export { wireQueueWorker as wire }\npikku.wireQueueWorker({ queue: 'a', func })`,
  `export type Wire = typeof wireQueueWorker\nwireQueueWorker({ queue: 'a', func })`,
  `let p = pikku\np.wireQueueWorker({ queue: 'a', func })`,
  `const k = 'wireQueueWorker'\npikku[k]({ queue: 'a', func })`,
  `const set = (p: typeof pikku) => p.wireQueueWorker({ queue: 'a', func })\nset(pikku)`,
  `declare const ctx: { p: typeof pikku }\nctx.p.wireQueueWorker?.({ queue: 'a', func })`,
  `declare const ctx: { wireQueueWorker: typeof wireQueueWorker }\nctx.wireQueueWorker({ queue: 'a', func })`,
  `export const set = (wire = wireQueueWorker) => wire({ queue: 'a', func })`,
  `export const set = ({ wire = wireQueueWorker } = {}) => wire({ queue: 'a', func })`,
  `const get = () => pikku\nget().wireQueueWorker({ queue: 'a', func })`,
  `const copy = { ...pikku }\ncopy.wireQueueWorker({ queue: 'a', func })`,
  `;(0, pikku.wireQueueWorker)({ queue: 'a', func })`,
  `import('#pikku/pikku-types.gen.js').then(({ wireQueueWorker: wire }) => wire({ queue: 'a', func }))`,
  `class Own { wireQueueWorker() { return take } }\nnew Own().wireQueueWorker()\nwireQueueWorker({ queue: 'a', func })`,
  `take(typeof wireQueueWorker)\nwireQueueWorker({ queue: 'a', func })`,
])('follows without a word: %s', async (source) => {
  expect(await scan(source)).toEqual({ lost: [], queues: ['a'] })
})

it('warns of a wiring function that is called without being imported', async () => {
  const root = await projectOf({
    'src/main.ts': `${before}wireQueueWorker({ queue: 'a', func })`,
    'src/forgot.ts': `wireQueueWorker({ queue: 'b' })\naddTagMiddleware('x', [])`,
    'src/own.ts': `function wireQueueWorker() {}\nwireQueueWorker()`,
  })
  const options = { root, tsconfig: 'tsconfig.json', outDir: '.pikku' }
  const { model, diagnostics } = new ProjectScanner(options).scan()
  expect(diagnostics.map(({ code, location }) => [code, location?.file, location?.line])).toEqual([
    ['PKQ120', 'src/forgot.ts', 1],
    ['PKQ120', 'src/forgot.ts', 2],
  ])
  expect(model?.queues.map(({ name }) => name)).toEqual(['a'])
})
