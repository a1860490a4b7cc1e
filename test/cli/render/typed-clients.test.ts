import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { fixtures, projectOf, runGenerate } from '../../support/project.ts'
import { typeErrors } from '../../support/type-check.ts'

const folder = `${fixtures}typed-clients/src/`

const tsconfig = {
  target: 'ES2023',
  lib: ['ES2023', 'ESNext.Disposable'],
  types: ['node'],
  module: 'NodeNext',
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  verbatimModuleSyntax: true,
}

/** What the compiler says of a project with these sources. */
async function errorsOf(sources: Record<string, string>, config = {}): Promise<string[]> {
  const root = await projectOf({
    ...sources,
    'src/wirings.ts': await readFile(`${folder}wirings.ts`, 'utf8'),
    'pikku.config.json': JSON.stringify(config),
    'tsconfig.json': JSON.stringify({ compilerOptions: tsconfig, include: ['src'] }),
  })
  expect(await runGenerate(root)).toMatchObject({ exitCode: 0 })
  return typeErrors(root)
}

async function sources(...names: string[]): Promise<Record<string, string>> {
  const texts = names.map(async (name) => [
    `src/${name}`,
    await readFile(`${folder}${name}`, 'utf8'),
  ])
  return Object.fromEntries(await Promise.all(texts)) as Record<string, string>
}

describe('a client is typed by what its provider can do', () => {
  it('in both directions, where it is named', async () => {
    const files = await sources('typed-clients.ts', 'not-configured.ts')
    expect(await errorsOf(files)).toEqual([])
  })

  it("and by the project's own, where none is", async () => {
    const files = await sources('configured-sqs.ts')
    expect(await errorsOf(files, { provider: 'sqs' })).toEqual([])
  })

  it('and the compiler says so in words', async () => {
    const main = `import { createQueueClient } from '#pikku/pikku-queue.gen.js'
const client = await createQueueClient({ provider: 'sqs' })
await client.getJob('double', 'a')
await client.queues.double.getJob('a')
await client.add('double', { n: 1 }, { priority: 1 })
await client.queues.double.add({ n: 1 }, { jobId: 'a' })
await createQueueClient({ provider: 'kafka' })
await createQueueClient({ provider: 'pg-boss', connection: { region: '' } })
`
    expect(await errorsOf({ 'src/main.ts': main })).toMatchInlineSnapshot(`
      [
        "src/main.ts:3 Property 'getJob' does not exist on type 'PikkuQueue<"sqs">'.",
        "src/main.ts:4 Property 'getJob' does not exist on type 'QueueHandleOn<"sqs", "double", { n: number; }, { n: number; }, Step>'.",
        "src/main.ts:5 Object literal may only specify known properties, and 'priority' does not exist in type 'JobOptionsOn<"sqs", "double">'.",
        "src/main.ts:6 Object literal may only specify known properties, and 'jobId' does not exist in type 'JobOptionsOn<"sqs", "double">'.",
        "src/main.ts:7 Type '"kafka"' is not assignable to type '"embedded" | "pg-boss" | "bullmq" | "sqs" | undefined'.",
        "src/main.ts:8 Object literal may only specify known properties, and 'region' does not exist in type '{ connectionString: string; schema?: string; }'.",
      ]
    `)
  })
})
