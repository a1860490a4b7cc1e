import { expect, it } from 'vitest'
import { ProjectScanner } from '../../src/cli/scan/scan-project.ts'
import { projectOf } from '../support/project.ts'

const before = `
import * as pikku from '#pikku/pikku-types.gen.js'
import { addTagMiddleware, pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'
const func = pikkuSessionlessFunc<string>(async () => {})
declare const take: (it: unknown) => void
declare const isOn: boolean
`

/** What is warned about, as it is written there, and the queues that are found. */
async function scan(source: string) {
  const root = await projectOf({ 'src/main.ts': before + source })
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
])('warns of what cannot be followed: %s', async (source) => {
  expect(await scan(source)).toEqual({ lost: ['PKQ119 wireQueueWorker'], queues: [] })
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
