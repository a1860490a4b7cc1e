import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { filesIn, projectOf, runGenerate } from '../support/project.ts'

const worker = `
import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'
wireQueueWorker({ queue: 'email', func: pikkuSessionlessFunc<string>(async () => {}) })
`

async function complaints(files: Record<string, string | null>) {
  const root = await projectOf({ 'src/email.ts': worker, ...files })
  const before = await filesIn(root)
  const { exitCode, stdout, stderr } = await runGenerate(root)
  expect(exitCode).toBe(1)
  expect(stdout).toBe('')
  expect(await filesIn(root)).toEqual(before)
  return stderr.replaceAll(root, '<root>')
}

const config = (text: string) => complaints({ 'pikku.config.json': text })

describe('errors in the project and its configuration', () => {
  it('no project', async () => {
    const { stderr, exitCode } = await runGenerate('/')
    expect(exitCode).toBe(1)
    expect(stderr).toMatchInlineSnapshot(`
      "error PKQ001: there is no project in /
        Run the command in a folder that has a package.json and a tsconfig.json, or below one; \`npx pikku-queue init\` sets one up.

      1 error; nothing was written
      "
    `)
  })

  it('no tsconfig', async () => {
    expect(await complaints({ 'tsconfig.json': null })).toMatchInlineSnapshot(`
      "error PKQ002: there is no tsconfig.json
        Make one with \`npx tsc --init\`, or name yours in pikku.config.json: { "tsconfig": "…" }.

      1 error; nothing was written
      "
    `)
  })

  it('a tsconfig that is not where the configuration says', async () => {
    expect(await config('{ "tsconfig": "other/tsconfig.json" }')).toMatchInlineSnapshot(`
      "error PKQ002: there is no other/tsconfig.json
        Make one with \`npx tsc --init\`, or name yours in pikku.config.json: { "tsconfig": "…" }.

      1 error; nothing was written
      "
    `)
  })

  it('a tsconfig that is not JSON', async () => {
    expect(await complaints({ 'tsconfig.json': '{\n  "include": [src]\n}' }))
      .toMatchInlineSnapshot(`
      "tsconfig.json:2:15 - error PKQ003: tsconfig.json cannot be used: Compiler option 'include' requires a value of type string.

        1 | {
        2 |   "include": [src]
          |               ^

        Correct it; \`npx tsc\` says the same.

      1 error; nothing was written
      "
    `)
  })

  it('a tsconfig with a wrong option', async () => {
    const tsconfig = '{ "compilerOptions": { "module": "none-such" }, "include": ["src"] }'
    expect(await complaints({ 'tsconfig.json': tsconfig })).toMatchInlineSnapshot(`
      "tsconfig.json:1:34 - error PKQ003: tsconfig.json cannot be used: Argument for '--module' option must be: 'commonjs', 'es6', 'es2015', 'es2020', 'es2022', 'esnext', 'node16', 'node18', 'node20', 'nodenext', 'preserve'.

        1 | { "compilerOptions": { "module": "none-such" }, "include": ["src"] }
          |                                  ^

        Correct it; \`npx tsc\` says the same.

      1 error; nothing was written
      "
    `)
  })

  it('a tsconfig that extends one that is not there', async () => {
    const tsconfig = '{ "extends": "./base.json", "include": ["src"] }'
    expect(await complaints({ 'tsconfig.json': tsconfig })).toMatchInlineSnapshot(`
      "error PKQ003: tsconfig.json cannot be used: Cannot read file '<root>/base.json'.
        Correct it; \`npx tsc\` says the same.

      1 error; nothing was written
      "
    `)
  })

  it('a tsconfig that includes nothing', async () => {
    expect(await complaints({ 'tsconfig.json': '{ "include": ["lib"] }' })).toMatchInlineSnapshot(`
      "error PKQ004: tsconfig.json includes no TypeScript file
        Name the files in its "include", or the right one in pikku.config.json: { "tsconfig": "…" }.

      1 error; nothing was written
      "
    `)
    expect(await complaints({ 'tsconfig.json': '{ "files": [], "references": [] }' })).toContain(
      'PKQ004',
    )
  })

  it('a configuration that is not JSON', async () => {
    expect(await config('{\n  "outDir": "x",\n}')).toMatchInlineSnapshot(`
      "pikku.config.json:3:1 - error PKQ005: pikku.config.json is not valid JSON: Expected double-quoted property name

        2 |   "outDir": "x",
        3 | }
          | ^

        Correct it at this place.

      1 error; nothing was written
      "
    `)
    expect(await config('{ "outDir": ')).toMatchInlineSnapshot(`
      "pikku.config.json:1:13 - error PKQ005: pikku.config.json is not valid JSON: Unexpected end of JSON input

        1 | { "outDir":
          |             ^

        Correct it at this place.

      1 error; nothing was written
      "
    `)
  })

  it('a package.json that is not JSON, and not every import that goes by it', async () => {
    const said = await complaints({
      'package.json': '{',
      'src/wiring.ts': `import { wireQueueWorker } from '#pikku/pikku-types.gen.js'\n`,
    })
    expect(said).toContain(
      "package.json:1:2 - error PKQ014: package.json cannot be used: Expected property name or '}'",
    )
    expect(said).toContain('1 error; nothing was written')
  })

  it('a configuration that is no object', async () => {
    expect(await config('[]')).toMatchInlineSnapshot(`
      "pikku.config.json:1:1 - error PKQ007: pikku.config.json must be an object

        1 | []
          | ^

        Correct it in pikku.config.json.

      1 error; nothing was written
      "
    `)
  })

  it('unknown settings', async () => {
    expect(await config('{\n  "outdir": "x",\n  "zzz": 1\n}')).toMatchInlineSnapshot(`
      "pikku.config.json:2:3 - error PKQ006: pikku.config.json has no setting "outdir"

        1 | {
        2 |   "outdir": "x",
          |   ^

        Did you mean "outDir"?

      pikku.config.json:3:3 - error PKQ006: pikku.config.json has no setting "zzz"

        2 |   "outdir": "x",
        3 |   "zzz": 1
          |   ^

        It takes "tsconfig", "outDir", "provider", "providers", "connection", "dashboard".

      2 errors; nothing was written
      "
    `)
  })

  it('settings of a wrong type', async () => {
    expect(
      await config('{ "outDir": "", "tsconfig": 1, "provider": true, "providers": "embedded" }'),
    ).toMatchInlineSnapshot(`
      "pikku.config.json:1:3 - error PKQ007: "outDir" must be a path relative to this file

        1 | { "outDir": "", "tsconfig": 1, "provider": true, "providers": "embedded" }
          |   ^

        Correct it in pikku.config.json.

      pikku.config.json:1:17 - error PKQ007: "tsconfig" must be a path relative to this file

        1 | { "outDir": "", "tsconfig": 1, "provider": true, "providers": "embedded" }
          |                 ^

        Correct it in pikku.config.json.

      pikku.config.json:1:32 - error PKQ007: "provider" must be the name of a provider

        1 | { "outDir": "", "tsconfig": 1, "provider": true, "providers": "embedded" }
          |                                ^

        Correct it in pikku.config.json.

      pikku.config.json:1:50 - error PKQ007: "providers" must be a list of providers

        1 | { "outDir": "", "tsconfig": 1, "provider": true, "providers": "embedded" }
          |                                                  ^

        Correct it in pikku.config.json.

      4 errors; nothing was written
      "
    `)
  })

  it('unknown providers', async () => {
    expect(await config('{ "provider": "pgboss", "providers": ["kafka"] }')).toMatchInlineSnapshot(`
      "pikku.config.json:1:3 - error PKQ008: there is no provider "pgboss"

        1 | { "provider": "pgboss", "providers": ["kafka"] }
          |   ^

        Did you mean "pg-boss"?

      pikku.config.json:1:25 - error PKQ008: there is no provider "kafka"

        1 | { "provider": "pgboss", "providers": ["kafka"] }
          |                         ^

        Choose one of "bullmq", "pg-boss", "sqs", "embedded".

      2 errors; nothing was written
      "
    `)
  })

  it('files that are out of date', async () => {
    const root = await projectOf({ 'src/email.ts': worker })
    expect((await runGenerate(root, { check: true })).stderr).toMatchInlineSnapshot(`
      "error PKQ009: out of date: .pikku/pikku-contracts.gen.json, .pikku/pikku-types.gen.ts, .pikku/pikku-queue.gen.ts, .pikku/pikku-worker.embedded.gen.ts
        Run \`npx pikku generate\`, and commit the result where generated files are committed.

      1 error; nothing was written
      "
    `)
    expect((await filesIn(join(root, '.pikku'))).size).toBe(0)
  })

  it('a folder that cannot be written', async () => {
    expect(await complaints({ '.pikku': 'a file' })).toMatchInlineSnapshot(`
      "error PKQ010: .pikku/pikku-contracts.gen.json cannot be written: ENOTDIR: not a directory
        Nothing is half-written. Make the folder writable, or set another "outDir" in pikku.config.json.

      1 error; nothing was written
      "
    `)
  })
})

