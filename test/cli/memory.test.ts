import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadMemory, saveMemory } from '../../src/cli/cache/memory.ts'
import { filesIn, projectOf, runGenerate } from '../support/project.ts'

const file = join('.pikku', 'cache', 'units.json')
const memory = { ground: 'g', units: [{ path: 'src/a.ts', queues: [] }] }

describe('what a scan remembers on disk', () => {
  it('is read as it was written, under the key that it was written under', async () => {
    const root = await projectOf({})
    expect(loadMemory(root, 'key')).toBeUndefined()
    saveMemory(root, 'key', memory)
    expect(loadMemory(root, 'key')).toEqual(memory)
    expect(
      loadMemory(root, 'another version, or other settings, packages or files'),
    ).toBeUndefined()
  })

  it.each<[string, (text: string) => string]>([
    ['cut off', (text) => text.slice(0, -5)],
    ['emptied', () => ''],
    ['changed, and JSON still', (text) => text.replace('src/a.ts', 'src/b.ts')],
    ['without its head', (text) => text.slice(text.indexOf('\n') + 1)],
    ['binary', () => '\u0000\ufffd\u0000'],
  ])('counts for nothing when it is %s', async (_how, damage) => {
    const root = await projectOf({})
    saveMemory(root, 'key', memory)
    await writeFile(join(root, file), damage(await readFile(join(root, file), 'utf8')))
    expect(loadMemory(root, 'key')).toBeUndefined()
  })

  it('is no more than a help: runs go on where it cannot be kept', async () => {
    const root = await projectOf({})
    await writeFile(join(root, '.pikku'), 'a file')
    expect(() => saveMemory(root, 'key', memory)).not.toThrow()
    await rm(join(root, '.pikku'))
    await mkdir(join(root, file), { recursive: true })
    expect(() => saveMemory(root, 'key', memory)).not.toThrow()
    expect(loadMemory(root, 'key')).toBeUndefined()
  })
})

const imports = `import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'\n`
const wiring = (queue: string, type: string) =>
  `${imports}wireQueueWorker({ queue: '${queue}', func: pikkuSessionlessFunc<${type}>(async () => {}) })`

it('the next run takes over from it what has not changed, whatever became of the file', async () => {
  const first = { 'src/a.ts': wiring('a', '{ a: 1 }'), 'src/b.ts': wiring('b', '{ b: 1 }') }
  const second = { ...first, 'src/b.ts': wiring('b', '{ b: 2 }') }
  const fresh = await projectOf(second)
  await runGenerate(fresh)
  const expected = await filesIn(join(fresh, '.pikku'))

  for (const damage of [(text: string) => text, (text: string) => text.slice(0, -9)]) {
    const root = await projectOf(first)
    await runGenerate(root)
    await writeFile(join(root, file), damage(await readFile(join(root, file), 'utf8')))
    await writeFile(join(root, 'src/b.ts'), second['src/b.ts'])
    expect(await runGenerate(root)).toMatchObject({ exitCode: 0 })
    expect(await filesIn(join(root, '.pikku'))).toEqual(expected)
  }
})

it('a run takes its word for a file that is as it was', async () => {
  const root = await projectOf({ 'src/a.ts': wiring('a', '1'), 'src/b.ts': wiring('b', '2') })
  await runGenerate(root)
  // Whoever writes it well may say what they like: that shows that it is asked at all.
  const text = await readFile(join(root, file), 'utf8')
  const key = text.slice(text.indexOf(' ') + 1, text.indexOf('\n'))
  const known = JSON.stringify(loadMemory(root, key))
  saveMemory(root, key, JSON.parse(known.replace('"name":"a"', '"name":"remembered"')))
  await writeFile(join(root, 'src/b.ts'), wiring('b', '3'))
  await runGenerate(root)
  const client = (await filesIn(join(root, '.pikku'))).get('pikku-queue.gen.ts')
  expect(client).toContain('remembered: {')
  expect(client).toContain('input: 3')
})
