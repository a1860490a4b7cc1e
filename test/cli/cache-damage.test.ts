import { readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { saveCacheFile } from '../../src/cli/cache/cache-file.ts'
import { takeSnapshot, validStamp } from '../../src/cli/cache/stamp.ts'
import { readConfig } from '../../src/cli/config/read-config.ts'
import { stampSubject } from '../../src/cli/pipeline.ts'
import { isMemory } from '../../src/cli/scan/unit.ts'
import { filesIn, projectOf, runGenerate } from '../support/project.ts'

const imports = `import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'\n`
const wiring = (queue: string, type: string) => `${imports}
/** What it takes. */
export interface Data { of: ${type} }
wireQueueWorker({
  queue: '${queue}', config: { lockDuration: 30000 },
  func: pikkuSessionlessFunc<Data>(async () => {}),
})`

/** Two states of a project, which warns in both. */
const states = ['{ b: 1 }', 'Date'].map((type) => ({
  'src/a.ts': wiring('a', 'string'),
  'src/b.ts': wiring('b', type),
}))

const caches = ['generate.json', 'units.json'].map((name) => join('.pikku', 'cache', name))
const junk = [null, 'x', [], {}, [null], [{}], true, -1, undefined]

type Damage = (bytes: Buffer) => Buffer | string

const cut = fc
  .double({ min: 0, max: 1, noNaN: true })
  .map((share): [string, Damage] => [
    `cut off at ${share}`,
    (bytes) => bytes.subarray(0, Math.floor(bytes.length * share)),
  ])
const flipped = fc
  .tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat(7))
  .map(([share, bit]): [string, Damage] => [
    `bit ${bit} of ${share}`,
    (bytes) => {
      const copy = Buffer.from(bytes)
      const at = Math.floor(copy.length * share)
      copy[at] = (copy[at] ?? 0) ^ (1 << bit)
      return copy
    },
  ])
const mutated = fc
  .tuple(
    fc.array(fc.nat(12), { minLength: 1, maxLength: 6 }),
    fc.constantFrom(...junk),
    fc.boolean(),
  )
  .map(([way, value, withHead]): [string, Damage] => [
    `${JSON.stringify(value)} at ${way.join()}, ${withHead ? 'with' : 'without'} its head`,
    (bytes) => {
      const text = bytes.toString()
      const end = text.indexOf('\n') + 1
      const body = JSON.stringify(put(JSON.parse(text.slice(end)), way, value))
      return withHead ? text.slice(0, end) + body : body
    },
  ])

/** With another value somewhere in it. */
function put(into: unknown, [step = 0, ...way]: number[], value: unknown): unknown {
  if (typeof into !== 'object' || into === null) return value
  const keys = Object.keys(into)
  const key = keys[step % (keys.length || 1)] ?? 'more'
  const inner: unknown = Reflect.get(into, key)
  const other = way.length === 0 ? value : put(inner, way, value)
  return Array.isArray(into)
    ? into.map((it: unknown, index) => (String(index) === key ? other : it))
    : { ...into, [key]: other }
}

async function project() {
  const root = await projectOf(states[0] ?? {})
  const write = async (files: Record<string, string>) => {
    for (const [path, text] of Object.entries(files)) await writeFile(join(root, path), text)
  }
  /** All that a user sees of a run. */
  const outcome = async () => {
    const { exitCode, stdout, stderr } = await runGenerate(root, { json: true })
    return { exitCode, stdout, stderr, files: await filesIn(join(root, '.pikku')) }
  }
  return { root, write, outcome }
}

describe('a cache that is damaged, in whatever way, gives what no cache gives', () => {
  it('cut off, flipped or changed', async () => {
    const expected: unknown[] = []
    for (const state of states) {
      const { write, outcome } = await project()
      await write(state)
      expected.push(await outcome())
    }
    const { root, write, outcome } = await project()
    expect(await outcome()).toEqual(expected[0])
    const good = await Promise.all(caches.map((path) => readFile(join(root, path))))

    const damages = fc.tuple(fc.nat(1), fc.nat(1), fc.oneof(cut, flipped, mutated))
    const runs = fc.sample(damages, { numRuns: 150, seed: 20261130 })
    for (const [which, state, [how, damage]] of runs) {
      for (const [index, path] of caches.entries()) {
        const bytes = good[index] ?? Buffer.alloc(0)
        await writeFile(join(root, path), index === which ? damage(bytes) : bytes)
      }
      await write(states[state] ?? {})
      expect(await outcome(), `${caches[which]}: ${how}`).toEqual(expected[state])
    }
  })

  it('from another time', async () => {
    const { root, write, outcome } = await project()
    const first = await outcome()
    for (const time of [new Date(0), new Date('2100-01-01')]) {
      for (const path of caches) await utimes(join(root, path), time, time)
      expect(await outcome()).toEqual(first)
      await write(states[1] ?? {})
      await utimes(join(root, 'src/b.ts'), new Date(1), new Date(1))
      expect(await outcome()).not.toEqual(first)
      await write(states[0] ?? {})
      expect(await outcome()).toEqual(first)
    }
  })

  it('of another version', async () => {
    const { root, outcome } = await project()
    const first = await outcome()
    const texts = await Promise.all(caches.map((path) => readFile(join(root, path), 'utf8')))
    for (const [index, text] of texts.entries()) {
      // One at a time, and saying something else, so that whoever reads it shows it.
      for (const path of caches) await rm(join(root, path), { force: true })
      const body = text.slice(text.indexOf('\n')).replace('"name":"a"', '"name":"z"')
      saveCacheFile(join(root, caches[index] ?? ''), 'another key', JSON.parse(body))
      expect(await outcome()).toEqual(first)
    }
  })
})

describe('what was written well, in another shape, counts for nothing', () => {
  it.each(
    ['names', 'facts', 'queues', 'generated', 'diagnostics'].flatMap((key) =>
      [null, 1, [1], { a: 1 }].map((value) => [key, value] as const),
    ),
  )('a stamp with %s: %j', async (key, value) => {
    const { root, outcome } = await project()
    await outcome()
    const { config } = readConfig(root)
    if (!config) throw new Error('the project has no config')
    const subject = stampSubject(config)
    const path = join(root, caches[0] ?? '')
    const text = await readFile(path, 'utf8')
    const stamp: unknown = JSON.parse(text.slice(text.indexOf('\n')))
    expect(validStamp(subject, takeSnapshot(subject))?.stamp).toEqual(stamp)

    const head = text.slice(0, text.indexOf('\n'))
    const ownKey = head.slice(head.indexOf(' ') + 1)
    saveCacheFile(path, ownKey, stamp)
    expect(validStamp(subject, takeSnapshot(subject))?.stamp).toEqual(stamp)
    saveCacheFile(path, ownKey, { ...Object(stamp), [key]: value })
    expect(validStamp(subject, takeSnapshot(subject))).toBe(null)
  })

  it.each([
    null,
    [],
    { ground: 'g' },
    { ground: 'g', units: null },
    { ground: 'g', units: [null] },
    { ground: 'g', units: [{ path: 'a', queues: [], types: [], diagnostics: [] }] },
  ])('a memory: %j', (memory) => {
    expect(isMemory(memory)).toBe(false)
  })
})