describe('the root of the project', () => {
  it('is the nearest folder with a pikku.config.json, else with a tsconfig.json', async () => {
    const root = await projectOf({ 'src/email.ts': worker, 'src/deep/er/note.txt': '' })
    expect((await runGenerate(join(root, 'src/deep/er'))).exitCode).toBe(0)
    expect([...(await filesIn(join(root, '.pikku'))).keys()]).toContain('pikku-queue.gen.ts')
    await writeFile(join(root, 'src/pikku.config.json'), '{ "tsconfig": "../tsconfig.json" }')
    await runGenerate(join(root, 'src/deep'))
    expect([...(await filesIn(join(root, 'src/.pikku'))).keys()]).toContain('pikku-queue.gen.ts')
  })

  it('leaves no temporary files when a folder cannot be written', async () => {
    const root = await projectOf({ 'src/email.ts': worker })
    await mkdir(join(root, '.pikku/pikku-types.gen.ts'), { recursive: true })
    const { stderr } = await runGenerate(root)
    expect(stderr).toContain('PKQ010')
    expect([...(await filesIn(join(root, '.pikku'))).keys()]).toEqual([])
  })
})

describe('a source that cannot be read is warned of', () => {
  // Elsewhere it is a file in a folder.
  it.skipIf(process.platform === 'win32')('with a backslash in its name', async () => {
    const root = await projectOf({ 'src/email.ts': worker, 'src/more\\text.ts': worker })
    const { exitCode, stderr } = await runGenerate(root)
    expect(exitCode).toBe(0)
    expect(stderr).toMatchInlineSnapshot(`
      "warning PKQ122: src/more\\text.ts cannot be read: what is wired there is not found
        To the compiler a backslash in the name of a file is a slash. Give it another name.

      "
    `)
  })

  it.skipIf(process.platform === 'win32')('beside what its name says', async () => {
    const root = await projectOf({ 'src/email.ts': worker, 'src/more\\text.ts': worker })
    await mkdir(join(root, 'src/more'))
    await writeFile(join(root, 'src/more/text.ts'), 'export {}')
    const { exitCode, stderr } = await runGenerate(root)
    expect(exitCode).toBe(0)
    expect(stderr).toContain('PKQ122: src/more\\text.ts cannot be read')
  })

  it('when it is not there', async () => {
    const tsconfig = JSON.stringify({
      compilerOptions: { module: 'NodeNext', target: 'ES2023' },
      files: ['src/email.ts', 'src/gone.ts'],
    })
    const root = await projectOf({ 'src/email.ts': worker, 'tsconfig.json': tsconfig })
    const { exitCode, stderr } = await runGenerate(root)
    expect(exitCode).toBe(0)
    expect(stderr).toMatchInlineSnapshot(`
      "warning PKQ122: src/gone.ts cannot be read: what is wired there is not found
        Make it readable, or leave it out in tsconfig.json.

      "
    `)
  })
})
