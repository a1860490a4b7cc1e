import { execFile } from 'node:child_process'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { projectOf } from '../support/project.ts'
import { repository } from '../support/user-project.ts'

const moduleText = (answer: string) => `
  exports.called = () => 'called: ${answer}'
  exports.idle = () => 'not called by anybody'
  exports.where = [__filename, __dirname, module.exports === exports, require('node:path').sep]`

const runner = `
  import { rmSync, writeFileSync } from 'node:fs'
  import { createRequire, enableCompileCache } from 'node:module'
  const blocked = process.env.BLOCKED
  import { requireCompiled } from ${JSON.stringify(join(repository, 'src/cli/require-compiled.ts'))}
  enableCompileCache()
  const path = process.argv[2]
  const use = process.argv[3]
  const it = requireCompiled(path, use)
  const isOne = createRequire(path)(path) === it && requireCompiled(path, use) === it
  if (blocked) {
    rmSync(blocked, { recursive: true })
    writeFileSync(blocked, '')
  }
  const other = process.env.OTHER
  if (other) {
    requireCompiled(other, use)
    it.idle()
  }
  console.log(JSON.stringify({ answer: it[use](), where: it.where, isOne }))`

/** Without the line that says what it is of. */
const bodyOf = (text = '') => text.slice(text.indexOf('\n'))

async function setUp() {
  const root = await projectOf({ 'module.cjs': moduleText('first'), 'run.mjs': runner })
  const path = join(root, 'module.cjs')
  const cache = join(root, 'cache')
  return {
    path,
    cache,
    run: async (over: NodeJS.ProcessEnv = {}, use = 'called'): Promise<unknown> => {
      const env = { ...process.env, NODE_COMPILE_CACHE: cache, ...over }
      const args = [join(root, 'run.mjs'), path, use]
      const { stdout } = await promisify(execFile)(process.execPath, args, { env })
      return JSON.parse(stdout)
    },
    /** What is kept of the module, by when it was written. */
    kept: async (): Promise<{ file: string; text: string; writtenAt: bigint }[]> => {
      const all = await readdir(cache, { recursive: true }).catch(() => [])
      const files = all.filter((name) => /(^|[\\/])pikku-/.test(name)).map((it) => join(cache, it))
      return Promise.all(
        files.map(async (file) => ({
          file,
          text: await readFile(file, 'latin1'),
          writtenAt: (await stat(file, { bigint: true })).mtimeNs,
        })),
      )
    },
    expected: (answer: string) => ({
      answer: `called: ${answer}`,
      where: [path, root, true, '/'],
      isOne: true,
    }),
  }
}

describe('what is kept of a module that has run', () => {
  it('has the functions that were called, and is taken by the next process', async () => {
    const { run, kept, expected } = await setUp()
    expect(await run()).toEqual(expected('first'))
    const [first, ...others] = await kept()
    expect(others).toEqual([])
    expect(first?.text).toContain('called: first')
    expect(first?.text).not.toContain('not called by anybody')
    expect(await run()).toEqual(expected('first'))
    expect(await kept()).toEqual([first])
  })

  it.each<[string, (bytes: Buffer) => Buffer]>([
    ['is empty', () => Buffer.alloc(0)],
    ['is cut short', (bytes) => bytes.subarray(0, bytes.length / 2)],
    [
      'says something else',
      (bytes) =>
        Buffer.from(bytes.toString('latin1').replace('called: first', 'called: worse'), 'latin1'),
    ],
    ['is something else', () => Buffer.from('something else, and longer than any hash is')],
  ])('does no harm when it %s, and is written anew', async (_how, damage) => {
    const { run, kept, expected } = await setUp()
    await run()
    const [first] = await kept()
    if (!first) throw new Error('nothing is kept')
    await writeFile(first.file, damage(await readFile(first.file)))
    const [damaged] = await kept()
    expect(damaged?.text).not.toBe(first.text)
    expect(await run()).toEqual(expected('first'))
    const [again, ...others] = await kept()
    expect(others).toEqual([])
    expect(again?.text).toContain('called: first')
    expect(bodyOf(again?.text).length).toBe(bodyOf(first.text).length)
  })

  it('is another for another use', async () => {
    const { run, kept, expected } = await setUp()
    await run()
    const answer = 'not called by anybody'
    expect(await run({}, 'idle')).toEqual({ ...expected('first'), answer })
    const texts = (await kept()).map(({ text }) => text)
    expect(texts.filter((text) => text.includes(answer))).toHaveLength(1)
    expect(texts.filter((text) => text.includes('called: first'))).toHaveLength(1)
  })

  it.each([
    ['is there when it ended the process', 0, 1],
    ['is not there when that was for wrong usage', 2, 0],
  ])('%s', async (_what, code, count) => {
    const { path, run, kept } = await setUp()
    await writeFile(path, `console.log('{}'); process.exit(${code})`)
    await run().catch(() => undefined)
    expect(await kept()).toHaveLength(count)
  })

  it('is more when it was the first to need another module', async () => {
    const { path, run, kept, expected } = await setUp()
    await run()
    const OTHER = path.replace('module.cjs', 'other.cjs')
    await writeFile(OTHER, 'exports.called = () => "called: other"')
    expect(await run({ OTHER })).toEqual(expected('first'))
    const texts = (await kept()).map(({ text }) => text)
    expect(texts).toHaveLength(2)
    const grown = texts.filter((text) => text.includes('called: first'))
    expect(grown).toEqual([expect.stringContaining('not called by anybody')])
    expect(await run({ OTHER })).toEqual(expected('first'))
    expect((await kept()).map(({ text }) => text)).toEqual(texts)
  })

  it('is nothing to a module that was changed since, and is replaced', async () => {
    const { path, run, kept, expected } = await setUp()
    await run()
    await writeFile(path, moduleText('other'))
    expect(await run()).toEqual(expected('other'))
    expect(await kept()).toEqual([
      expect.objectContaining({ text: expect.stringContaining('called: other') }),
    ])
  })

  it('is not there where it cannot be written, and nothing comes of that', async () => {
    const { cache, run, expected } = await setUp()
    expect(await run({ BLOCKED: cache })).toEqual(expected('first'))
  })

  it('is not there where the compile cache is switched off', async () => {
    const { run, kept, expected } = await setUp()
    expect(await run({ NODE_DISABLE_COMPILE_CACHE: '1' })).toEqual(expected('first'))
    expect(await kept()).toEqual([])
  })
})
