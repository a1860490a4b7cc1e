import { mkdtemp, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Facts, factsOf, isFacts, readToHold } from '../../src/cli/cache/facts.ts'
import { hashFile } from '../../src/cli/cache/hash-files.ts'
import { renewStamp, takeSnapshot, validStamp } from '../../src/cli/cache/stamp.ts'
import { readConfig } from '../../src/cli/config/read-config.ts'
import { stampSubject } from '../../src/cli/pipeline.ts'
import { runGenerate } from '../support/project.ts'
import { createUserProject } from '../support/user-project.ts'

/** When what is written now has long settled. */
const later = () => Date.now() + 60_000

async function file(text: string) {
  const folder = await mkdtemp(join(tmpdir(), 'pikku-facts-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, 'a.ts')
  await writeFile(path, text)
  return { path, folder }
}

const factsOfOne = (path: string, hash: string, at: number): Facts =>
  factsOf(dirname(path), new Map([[basename(path), hash]]), at)

/** Whether the file holds what is known of it, and whether that took reading it. */
function look(path: string, facts: Facts) {
  const read = readToHold(dirname(path), facts)
  return read === null ? 'changed' : read.length > 0 ? 'read, and the same' : 'the same'
}

describe('a file that is known by its looks', () => {
  it('is not read while it looks the same', async () => {
    const { path } = await file('1')
    expect(look(path, factsOfOne(path, 'whatever it held', later()))).toBe('the same')
  })

  it('is read when it changed shortly before it was known: it may have changed again', async () => {
    const { path } = await file('1')
    const known = factsOfOne(path, hashFile(path), Date.now())
    expect(look(path, known)).toBe('read, and the same')
    await writeFile(path, '2')
    expect(look(path, known)).toBe('changed')
  })

  it('is read when its time was set, and holds the same', async () => {
    const { path } = await file('1')
    const known = factsOfOne(path, hashFile(path), later())
    await utimes(path, new Date(0), new Date(0))
    expect(look(path, known)).toBe('read, and the same')
  })

  const edits: [string, (path: string, folder: string) => Promise<unknown>][] = [
    ['with its size and its time kept', (path) => writeFile(path, '2')],
    [
      'by another in its place',
      async (path, folder) => {
        await writeFile(join(folder, 'b.ts'), '2')
        await rename(join(folder, 'b.ts'), path)
      },
    ],
    [
      'by a link to another',
      async (path, folder) => {
        await writeFile(join(folder, 'b.ts'), '2')
        await rm(path)
        await symlink('b.ts', path)
      },
    ],
  ]
  it.each(edits)('is seen to be changed %s', async (_how, edit) => {
    const { path, folder } = await file('1')
    const time = new Date(0)
    await utimes(path, time, time)
    const known = factsOfOne(path, hashFile(path), later())
    await edit(path, folder)
    await utimes(path, time, time)
    expect(look(path, known)).toBe('changed')
  })

  it('is seen to be gone, and one that is not there to be there', async () => {
    const { path } = await file('1')
    const known = factsOfOne(path, hashFile(path), later())
    await rm(path)
    expect(look(path, known)).toBe('changed')
    const absent = factsOfOne(path, hashFile(path), later())
    expect(look(path, absent)).toBe('the same')
    await writeFile(path, '1')
    expect(look(path, absent)).toBe('changed')
  })
})

describe('facts that were written well, in another shape, count for nothing', () => {
  const good: Facts = { paths: ['a'], hashes: ['h'], looks: [1, 2, 3, 4] }
  it.each<[Record<string, unknown>]>([
    [{ paths: [1] }],
    [{ paths: ['a', 'b'] }],
    [{ hashes: [null] }],
    [{ hashes: [] }],
    [{ looks: [1, 2, 3, '4'] }],
    [{ looks: [1, 2, 3] }],
    [{ looks: {} }],
  ])('%j', (other) => {
    expect(isFacts(good)).toBe(true)
    expect(isFacts({ ...good, ...other })).toBe(false)
  })
})

it('a run that has to read files lets the next one know them by their looks', async () => {
  const { folder } = await createUserProject({ files: { 'src/a.ts': 'export {}\n' } })
  expect(await runGenerate(folder)).toMatchObject({ exitCode: 0 })
  const { config } = readConfig(folder)
  if (!config) throw new Error('the project has no config')
  const subject = stampSubject(config)
  const run = () => validStamp(subject, takeSnapshot(subject))
  const readBy = (valid: ReturnType<typeof run>) =>
    valid?.read.map((index) => valid.stamp.facts.paths[index])

  const first = run()
  if (!first) throw new Error('the project is not fresh')
  expect(readBy(first)).toContain('src/a.ts')
  expect(readBy(first)).toContain('.pikku/pikku-queue.gen.ts')
  renewStamp(subject, first, takeSnapshot(subject))
  // They are too young.
  expect(run()?.read).toEqual(first.read)
  renewStamp(subject, first, { ...takeSnapshot(subject), takenAt: later() })
  expect(run()?.read).toEqual([])

  await utimes(join(folder, 'src/a.ts'), new Date(0), new Date(0))
  const second = run()
  expect(readBy(second)).toEqual(['src/a.ts'])
  if (second) renewStamp(subject, second, { ...takeSnapshot(subject), takenAt: later() })
  expect(run()?.read).toEqual([])
  await writeFile(join(folder, 'src/a.ts'), 'export { }')
  expect(run()).toBe(null)
})
