import { mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { nothingReached } from '../../../src/cli/reached.ts'
import type { Changes } from '../../../src/cli/watch/pending-changes.ts'
import { watchFiles } from '../../../src/cli/watch/watch-files.ts'
import { temporaryFolder } from '../../support/engine-folder.ts'

const soon = { timeout: 10_000 }

/** Without fractions, so that they can be set again. */
const writtenAt = new Date('2020-01-01')
const readAt = new Date('2020-01-02')

async function inProject(
  files: readonly string[],
  links: Record<string, string> = {},
  onTrouble: (error: unknown) => void = (error) => {
    throw error
  },
) {
  const folder = await temporaryFolder()
  for (const name of files) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), 'first')
    utimesSync(join(folder, name), readAt, writtenAt)
  }
  for (const [name, target] of Object.entries(links)) await symlink(target, join(folder, name))
  const stopping = new AbortController()
  const runs: Changes[] = []
  const watching = watchFiles({
    root: folder,
    outDir: () => '.pikku',
    onChange: (changes) => {
      runs.push(changes)
      return Promise.resolve(nothingReached)
    },
    onTrouble,
    signal: stopping.signal,
  })
  onTestFinished(() => {
    stopping.abort()
    return watching
  })
  const count = (expected: number) => expect.poll(() => runs.length, soon).toBe(expected)
  await count(1)
  return { path: (name: string) => join(folder, name), runs, count }
}

it('tells when a generated file is gone, and else nothing of the folder that it is in', async () => {
  const client = '.pikku/pikku-queue.gen.ts'
  const { path, runs, count } = await inProject([
    client,
    '.pikku/data/a.ts',
    '.hidden/a.ts',
    'a.ts',
  ])
  await writeFile(path(client), 'second')
  await rm(path('.pikku/data/a.ts'))
  await rm(path('.hidden/a.ts'))
  await rm(path(client))
  await count(2)
  expect(runs[1]).toEqual({ paths: [], isWhole: false })

  await writeFile(path(client), 'third')
  await writeFile(path('a.ts'), 'second')
  await count(3)
  expect(new Set(runs[2]?.paths)).toEqual(new Set([path('a.ts')]))
  await rm(path('.pikku'), { recursive: true })
  await count(4)
})

it('tells of an edit that leaves the size of the file and the time when it was written', async () => {
  const { path, runs, count } = await inProject(['a.ts'])
  // At one go: nobody looks at it in between.
  writeFileSync(path('a.ts'), 'other')
  utimesSync(path('a.ts'), readAt, writtenAt)
  await count(2)
  expect(new Set(runs[1]?.paths)).toEqual(new Set([path('a.ts')]))
})

it('follows a link to a folder that is led elsewhere in one moment', async () => {
  const { path, runs, count } = await inProject(['.one/a.ts', '.two/a.ts', 'src/a.ts'], {
    'src/linked': '../.one',
  })
  await symlink('../.two', path('.next'))
  await writeFile(path('src/a.ts'), 'second')
  await count(2)
  expect(runs[1]?.isWhole).toBe(false)
  await rename(path('.next'), path('src/linked'))
  await count(3)
  expect(runs[2]?.isWhole).toBe(true)

  await writeFile(path('.one/a.ts'), 'second')
  await writeFile(path('.two/a.ts'), 'second')
  await count(4)
  expect(new Set(runs[3]?.paths)).toEqual(new Set([path('src/linked/a.ts')]))
})

it('says once why files are not watched, however many they are', async () => {
  const troubles: unknown[] = []
  const loops = { 'src/one': 'one', 'src/two': 'two', 'src/linked': '../.one' }
  const { path, runs, count } = await inProject(
    ['.one/a.ts', '.two/a.ts', 'src/a.ts'],
    loops,
    (it) => troubles.push(it),
  )
  await symlink('../.two', path('.next'))
  await rename(path('.next'), path('src/linked'))
  await count(2)
  expect(runs[1]?.isWhole).toBe(true)
  expect(troubles).toMatchObject([{ code: 'ELOOP' }])
})

