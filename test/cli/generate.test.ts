import { cp, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { copyFixture, filesIn, fixtures, projectOf, runGenerate } from '../support/project.ts'
import { typeErrors } from '../support/type-check.ts'

/** Each fixture's output folder; what is expected there lies beside its input. */
const outputs: Record<string, string> = {
  'seed-shop': 'src',
  forms: '.pikku',
  nasty: '.pikku',
  services: 'generated/queue',
}

const generatedIn = async (root: string, outDir: string) =>
  new Map(
    [...(await filesIn(join(root, outDir)))].filter(([path]) => /\.gen\.(ts|json)$/.test(path)),
  )

describe.each(Object.entries(outputs))('the fixture %s', (name, outDir) => {
  it('generates what is expected, which compiles', async () => {
    const root = await copyFixture(name)
    const run = await runGenerate(root)
    expect(run.exitCode, run.stderr).toBe(0)

    const generated = await generatedIn(root, outDir)
    for (const [path, text] of generated) {
      await expect(text).toMatchFileSnapshot(join(fixtures, name, 'expected', path))
    }
    expect([...generated.keys()]).toEqual([
      ...(await filesIn(join(fixtures, name, 'expected'))).keys(),
    ])
    const sources = [...generated.keys()].filter((path) => path.endsWith('.ts'))
    const paths = sources.map((path) => join(root, outDir, path))
    expect(typeErrors(root, paths)).toEqual([])
  })

  it('writes nothing the second time, and finds nothing stale', async () => {
    const root = await copyFixture(name)
    await runGenerate(root)
    const paths = [...(await generatedIn(root, outDir)).keys()].map((it) => join(root, outDir, it))
    const times = async () => Promise.all(paths.map(async (path) => (await stat(path)).mtimeMs))
    const before = await times()
    const again = await runGenerate(root)
    expect(again.stdout).toMatch(/: 0 files written, \d+ unchanged\n$/)
    expect(await times()).toEqual(before)
    expect(await runGenerate(root, { check: true })).toMatchObject({ exitCode: 0 })
  })
})

describe('generate', () => {
  it('gives the same bytes in any folder', async () => {
    const one = await copyFixture('forms')
    const two = join(await projectOf({}), 'a/much/deeper folder')
    await cp(join(fixtures, 'forms'), two, { recursive: true })
    await runGenerate(one)
    await runGenerate(two)
    expect(await filesIn(join(two, '.pikku'))).toEqual(await filesIn(join(one, '.pikku')))
  })

  it('overwrites stale and broken generated files', async () => {
    const root = await copyFixture('seed-shop')
    await runGenerate(root)
    const fresh = await filesIn(root)
    await writeFile(join(root, 'src/pikku-types.gen.ts'), 'export const = broken')
    await writeFile(join(root, 'src/pikku-worker.embedded.gen.ts'), '}}}')
    const check = await runGenerate(root, { check: true })
    expect(check.exitCode).toBe(1)
    expect(check.stderr).toContain(
      'error PKQ009: out of date: src/pikku-types.gen.ts, src/pikku-worker.embedded.gen.ts',
    )
    expect((await runGenerate(root)).stdout).toBe('4 queues: 2 files written, 3 unchanged\n')
    expect(await filesIn(root)).toEqual(fresh)
  })

  it('generates a worker for each provider asked for', async () => {
    const root = await copyFixture('forms')
    await runGenerate(root, { providers: ['pg-boss'] })
    expect([...(await filesIn(join(root, '.pikku'))).keys()]).toEqual([
      'pikku-contracts.gen.json',
      'pikku-queue.gen.ts',
      'pikku-types.gen.ts',
      'pikku-worker.pg-boss.gen.ts',
    ])
  })

  it('prints queues and diagnostics as JSON', async () => {
    const root = await projectOf({
      'src/a.ts': `import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'
export const send = pikkuSessionlessFunc<string>(async () => {})
wireQueueWorker({ queueName: 'email', func: send })
`,
    })
    const run = await runGenerate(root, { json: true })
    expect(run.stderr).toBe('')
    expect(JSON.parse(run.stdout)).toEqual({
      queues: [{ queue: 'email', function: 'send', file: 'src/a.ts', line: 3 }],
      diagnostics: [
        {
          code: 'PKQ106',
          severity: 'warning',
          message: '"queueName" is an older spelling of "queue"',
          hint: 'Rename "queueName" to "queue".',
          file: 'src/a.ts',
          line: 3,
          column: 19,
        },
      ],
    })
  })

  it('gives clients no retry default that is undefined', async () => {
    const root = await projectOf({
      'src/a.ts': `import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'
export const send = pikkuSessionlessFunc<string>(async () => {})
const backoff = { type: 'fixed', delay: 1, maxDelay: undefined } as const
wireQueueWorker({ queue: 'email', func: send, config: { attempts: undefined, backoff } })
`,
    })
    expect(await runGenerate(root)).toMatchObject({ exitCode: 0, stderr: '' })
    const client = (await filesIn(join(root, '.pikku'))).get('pikku-queue.gen.ts')
    expect(client).toContain('"defaults":{"backoff":{"type":"fixed","delay":1}}')
    expect(typeErrors(root, [join(root, '.pikku/pikku-queue.gen.ts')])).toEqual([])
  })

  it('begins a union of several lines on a line of its own', async () => {
    const root = await projectOf({
      'src/a.ts': `import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'
export const send = pikkuSessionlessFunc<{ to: 'a' } | { to: 'b' }>(async () => {})
wireQueueWorker({ queue: 'email', func: send })
`,
    })
    expect(await runGenerate(root)).toMatchObject({ exitCode: 0, stderr: '' })
    const client = (await filesIn(join(root, '.pikku'))).get('pikku-queue.gen.ts')
    const member = (to: string) => `      | {\n        to: "${to}"\n      }\n`
    expect(client).toContain(`    input:\n${member('a')}${member('b')}    output: void\n`)
  })

  it('is silent when quiet and all is well', async () => {
    const root = await copyFixture('services')
    expect(await runGenerate(root, { quiet: true })).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: '',
    })
  })
})
