import { cp, mkdtemp, readFile, readdir, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createGenerator } from 'ts-json-schema-generator'
import type { Contracts, JsonSchema } from '../../src/runtime/contract.ts'
import { fixtures, runGenerate } from './project.ts'

/** The types of test/fixtures/payload-types, as a project with one queue for each of them. */
export interface PayloadCorpus extends AsyncDisposable {
  root: string
  /** What `pikku generate` wrote. */
  contracts: Contracts
  /** The file that each type is exported by, by the type's name. */
  files: ReadonlyMap<string, string>
}

const source = join(fixtures, 'payload-types')

/** Every exported type without type parameters, in order of their files, with its file. */
export async function payloadTypes(): Promise<Map<string, string>> {
  const types = new Map<string, string>()
  for (const file of (await readdir(join(source, 'src'))).sort()) {
    const text = await readFile(join(source, 'src', file), 'utf8')
    for (const [, name = ''] of text.matchAll(/^export (?:type|interface|class) (\w+)\b(?!<)/gm)) {
      types.set(name, file)
    }
  }
  return types
}

/** Generates the project; it is deleted when the corpus is disposed of. */
export async function openCorpus(): Promise<PayloadCorpus> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'pikku-payload-types-')))
  const files = await payloadTypes()
  await cp(source, root, { recursive: true })
  await writeFile(join(root, 'src/queues.ts'), wiring(files))
  const { exitCode, stderr } = await runGenerate(root)
  if (exitCode !== 0 || stderr !== '') throw new Error(`pikku generate: ${stderr}`)
  const text = await readFile(join(root, '.pikku/pikku-contracts.gen.json'), 'utf8')
  const contracts: Contracts = JSON.parse(text)
  const remove = () => rm(root, { recursive: true, force: true })
  return { root, contracts, files, [Symbol.asyncDispose]: remove }
}

/** `import type` lines for the types, for a file beside theirs. */
export function importsOf(files: ReadonlyMap<string, string>): string {
  return [...files]
    .map(([name, file]) => `import type { ${name} } from './${file.replace('.ts', '.js')}'`)
    .join('\n')
}

function wiring(files: ReadonlyMap<string, string>): string {
  const queues = [...files.keys()].map((name) => {
    const func = `pikkuSessionlessFunc<${name}, void>(async () => {})`
    return `wireQueueWorker({ queue: '${name}', func: ${func} })`
  })
  return `import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'
${importsOf(files)}
${queues.join('\n')}
`
}

/**
 * What ts-json-schema-generator makes of the types: JSON Schema draft 7, each complete in itself; null
 * when it throws.
 */
export function theirSchemas({ root, files }: PayloadCorpus): Map<string, JsonSchema | null> {
  const generator = createGenerator({
    path: join(root, 'src/!(queues).ts'),
    tsconfig: join(root, 'tsconfig.json'),
    skipTypeCheck: true,
    topRef: false,
  })
  return new Map(
    [...files.keys()].map((name): [string, JsonSchema | null] => {
      try {
        return [name, { ...generator.createSchema(name) }]
      } catch {
        return [name, null]
      }
    }),
  )
}