it('takes for one change what a checkout deletes and writes', async () => {
  const { path, runs, count } = await inProject(['a/a.ts', 'a/b.ts', 'a/c.ts'])
  // At one go: nobody looks at it in between.
  for (const name of ['a/a.ts', 'a/b.ts']) rmSync(path(name))
  mkdirSync(path('b'))
  for (const name of ['a/a.ts', 'b/b.ts']) writeFileSync(path(name), 'second')
  await count(2)
  expect(runs[1]?.isWhole).toBe(true)
  await writeFile(path('a/c.ts'), 'second')
  await count(3)
  expect(new Set(runs[2]?.paths)).toEqual(new Set([path('a/c.ts')]))
})

it('tells of an installation once it is recorded, and of nothing else that is installed', async () => {
  const record = 'node_modules/.package-lock.json'
  const { path, runs, count } = await inProject([record, 'node_modules/it/a.ts', 'a.ts'])
  await writeFile(path('node_modules/it/a.ts'), 'second')
  await writeFile(path(record), 'second')
  await count(2)
  expect(runs[1]).toEqual({ paths: [path(record)], isWhole: true })

  await rm(path('node_modules'), { recursive: true })
  await writeFile(path('a.ts'), 'second')
  await count(3)
  expect(new Set(runs[2]?.paths)).toEqual(new Set([path('a.ts')]))
  await mkdir(path('node_modules'))
  await writeFile(path(record), 'third')
  await count(4)
  expect(runs[3]).toEqual({ paths: [path(record)], isWhole: true })
})

it('misses no change of a file elsewhere between its reading and its watching', async () => {
  const folder = await temporaryFolder()
  const root = join(folder, 'app')
  const shared = join(folder, 'shared.ts')
  await mkdir(root)
  await writeFile(shared, 'first')
  const stopping = new AbortController()
  const runs: Changes[] = []

  const watching = watchFiles({
    root,
    outDir: () => '.pikku',
    onChange: async (changes) => {
      runs.push(changes)
      if (runs.length === 1) await writeFile(shared, 'second')
      return { ...nothingReached, found: [shared] }
    },
    onTrouble: (error) => {
      throw error
    },
    signal: stopping.signal,
  })
  await expect.poll(() => runs.length, { timeout: 10_000 }).toBe(2)
  expect(runs[1]).toEqual({ paths: [shared], isWhole: false })

  await writeFile(shared, 'third')
  await expect.poll(() => runs.length, { timeout: 10_000 }).toBe(3)
  expect(runs[2]).toEqual({ paths: [shared], isWhole: false })
  stopping.abort()
  await watching
})

it('tells of files that are new in a folder elsewhere, and of no others there', async () => {
  const folder = await temporaryFolder()
  const root = join(folder, 'app')
  const shared = join(folder, 'shared')
  for (const path of [root, shared]) await mkdir(path)
  const old = join(shared, 'old.ts')
  await writeFile(old, 'first')
  await expect.poll(() => Date.now() - statSync(old).ctimeMs).toBeGreaterThan(200)
  const stopping = new AbortController()
  const runs: Changes[] = []

  const watching = watchFiles({
    root,
    outDir: () => '.pikku',
    onChange: async (changes) => {
      runs.push(changes)
      if (runs.length === 1) await writeFile(join(shared, 'a.ts'), 'first')
      return { ...nothingReached, folders: [shared] }
    },
    onTrouble: (error) => {
      throw error
    },
    signal: stopping.signal,
  })
  const isTold = (name: string) => () =>
    runs.some(({ paths, isWhole }) => isWhole && paths.includes(join(shared, name)))
  await expect.poll(isTold('a.ts'), soon).toBe(true)
  await writeFile(join(shared, 'b.ts'), 'first')
  await expect.poll(isTold('b.ts'), soon).toBe(true)
  expect(runs.flatMap(({ paths }) => paths)).not.toContain(old)
  stopping.abort()
  await watching
})
