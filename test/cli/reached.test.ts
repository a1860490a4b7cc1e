import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { ProjectScanner } from '../../src/cli/scan/scan-project.ts'
import { temporaryFolder } from '../support/engine-folder.ts'

const wiring = `
import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'
wireQueueWorker({ queue: 'a', func: pikkuSessionlessFunc(async (_services, data: It) => {}) })
`

/** What a scan of `app` comes upon, by names relative to the folder that it is in. */
async function reachedIn(files: Record<string, string>, links: Record<string, string> = {}) {
  const top = await temporaryFolder()
  const all = {
    'app/package.json': '{ "type": "module", "imports": { "#pikku/*": "./.pikku/*" } }',
    'app/tsconfig.json': '{ "compilerOptions": { "module": "NodeNext" }, "include": ["src"] }',
    ...files,
  }
  const makeWay = (name: string) => mkdirSync(dirname(join(top, name)), { recursive: true })
  for (const [name, text] of Object.entries(all)) {
    makeWay(name)
    writeFileSync(join(top, name), text)
  }
  for (const [name, target] of Object.entries(links)) {
    makeWay(name)
    symlinkSync(target, join(top, name))
  }
  const options = { root: join(top, 'app'), tsconfig: 'tsconfig.json', outDir: '.pikku' }
  const { found, missing, folders } = new ProjectScanner(options).scan().reached()
  const names = (paths: readonly string[]) => paths.map((path) => path.slice(top.length + 1)).sort()
  return { found: names(found), missing: names(missing), folders: names(folders) }
}

it('is nothing where a project keeps to its folders, and to what is installed and built in', async () => {
  const imports = `import type { It } from './it.js'\nimport 'node:fs'\nimport 'installed'\n`
  const reached = await reachedIn({
    'app/src/a.ts': imports + wiring,
    'app/src/it.ts': 'export type It = string',
    'app/node_modules/installed/package.json': '{ "types": "index.d.ts" }',
    'app/node_modules/installed/index.d.ts': 'export {}',
  })
  expect(reached).toEqual({ found: [], missing: [], folders: [] })
})

it('is what is imported from elsewhere, and where that would be found first', async () => {
  const reached = await reachedIn({
    'app/src/a.ts': `import type { It } from '../../shared/it.js'\n${wiring}`,
    'shared/it.d.ts': 'export type It = string',
    'shared/package.json': '{}',
  })
  expect(reached).toEqual({
    found: ['shared/it.d.ts', 'shared/package.json'],
    missing: ['shared/it.ts', 'shared/it.tsx'],
    folders: [],
  })
})

it('is the link by which a package is found, or the place of one that is not', async () => {
  const a = (specifier: string) => ({
    'app/src/a.ts': `import type { It } from '${specifier}'\n${wiring}`,
    'shared/package.json': '{ "exports": "./it.ts", "type": "module" }',
    'app/node_modules/installed/package.json': '{}',
  })
  const it = { 'shared/it.ts': 'export type It = string' }
  const links = { 'app/node_modules/@here/shared': '../../../shared' }
  expect(await reachedIn({ ...a('@here/shared'), ...it }, links)).toMatchObject({
    found: ['app/node_modules/@here/shared', 'shared/it.ts', 'shared/package.json'],
    missing: [],
  })
  expect(await reachedIn(a('@here/shared'))).toMatchObject({
    found: [],
    missing: ['app/node_modules/@here/shared', 'app/node_modules/@types/here__shared'],
  })
  const { missing } = await reachedIn(a('@here/shared'), links)
  expect(missing).toContain('app/node_modules/@here/shared/it.ts')
})

it('is all that a tsconfig extends and includes, also when it cannot be read', async () => {
  const tsconfig = {
    extends: ['./.config/hidden.json', '../base/missing.json'],
    include: ['src', '../more'],
  }
  const files = {
    'app/src/a.ts': wiring,
    'app/tsconfig.json': JSON.stringify(tsconfig),
    'app/.config/hidden.json': '{}',
  }
  expect(await reachedIn(files)).toEqual({
    found: ['app/.config/hidden.json'],
    missing: ['base/missing.json'],
    folders: [],
  })
  const empty = { 'app/tsconfig.json': '{ "include": ["../more"] }' }
  expect(await reachedIn(empty)).toEqual({ found: [], missing: [], folders: ['more'] })
})
