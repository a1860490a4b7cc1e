import { mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { changedFiles, writeFiles } from '../../src/cli/write/write-files.ts'
import { filesIn, projectOf, runGenerate } from '../support/project.ts'

const main = `import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'
wireQueueWorker({ queue: 'a', func: pikkuSessionlessFunc<string>(async () => {}) })
`
const generated = async (root: string) => [...(await filesIn(join(root, '.pikku'))).keys()]

describe('a file that cannot be written', () => {
  it.each(['pikku-types', 'pikku-queue', 'pikku-worker.embedded'])(
    'is named, and no other is: %s',
    async (name) => {
      const root = await projectOf({ 'src/main.ts': main })
      await mkdir(join(root, '.pikku', `${name}.gen.ts`), { recursive: true })
      const { exitCode, stderr } = await runGenerate(root)
      expect(exitCode).toBe(1)
      expect(stderr).toContain(
        `error PKQ010: .pikku/${name}.gen.ts cannot be written: EISDIR: it is a folder\n`,
      )
      expect(await generated(root)).toEqual([])
    },
  )
})

describe('a file that this process wrote', () => {
  const file = { path: 'out/a.txt', text: 'one' }
  const other = { ...file, text: 'two' }
  const time = new Date(0)

  async function written() {
    const root = await projectOf({})
    const path = join(root, file.path)
    expect(writeFiles(root, [file])).toEqual([])
    expect(changedFiles(root, [file])).toEqual([])
    expect(changedFiles(root, [other])).toEqual([other])
    return { root, path }
  }

  it.each<[string, (path: string) => Promise<void>]>([
    ['edited', (path) => writeFile(path, 'ONE')],
    [
      'edited, and its time set back',
      async (path) => {
        await writeFile(path, 'ONE')
        await utimes(path, time, time)
      },
    ],
    ['removed', (path) => rm(path)],
  ])('counts as changed when it is %s', async (_how, change) => {
    const { root, path } = await written()
    await utimes(path, time, time)
    expect(changedFiles(root, [file])).toEqual([])
    await change(path)
    expect(changedFiles(root, [file])).toEqual([file])
    expect(writeFiles(root, [file])).toEqual([])
    expect(changedFiles(root, [file])).toEqual([])
    expect(await readFile(path, 'utf8')).toBe(file.text)
  })
})

describe('the worker of a provider that is not configured any more', () => {
  const both = '{ "providers": ["embedded", "pg-boss"] }'
  const left = [
    'pikku-contracts.gen.json',
    'pikku-queue.gen.ts',
    'pikku-types.gen.ts',
    'pikku-worker.embedded.gen.ts',
  ]

  async function reconfigured(): Promise<string> {
    const root = await projectOf({ 'src/main.ts': main, 'pikku.config.json': both })
    await runGenerate(root)
    expect(await generated(root)).toEqual([...left, 'pikku-worker.pg-boss.gen.ts'])
    await writeFile(join(root, 'pikku.config.json'), '{}')
    return root
  }

  it('is stale, and is removed', async () => {
    const root = await reconfigured()
    expect(await runGenerate(root, { check: true })).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('PKQ009: out of date: .pikku/pikku-worker.pg-boss.gen.ts\n'),
    })
    expect((await runGenerate(root)).stdout).toBe(
      '1 queue: 0 files written, 1 removed, 4 unchanged\n',
    )
    expect(await generated(root)).toEqual(left)
    expect(await runGenerate(root, { check: true })).toMatchObject({ exitCode: 0 })
  })

  it('stays for a run that asks for providers of its own', async () => {
    const root = await reconfigured()
    await runGenerate(root, { providers: ['embedded'] })
    expect(await generated(root)).toContain('pikku-worker.pg-boss.gen.ts')
  })

  it('stays where there is an error', async () => {
    const root = await reconfigured()
    await writeFile(join(root, 'src/main.ts'), 'export const = 1 // wireQueueWorker')
    await runGenerate(root)
    expect(await generated(root)).toContain('pikku-worker.pg-boss.gen.ts')
  })

  it('stays when it is not ours', async () => {
    const root = await reconfigured()
    await writeFile(join(root, '.pikku/pikku-worker.pg-boss.gen.ts'), '// mine\n')
    await writeFile(join(root, '.pikku/pikku-worker.gen.ts'), '// mine\n')
    expect((await runGenerate(root)).stdout).toBe('1 queue: 0 files written, 4 unchanged\n')
    expect(await generated(root)).toContain('pikku-worker.pg-boss.gen.ts')
  })
})

describe('a "rootDir"', () => {
  const tsconfig = (rootDir: string) =>
    JSON.stringify({
      compilerOptions: { target: 'ES2023', module: 'NodeNext', strict: true, types: [], rootDir },
      include: ['src'],
    })

  it('that does not hold the generated files draws a warning', async () => {
    const root = await projectOf({ 'src/main.ts': main, 'tsconfig.json': tsconfig('src') })
    const { exitCode, stderr } = await runGenerate(root)
    expect(exitCode).toBe(0)
    expect(stderr).toMatchInlineSnapshot(`
      "warning PKQ012: generated files are in .pikku, which is outside of the "rootDir" src of tsconfig.json
        The compiler will refuse them (TS6059). Set "outDir" in pikku.config.json to a folder inside it.

      "
    `)
  })

  it('that holds them draws none', async () => {
    const root = await projectOf({ 'src/main.ts': main, 'tsconfig.json': tsconfig('.') })
    expect(await runGenerate(root)).toMatchObject({ exitCode: 0, stderr: '' })
    await writeFile(join(root, 'tsconfig.json'), tsconfig('src'))
    await writeFile(join(root, 'pikku.config.json'), '{ "outDir": "src/.pikku" }')
    await writeFile(join(root, 'src/main.ts'), main.replace('#pikku', './.pikku'))
    expect(await runGenerate(root)).toMatchObject({ exitCode: 0, stderr: '' })
  })
})
