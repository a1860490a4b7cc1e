import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createUserProject, type UserProject } from '../support/user-project.ts'

const wiring = `
import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'
wireQueueWorker({ queue: 'greet', func: pikkuSessionlessFunc<string>(async () => {}) })
`
const minutes = 60_000

/** A project with a file that does this while it is loaded. */
const loading = (what: string): Promise<UserProject> =>
  createUserProject({ files: { 'src/greet.ts': `${what}\n${wiring}` } })

const bundlesOf = async ({ folder }: UserProject): Promise<string[]> =>
  (await readdir(join(folder, '.pikku', 'build'))).filter((name) => name.endsWith('.mjs'))

it.each([
  [
    'at once',
    `import { open } from './open.ts'\nopen()`,
    `export const open = () => { throw new Error('no file') }`,
    ['at open (src/open.ts:1:35)', 'at <anonymous> (src/greet.ts:2:1)'],
  ],
  [
    'after it has waited',
    `import { open } from './open.ts'\nawait open()`,
    `export const open = async () => { await null; throw new Error('no file') }`,
    ['at open (src/open.ts:1:53)', 'at async <anonymous> (src/greet.ts:2:1)'],
  ],
])(
  'what a file throws %s has the frames of the user alone, as they wrote them',
  async (_when, file, opening, frames) => {
    const project = await loading(file)
    await project.write({ 'src/open.ts': opening })
    const { code, stderr } = await project.pikku(['worker']).ended
    expect(code).toBe(1)
    expect(stderr.replaceAll(`${project.folder}/`, '').split('\n')).toEqual([
      'error PKQ509: a file of the worker threw while it was loaded: Error: no file',
      ...frames.map((frame) => `    ${frame}`),
      ...['  Nothing was started.', ''],
    ])
  },
  minutes,
)

it(
  'files that wait for long are told of once, and loading goes on',
  async () => {
    const wait = 'const it: number = await new Promise((resolve) => setTimeout(resolve, 11_000, 5))'
    const project = await loading(`import './other.ts'\n${wait}\nthrow new Error('late ' + it)`)
    await project.write({ 'src/other.ts': 'for await (const it of [1]) console.log(it)' })
    const { code, stdout, stderr } = await project.pikku(['worker']).ended
    expect(code).toBe(1)
    expect(stdout.split('\n').filter((line) => line.includes('loading'))).toEqual([
      expect.stringMatching(
        / warn {2}the worker is still loading its files after 10 s: it waits outside of all functions, at src\/other.ts:1:1 or at src\/greet.ts:2:20 or in a package that it imports$/,
      ),
    ])
    expect(stderr).toContain(
      'PKQ509: a file of the worker threw while it was loaded: Error: late 5',
    )
  },
  minutes,
)

describe('a worker that ends while it loads its files leaves nothing behind', () => {
  it.each([
    ['a file that throws', `throw new Error('NOPE is not set')`, 1],
    [
      'an error of nobody',
      `setImmediate(() => { throw new Error('late') })\nawait new Promise(() => setInterval(() => {}, 1000))`,
      1,
    ],
    ['a file that ends the process', 'process.exit(7)', 7],
  ])(
    '%s',
    async (_what, file, code) => {
      const project = await loading(file)
      expect((await project.pikku(['worker']).ended).code).toBe(code)
      expect(await bundlesOf(project)).toEqual([])
    },
    minutes,
  )

  const waiting = `setInterval(() => {}, 1000)\nconsole.log('loading')\nawait new Promise(() => {})`
  it.each([
    ['that ends it at once', '', { code: null, signal: 'SIGTERM' }],
    [
      'that a file listens to',
      `process.on('SIGTERM', () => { process.exit(7) })\n`,
      { code: 7, signal: null },
    ],
  ])(
    'a signal %s',
    async (_what, listening, { code, signal }) => {
      const project = await loading(listening + waiting)
      const worker = project.pikku(['worker'])
      await worker.printed('loading')
      expect(await bundlesOf(project)).toHaveLength(1)
      worker.process.kill('SIGTERM')
      expect((await worker.ended).code).toBe(code)
      expect(worker.process.signalCode).toBe(signal)
      expect(await bundlesOf(project)).toEqual([])
    },
    minutes,
  )
})
