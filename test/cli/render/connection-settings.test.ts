import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { projectOf, runGenerate } from '../../support/project.ts'
import { typeErrors } from '../../support/type-check.ts'

const wiring = `import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'
wireQueueWorker({ queue: 'a', func: pikkuSessionlessFunc<string>(async () => {}) })
`
const connection = {
  bullmq: { prefix: `{it's "ours"}`, cluster: true },
  sqs: { region: 'eu-west-1', queueUrlPrefix: 'https://sqs.eu-west-1.amazonaws.com/1/${x}-' },
}

it('generated workers and clients bring the settings of their provider, and compile', async () => {
  const providers = ['bullmq', 'pg-boss', 'sqs']
  const root = await projectOf({
    'src/a.ts': wiring,
    'pikku.config.json': JSON.stringify({ providers, connection }),
  })
  expect(await runGenerate(root)).toMatchObject({ exitCode: 0, stderr: '' })
  const settingsIn = async (name: string) => {
    const text = await readFile(join(root, '.pikku', `pikku-${name}.gen.ts`), 'utf8')
    return /^ +settings: ([^]*?\}),$\n? *(?:providers|createProvider|\}\))/m.exec(text)?.[1] ?? null
  }
  const own = '{"prefix":"{it\'s \\"ours\\"}","cluster":true}'
  expect(await settingsIn('worker.bullmq')).toBe(own)
  expect(await settingsIn('worker.pg-boss')).toBeNull()
  for (const name of ['worker.sqs', 'worker.lambda']) {
    expect(await settingsIn(name)).toContain('"queueUrlPrefix":"https://sqs.eu-west-1')
  }
  expect(await settingsIn('queue')).toContain(`"bullmq":${own}`)
  expect(typeErrors(root).filter((it) => !it.includes('/src/runtime/'))).toEqual([])
})

it('a changed setting makes what was generated stale', async () => {
  const root = await projectOf({ 'src/a.ts': wiring })
  await runGenerate(root)
  await writeFile(
    join(root, 'pikku.config.json'),
    JSON.stringify({ connection: { embedded: { dataDir: 'x' } } }),
  )
  expect(await runGenerate(root, { check: true })).toMatchObject({ exitCode: 1 })
})
